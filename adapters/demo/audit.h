// Audit: runs the auditor's program on a ledger and keeps what it printed.
#pragma once

#include <string>

#include "events/base/result.h"

namespace longmen::adapters::demo {

struct AuditVerdict {
  int exit_code = 0;
  std::string output;  // as printed
};

// `program verify directory` as a child process; waits for its end. Its errors go to ours.
Result<AuditVerdict> RunAudit(const std::string& program, const std::string& directory);

}  // namespace longmen::adapters::demo
