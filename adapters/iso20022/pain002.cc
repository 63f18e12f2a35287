#include "adapters/iso20022/pain002.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "adapters/iso20022/values.h"

namespace longmen::adapters::iso20022 {
namespace {

constexpr std::string_view kNotProvided = "NOTPROVIDED";
// How far a payment that goes on has come.
constexpr std::array<std::string_view, 4> kAccepted = {"ACCP", "ACSP", "ACSC", "ACCC"};

bool Ended(std::string_view status) { return status == "RJCT" || status == "CANC"; }

using Transactions = std::vector<const TransactionStatus*>;

std::string StatusOfAll(const Transactions& transactions) {
  std::vector<std::string_view> statuses;
  for (const TransactionStatus* transaction : transactions) statuses.push_back(transaction->status);
  return GroupStatus(statuses);
}

struct PaymentGroup {
  std::string_view id;
  Transactions transactions;
};

// Each PmtInfId once, in the order in which they first come.
std::vector<PaymentGroup> GroupsOf(const std::vector<TransactionStatus>& transactions) {
  std::vector<PaymentGroup> groups;
  std::unordered_map<std::string_view, size_t> places;
  for (const TransactionStatus& transaction : transactions) {
    const std::string_view id = transaction.ids.payment_information;
    const auto [place, fresh] = places.try_emplace(id, groups.size());
    if (fresh) groups.push_back({id, {}});
    groups[place->second].transactions.push_back(&transaction);
  }
  return groups;
}

void PutTransaction(Branch payment, const TransactionStatus& transaction) {
  const Branch branch = payment.Put("TxInfAndSts");
  branch.Put("StsId", Reference(transaction.reference));
  if (!transaction.ids.instruction.empty()) branch.Put("OrgnlInstrId", transaction.ids.instruction);
  if (!transaction.ids.end_to_end.empty())
    branch.Put("OrgnlEndToEndId", transaction.ids.end_to_end);
  branch.Put("TxSts", transaction.status);
  PutReason(branch, transaction.reason);
}

void PutGroup(Branch message, const StatusReport& report) {
  const Branch group = message.Put("OrgnlGrpInfAndSts");
  group.Put("OrgnlMsgId", report.original_id.empty() ? kNotProvided : report.original_id);
  group.Put("OrgnlMsgNmId", report.original_message);
  if (report.original_count != 0) {
    group.Put("OrgnlNbOfTxs", std::to_string(report.original_count));
  }
  if (!report.original_sum.empty()) group.Put("OrgnlCtrlSum", report.original_sum);
  Transactions all;
  for (const TransactionStatus& transaction : report.transactions) all.push_back(&transaction);
  group.Put("GrpSts", report.refused.code.empty() ? StatusOfAll(all) : "RJCT");
  PutReason(group, report.refused);
}

}  // namespace

std::string GroupStatus(const std::vector<std::string_view>& statuses) {
  const auto ended = std::ranges::count_if(statuses, Ended);
  const auto waiting = std::ranges::count(statuses, "PDNG");
  const auto all = static_cast<std::ptrdiff_t>(statuses.size());
  if (ended == all) return "RJCT";
  if (waiting == all) return "PDNG";
  if (ended + waiting > 0) return "PART";
  for (const std::string_view reached : kAccepted) {
    if (std::ranges::find(statuses, reached) != statuses.end()) return std::string(reached);
  }
  CHECK(false, "pain002.status", statuses.front());
  return "";
}

std::string WriteStatusReport(const StatusReport& report) {
  NewDocument document(kPain002, "CstmrPmtStsRpt");
  const Branch message = document.message();
  PutHeader(message, report.id, report.created);
  PutGroup(message, report);
  for (const PaymentGroup& group : GroupsOf(report.transactions)) {
    const Branch payment = message.Put("OrgnlPmtInfAndSts");
    payment.Put("OrgnlPmtInfId", group.id.empty() ? kNotProvided : group.id);
    payment.Put("PmtInfSts", StatusOfAll(group.transactions));
    for (const TransactionStatus* transaction : group.transactions) {
      PutTransaction(payment, *transaction);
    }
  }
  return document.Bytes();
}

}  // namespace longmen::adapters::iso20022
