#include "adapters/iso20022/gateway_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "adapters/iso20022/values.h"
#include "events/base/hash.h"

namespace longmen::adapters::iso20022 {
namespace {

namespace json = boost::json;

constexpr size_t kRecordIdDigits = 28;
constexpr std::string_view kNotProvided = "NOTPROVIDED";

std::string RecordId(std::string_view kind, const PacsHeader& header, std::string_view transaction,
                     std::string_view step) {
  const std::string all = fmt::format("{}:{}{}:{}{}", header.id.size(), header.id,
                                      transaction.size(), transaction, step);
  return fmt::format("{}-{}", kind, Hex(Sha256(AsBytes(all))).substr(0, kRecordIdDigits));
}

json::object AmountOf(const Money& amount) {
  return {{"minor", std::to_string(amount.minor)},
          {"currency", std::string(amount.currency.alphabetic())}};
}

void SetIfSaid(json::object& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

GatewayRecordOf Record(size_t transaction, std::string id, const PacsHeader& header,
                       const char* step, json::object members) {
  json::object root = {{"id", id}, {"occurredAt", FormatInstant(header.created)}};
  root[step] = std::move(members);
  return {transaction, std::move(id), json::serialize(root)};
}

std::optional<std::string_view> OutcomeOf(std::string_view status) {
  struct Of {
    std::string_view status;
    std::string_view outcome;
  };
  static constexpr Of kOutcomes[] = {
      {"ACSC", "succeeded"}, {"ACCC", "succeeded"}, {"ACWC", "succeeded"}, {"RJCT", "failed"},
      {"CANC", "failed"},    {"PDNG", "unknown"},   {"RCVD", "pending"},   {"ACTC", "pending"},
      {"ACCP", "pending"},   {"ACSP", "pending"}};
  for (const Of& of : kOutcomes) {
    if (of.status == status) return of.outcome;
  }
  return std::nullopt;
}

std::string TransactionPath(const TransferStatuses& message, size_t index,
                            std::string_view element) {
  return message.statuses.size() == 1 ? fmt::format("TxInfAndSts/{}", element)
                                      : fmt::format("TxInfAndSts[{}]/{}", index + 1, element);
}

// What every notice needs of a status. The outcome.
Result<std::string_view> CheckStatus(const TransferStatuses& message, size_t index) {
  const TransferStatus& status = message.statuses[index];
  const auto outcome = OutcomeOf(status.status);
  if (!outcome) {
    return Error{Code::UNKNOWN_ENUM, TransactionPath(message, index, "TxSts"),
                 fmt::format("'{}' says nothing of a debit", status.status)};
  }
  if (status.amount.currency.numeric == 0) {
    return Error{Code::MISSING_FIELD, TransactionPath(message, index, "OrgnlTxRef/IntrBkSttlmAmt"),
                 "of how much?"};
  }
  return *outcome;
}

Status CheckOriginal(const TransferStatuses& message) {
  if (!message.original_message.empty() && !message.original_message.starts_with("pacs.008")) {
    return Error{Code::UNKNOWN_FORMAT, "OrgnlGrpInfAndSts/OrgnlMsgNmId",
                 fmt::format("statuses of {} are not taken", message.original_message)};
  }
  if (message.statuses.empty()) {
    return Error{Code::MISSING_FIELD, "TxInfAndSts", "no transaction"};
  }
  return Ok();
}

// "AC04 account closed"
std::string ReasonText(const std::string& code, const std::string& more) {
  return code.empty() || more.empty() ? code + more : code + " " + more;
}

PacsHeader AnswerHeader(std::string_view id, Nanos created) {
  constexpr size_t kKindSize = 3;
  return {.id = "A-" + Reference(id, kIdLettersMax - kKindSize), .created = created};
}

std::string StatusOf(const GatewayAnswer& answer, std::string_view accepted) {
  if (answer.retry) return "PDNG";
  return answer.accepted ? std::string(accepted) : "RJCT";
}

// ACSC, RJCT or PDNG where all are; PART where they are not.
std::string GroupOf(const std::vector<TransferStatus>& statuses) {
  const std::string& first = statuses.front().status;
  const bool same = std::ranges::all_of(
      statuses, [&](const TransferStatus& status) { return status.status == first; });
  return same ? first : "PART";
}

}  // namespace

GatewayRecords ToDebitNotices(const CreditTransfers& message, const Mapping& mapping) {
  GatewayRecords records;
  for (const CreditTransfer& transfer : message.transfers) {
    json::object notice = {{"order", Reference(transfer.end_to_end)},
                           {"transactionId", transfer.transaction},
                           {"amount", AmountOf(transfer.amount)},
                           {"debitedAt", FormatInstant(transfer.accepted)},
                           {"outcome", "succeeded"},
                           {"payer", mapping.AccountOf(transfer.debtor_account)}};
    if (transfer.settlement_date != 0) {
      notice["clearingDate"] = FormatDate(transfer.settlement_date);
    }
    records.push_back(Record(records.size(),
                             RecordId("P8", message.header, transfer.transaction, "debit"),
                             message.header, "debitNotice", std::move(notice)));
  }
  return records;
}

GatewayRecords ToGatewayRequests(const CreditTransfers& message, const Mapping& mapping) {
  GatewayRecords records;
  for (const CreditTransfer& transfer : message.transfers) {
    const Debtor debtor = mapping.DebtorOf(transfer.debtor_account);
    json::object request = {{"order", Reference(transfer.end_to_end)},
                            {"amount", AmountOf(transfer.amount)},
                            {"payee", mapping.AccountOf(transfer.creditor_account)},
                            {"submitter", debtor.submitter},
                            {"payer", mapping.AccountOf(transfer.debtor_account)},
                            {"mandate", debtor.mode}};
    SetIfSaid(request, "scheme", mapping.scheme());
    SetIfSaid(request, "accountBank", mapping.ParticipantOf(transfer.debtor_agent));
    SetIfSaid(request, "payeeBank", mapping.ParticipantOf(transfer.creditor_agent));
    SetIfSaid(request, "merchant", transfer.creditor);
    records.push_back(Record(records.size(),
                             RecordId("P8", message.header, transfer.transaction, "request"),
                             message.header, "gatewayRequest", std::move(request)));
  }
  return records;
}

GatewayRecords ToGiveBacks(const PaymentReturns& message) {
  GatewayRecords records;
  for (const PaymentReturn& back : message.returns) {
    json::object given = {{"order", Reference(back.end_to_end)},
                          {"transactionId", back.transaction},
                          {"amount", AmountOf(back.amount)},
                          {"reference", back.id},
                          {"outcome", "succeeded"}};
    if (back.settlement_date != 0) given["clearingDate"] = FormatDate(back.settlement_date);
    SetIfSaid(given, "reason", ReasonText(back.reason, back.more));
    records.push_back(Record(records.size(), RecordId("P4", message.header, back.id, "back"),
                             message.header, IsRefund(back) ? "refund" : "paymentReturn",
                             std::move(given)));
  }
  return records;
}

Result<GatewayRecords> ToDebitNotices(const TransferStatuses& message, const Mapping& mapping) {
  RETURN_IF_ERROR(CheckOriginal(message));
  GatewayRecords records;
  for (size_t i = 0; i < message.statuses.size(); ++i) {
    const auto outcome = CheckStatus(message, i);
    if (!outcome.ok()) return outcome.error();
    const TransferStatus& status = message.statuses[i];
    json::object notice = {{"order", Reference(status.end_to_end)},
                           {"transactionId", status.transaction},
                           {"amount", AmountOf(status.amount)},
                           {"outcome", std::string(*outcome)}};
    if (status.accepted != 0) notice["debitedAt"] = FormatInstant(status.accepted);
    if (status.settlement_date != 0) notice["clearingDate"] = FormatDate(status.settlement_date);
    if (!status.debtor_account.empty()) notice["payer"] = mapping.AccountOf(status.debtor_account);
    SetIfSaid(notice, "reason", ReasonText(status.reason.code, status.reason.more));
    records.push_back(Record(i, RecordId("P2", message.header, status.transaction, "debit"),
                             message.header, "debitNotice", std::move(notice)));
    if (status.status != "ACCC") continue;
    records.push_back(
        Record(i, RecordId("P2", message.header, status.transaction, "credited"), message.header,
               "credited",
               {{"order", Reference(status.end_to_end)}, {"transactionId", status.transaction}}));
  }
  return records;
}

Result<GatewayRecords> ToSuccessNotices(const TransferStatuses& message) {
  RETURN_IF_ERROR(CheckOriginal(message));
  GatewayRecords records;
  for (size_t i = 0; i < message.statuses.size(); ++i) {
    const auto outcome = CheckStatus(message, i);
    if (!outcome.ok()) return outcome.error();
    const TransferStatus& status = message.statuses[i];
    if (*outcome != "succeeded") {
      return Error{Code::UNKNOWN_ENUM, TransactionPath(message, i, "TxSts"),
                   fmt::format("'{}' is no success", status.status)};
    }
    for (const char* receiver : {"account_bank", "accepting_bank"}) {
      records.push_back(Record(i, RecordId("P2", message.header, status.transaction, receiver),
                               message.header, "successNotice",
                               {{"order", Reference(status.end_to_end)},
                                {"transactionId", status.transaction},
                                {"amount", AmountOf(status.amount)},
                                {"receiver", receiver}}));
    }
  }
  return records;
}

TransferStatuses AnswerTo(const CreditTransfers& message, const std::vector<GatewayAnswer>& answers,
                          std::string_view accepted) {
  CHECK(answers.size() == message.transfers.size(), "pacs002.answers", answers.size());
  TransferStatuses statuses{.header = AnswerHeader(message.header.id, message.header.created),
                            .original_id = message.header.id,
                            .original_message = std::string(kPacs008)};
  for (size_t i = 0; i < answers.size(); ++i) {
    const CreditTransfer& transfer = message.transfers[i];
    statuses.statuses.push_back({.instruction = transfer.instruction,
                                 .end_to_end = transfer.end_to_end,
                                 .transaction = transfer.transaction,
                                 .status = StatusOf(answers[i], accepted),
                                 .reason = answers[i].reason,
                                 .accepted = transfer.accepted,
                                 .cycle = transfer.cycle,
                                 .amount = transfer.amount,
                                 .settlement_date = transfer.settlement_date,
                                 .debtor_account = transfer.debtor_account});
  }
  statuses.group_status = GroupOf(statuses.statuses);
  return statuses;
}

TransferStatuses AnswerTo(const PaymentReturns& message,
                          const std::vector<GatewayAnswer>& answers) {
  CHECK(answers.size() == message.returns.size(), "pacs002.answers", answers.size());
  TransferStatuses statuses{.header = AnswerHeader(message.header.id, message.header.created),
                            .original_id = message.header.id,
                            .original_message = std::string(kPacs004)};
  for (size_t i = 0; i < answers.size(); ++i) {
    const PaymentReturn& back = message.returns[i];
    statuses.statuses.push_back({.instruction = back.id,
                                 .end_to_end = back.end_to_end,
                                 .transaction = back.transaction,
                                 .status = StatusOf(answers[i], "ACSC"),
                                 .reason = answers[i].reason,
                                 .cycle = back.cycle,
                                 .amount = back.amount,
                                 .settlement_date = back.settlement_date});
  }
  statuses.group_status = GroupOf(statuses.statuses);
  return statuses;
}

TransferStatuses RefusalOf(std::string_view message, const Error& error, Nanos created) {
  return {.header = AnswerHeader(kNotProvided, created),
          .original_id = std::string(kNotProvided),
          .original_message = std::string(message),
          .group_status = "RJCT",
          .group_reason = ReasonOf(error)};
}

}  // namespace longmen::adapters::iso20022
