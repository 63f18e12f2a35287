// Why a message or transaction has the status that it has: StsRsnInf of pain.002 and pacs.002. The
// ledger's codes are stable texts and go out as proprietary reasons.
#pragma once

#include <string>

#include "adapters/iso20022/xml.h"
#include "events/base/result.h"

namespace longmen::adapters::iso20022 {

struct StatusReason {
  std::string code;  // a code's name, or what somebody else wrote; empty: none
  std::string more;  // the field or the text that goes with it
  bool operator==(const StatusReason&) const = default;
};

StatusReason ReasonOf(const Error& error);
void PutReason(Branch branch, const StatusReason& reason);

}  // namespace longmen::adapters::iso20022
