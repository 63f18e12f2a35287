#include "adapters/iso20022/status_reason.h"

#include "adapters/iso20022/values.h"

namespace longmen::adapters::iso20022 {

StatusReason ReasonOf(const Error& error) {
  std::string more = error.field;
  if (!more.empty() && !error.message.empty()) more += ": ";
  return {std::string(CodeName(error.code)), more + error.message};
}

void PutReason(Branch branch, const StatusReason& reason) {
  if (reason.code.empty() && reason.more.empty()) return;
  const Branch information = branch.Put("StsRsnInf");
  if (!reason.code.empty()) {
    const Branch code = information.Put("Rsn");
    code.PutWords("Prtry", reason.code, kIdLettersMax);
  }
  if (!reason.more.empty()) information.PutWords("AddtlInf", reason.more, kMoreLettersMax);
}

}  // namespace longmen::adapters::iso20022
