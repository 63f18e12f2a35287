#include "adapters/iso20022/enterprise_records.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "adapters/iso20022/values.h"
#include "events/base/hash.h"

namespace longmen::adapters::iso20022 {
namespace {

namespace json = boost::json;

constexpr size_t kReferenceMax = 35;
constexpr char kBetween = '+';
constexpr std::string_view kNotInIds = "+/";
constexpr size_t kRecordIdDigits = 28;  // behind the mark: a record's id has 31 bytes at most

bool IsReadable(std::string_view id) {
  return Reference(id) == id && id.find_first_of(kNotInIds) == std::string_view::npos;
}

// Lengths before the texts, so that no two lists of ids are one text.
std::string HashOf(std::initializer_list<std::string_view> ids, size_t digits) {
  std::string all;
  for (const std::string_view id : ids) all += fmt::format("{}:{}", id.size(), id);
  return Hex(Sha256(AsBytes(all))).substr(0, digits);
}

json::object AmountOf(const Money& amount) {
  return {{"minor", std::to_string(amount.minor)},
          {"currency", std::string(amount.currency.alphabetic())}};
}

json::object SubmissionOf(const Initiation& initiation, const PaymentInformation& payment,
                          const Instruction& instruction, const Mapping& mapping,
                          const EnterpriseRecordOf& record) {
  const Debtor debtor = mapping.DebtorOf(payment.debtor_account);
  json::object submission = {{"payment", record.reference},
                             {"mode", debtor.mode},
                             {"submitter", debtor.submitter},
                             {"amount", AmountOf(instruction.amount)},
                             {"payee", mapping.AccountOf(instruction.creditor_account)},
                             {"payeeName", instruction.creditor}};
  if (!instruction.creditor_agent.empty()) submission["payeeBranch"] = instruction.creditor_agent;
  if (!instruction.remittance.empty()) submission["purpose"] = instruction.remittance;
  submission["expectedDate"] = FormatDate(payment.execution);
  if (payment.execution_minute != 0) submission["expectedMinute"] = payment.execution_minute;
  submission["batch"] = BatchOf(initiation.id);
  submission["line"] = record.line;
  return submission;
}

}  // namespace

std::string PaymentReference(std::string_view prefix, std::string_view payment_information,
                             std::string_view end_to_end) {
  const std::string before = prefix.empty() ? "" : fmt::format("{}{}", prefix, kBetween);
  const std::string plain =
      fmt::format("{}{}{}{}", before, payment_information, kBetween, end_to_end);
  if (IsReadable(payment_information) && IsReadable(end_to_end) && plain.size() <= kReferenceMax) {
    return plain;
  }
  constexpr size_t kHashDigits = 16;
  std::string beginning;
  for (const char c : end_to_end.substr(0, kReferenceMax - kHashDigits - 1 - before.size())) {
    beginning += IsReadable(std::string_view(&c, 1)) ? c : '_';
  }
  return before + beginning + "~" + HashOf({payment_information, end_to_end}, kHashDigits);
}

TransactionIds IdsOfReference(std::string_view reference) {
  const size_t end = reference.rfind(kBetween);
  if (reference.find('~') != std::string_view::npos || end == std::string_view::npos) return {};
  const size_t begin =
      reference.substr(0, end).rfind(kBetween);  // behind a prefix, if there is one
  const size_t first = begin == std::string_view::npos ? 0 : begin + 1;
  return {.payment_information = std::string(reference.substr(first, end - first)),
          .instruction = {},
          .end_to_end = std::string(reference.substr(end + 1))};
}

std::string BatchOf(std::string_view message_id) { return Reference(message_id); }

std::vector<EnterpriseRecordOf> ToEnterpriseRecords(const Initiation& initiation,
                                                    const Mapping& mapping) {
  std::vector<EnterpriseRecordOf> records;
  for (const PaymentInformation& payment : initiation.payments) {
    for (const Instruction& instruction : payment.instructions) {
      EnterpriseRecordOf record;
      record.ids = {payment.id, instruction.instruction, instruction.end_to_end};
      record.id = std::string(kRecordMark) +
                  HashOf({mapping.prefix(), initiation.id, payment.id, instruction.end_to_end},
                         kRecordIdDigits);
      record.reference = PaymentReference(mapping.prefix(), payment.id, instruction.end_to_end);
      record.line = static_cast<uint32_t>(records.size() + 1);
      record.amount = instruction.amount;
      json::object root = {{"id", record.id}, {"occurredAt", FormatInstant(initiation.created)}};
      root["submission"] = SubmissionOf(initiation, payment, instruction, mapping, record);
      record.json = json::serialize(root);
      records.push_back(std::move(record));
    }
  }
  return records;
}

}  // namespace longmen::adapters::iso20022
