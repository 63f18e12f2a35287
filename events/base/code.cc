#include "events/base/code.h"

#include <capnp/schema.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "events/base/result.h"

namespace longmen {
namespace {

const std::vector<std::string>& Names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (auto enumerant : capnp::Schema::from<Code>().getEnumerants()) {
      result.push_back(SnakeCase(enumerant.getProto().getName().cStr()));
    }
    return result;
  }();
  return names;
}

}  // namespace

std::string SnakeCase(std::string_view camel_case) {
  std::string snake;
  for (char c : camel_case) {
    if (c >= 'A' && c <= 'Z') {
      snake += '_';
      c = static_cast<char>(c - 'A' + 'a');
    }
    snake += c;
  }
  return snake;
}

std::string_view CodeName(Code code) {
  const auto number = static_cast<size_t>(code);
  return number < Names().size() ? std::string_view(Names()[number]) : "unknown_code";
}

std::optional<Code> CodeFromName(std::string_view name) {
  for (size_t number = 0; number < Names().size(); ++number) {
    if (Names()[number] == name) return static_cast<Code>(number);
  }
  return std::nullopt;
}

CodeClass ClassOf(Code code) {
  switch (code) {
    case Code::STOPPING:
    case Code::OVERLOADED:
    case Code::STORAGE_FULL:
    case Code::STORAGE_FAILED:
      return CodeClass::kUnknown;
    case Code::TOO_EARLY:
    case Code::UNKNOWN_PARTICIPANT:
    case Code::UNKNOWN_ACCOUNT:
    case Code::UNKNOWN_ORDER:
    case Code::UNKNOWN_DEBIT:
    case Code::UNKNOWN_MANDATE:
    case Code::UNKNOWN_SCHEME:
    case Code::UNKNOWN_TARIFF:
    case Code::UNKNOWN_FILE:
    case Code::NO_CLEARING_ACCOUNT:
    case Code::NO_SETTLEMENT_ACCOUNT:
    case Code::ORDER_PENDING_AUTHORIZATION:
    case Code::RESOURCE_BUSY:
    case Code::ACCOUNT_FROZEN:
    case Code::DEBIT_NOT_SUCCEEDED:
    case Code::MANDATE_NOT_ACTIVE:
    case Code::STALE_APPROVAL:
    case Code::WRONG_LEVEL:
    case Code::CYCLE_NOT_CLOSED:
    case Code::FILE_INCOMPLETE:
    case Code::EXCEEDS_DAILY_AMOUNT:
    case Code::EXCEEDS_DAILY_COUNT:
    case Code::EXCEEDS_YEARLY_AMOUNT:
    case Code::EXCEEDS_YEARLY_COUNT:
    case Code::EXCEEDS_CEILING:
    case Code::INSUFFICIENT_FUNDS:
    case Code::POSITION_MISMATCH:
    case Code::STALE_MANDATE:
    case Code::IN_ARREARS:
    case Code::UNKNOWN_CALENDAR:
    case Code::UNKNOWN_FEE_TABLE:
    case Code::UNKNOWN_RISK_POLICY:
    case Code::NO_FX_ACCOUNT:
    case Code::ORDER_NOT_YET_VALID:
    case Code::CHANNEL_CLOSED:
    case Code::BATCH_INCOMPLETE:
    case Code::INSUFFICIENT_LIQUIDITY:
    case Code::EXCEEDS_CAP:
    case Code::EXCEEDS_BILATERAL_LIMIT:
    case Code::WAITS_IN_QUEUE:
    case Code::SCHEME_CLOSED:
    case Code::NOTHING_WAITS:
    case Code::QUEUE_FULL:
    case Code::NO_SUSPENSE_ACCOUNT:
    case Code::NO_LOSS:
    case Code::NOBODY_SHARES:
    case Code::UNKNOWN_MOVEMENT:
      return CodeClass::kRetryUnderNewId;
    default:
      return CodeClass::kFinal;
  }
}

std::string_view CodeClassName(CodeClass code_class) {
  switch (code_class) {
    case CodeClass::kFinal:
      return "final";
    case CodeClass::kRetryUnderNewId:
      return "retry_under_new_id";
    case CodeClass::kUnknown:
      return "unknown";
  }
  return "unknown";
}

std::string Describe(const Error& error) {
  std::string text(CodeName(error.code));
  if (!error.field.empty()) text += " at " + error.field;
  if (!error.message.empty()) text += ": " + error.message;
  return text;
}

}  // namespace longmen
