// The auditor's program, for commands that have it look at what they made.
#pragma once

#include <string>

namespace longmen::adapters::cli {

// It is installed beside this one.
std::string AuditProgram();

}  // namespace longmen::adapters::cli
