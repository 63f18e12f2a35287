#include "adapters/iso20022/payment_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "adapters/iso20022/log_words.h"
#include "adapters/iso20022/values.h"
#include "events/codec/codec.h"
#include "projections/exceptions/exceptions.h"
#include "projections/store/applied.h"

namespace longmen::adapters::iso20022 {
namespace {

using projections::Payment;
using projections::ReadStore;
using schema::Outcome;

constexpr size_t kPage = 1'000;
constexpr size_t kHeaderIdMax = 20;  // of the original's id in ours, beside a sequence

bool IsReturned(const Payment& payment) {
  return payment.refunded >= payment.amount.minor &&
         payment.refund_kind == schema::RefundKind::PAYMENT_RETURN;
}

// Why it is over, as its last record says: a code of the ledger where the reason is one.
Result<StatusReason> ReasonOfEnd(LogWords& log, const Payment& payment) {
  const bool failed = payment.outcome == Outcome::FAILED;
  const bool paid =
      payment.status == OrderStatus::kPaid || payment.status == OrderStatus::kCompleted;
  const auto reason = log.ReasonAt(payment.sequence);
  if (!reason.ok()) return reason.error();
  if (CodeFromName(*reason)) return StatusReason{*reason, ""};
  if (paid) return StatusReason{"payment_return", *reason};
  switch (payment.status) {
    case OrderStatus::kDeclined:
      return StatusReason{"declined", *reason};
    case OrderStatus::kExpired:
      return StatusReason{std::string(CodeName(Code::ORDER_EXPIRED)), *reason};
    default:
      return StatusReason{failed ? "failed" : "revoked", *reason};
  }
}

Result<TransactionStatus> StatusWithReason(LogWords& log, const Payment& payment,
                                           TransactionIds ids) {
  TransactionStatus transaction{std::move(ids), payment.reference, StatusOf(payment), {}};
  if (transaction.status != "RJCT" && transaction.status != "CANC") return transaction;
  auto reason = ReasonOfEnd(log, payment);
  if (!reason.ok()) return reason.error();
  transaction.reason = *std::move(reason);
  return transaction;
}

Result<StatusReport> NewReport(const ReadStore& store, std::string_view message_id) {
  const auto applied = projections::ReadApplied(store);
  if (!applied.ok()) return applied.error();
  StatusReport report;
  report.id = fmt::format("P2-{}-{}", Reference(message_id, kHeaderIdMax), applied->sequence);
  report.created = applied->recorded_at;
  report.original_id = message_id;
  report.original_message = kPain001;
  return report;
}

// Of a submission as it came: the batch and line it states.
struct BatchLine {
  std::string batch;
  uint32_t line = 0;
};

std::optional<BatchLine> BatchLineOf(std::string_view original) {
  namespace json = boost::json;
  boost::system::error_code error;
  const json::value root = json::parse(json::string_view(original.data(), original.size()), error);
  const auto* object = error ? nullptr : root.if_object();
  const auto* submission = object == nullptr ? nullptr : object->if_contains("submission");
  const auto* members = submission == nullptr ? nullptr : submission->if_object();
  if (members == nullptr) return std::nullopt;
  const auto* batch = members->if_contains("batch");
  const auto* line = members->if_contains("line");
  if (batch == nullptr || !batch->is_string() || line == nullptr) return std::nullopt;
  if (!line->is_int64() || line->get_int64() < 1 || line->get_int64() > UINT32_MAX)
    return std::nullopt;
  return BatchLine{std::string(batch->get_string()), static_cast<uint32_t>(line->get_int64())};
}

// What a refused record, or the first proposal of a refused group, was sent as.
Result<std::string> OriginalAt(LogWords& log, Sequence sequence) {
  std::string original;
  RETURN_IF_ERROR(log.Visit(sequence, [&](schema::Proposal::Reader proposal) {
    const auto text = [](capnp::Data::Reader data) {
      return std::string(AsText({data.begin(), data.size()}));
    };
    original = text(proposal.getOriginal());
    const auto body = proposal.getBody();
    if (!original.empty() || !body.isRefusal()) return;
    const auto proposals = body.getRefusal().getProposals();
    if (proposals.size() == 0) return;
    const auto bytes = proposals[0];
    const ProposalBytes aligned({bytes.begin(), bytes.size()});
    original = text(ProposalReader(aligned.bytes()).get().getOriginal());
  }));
  return original;
}

using ByLine = std::map<uint32_t, TransactionStatus>;

Status AddPayments(const ReadStore& store, LogWords& log, const std::string& batch,
                   ByLine& transactions) {
  for (std::string after;;) {
    const auto page = projections::Payments(store, after, kPage);
    if (!page.ok()) return page.error();
    for (const Payment& payment : *page) {
      if (payment.batch != batch || payment.line == 0) continue;
      auto status = StatusWithReason(log, payment, IdsOfReference(payment.reference));
      if (!status.ok()) return status.error();
      transactions.emplace(payment.line, *std::move(status));
    }
    if (page->size() < kPage) return Ok();
    after = page->back().reference;
  }
}

Status AddRefusals(const ReadStore& store, LogWords& log, const std::string& batch,
                   ByLine& transactions) {
  const auto items = projections::Exceptions(store, 1, UINT64_MAX);
  if (!items.ok()) return items.error();
  for (const auto& item : *items) {
    const bool refused = item.kind != projections::ExceptionKind::kBooked && item.at_fault;
    // Others need not be looked up.
    const bool ours =
        item.scenario == schema::Scenario::ENTERPRISE && item.id.starts_with(kRecordMark);
    if (!refused || !ours) continue;
    const auto original = OriginalAt(log, item.sequence);
    if (!original.ok()) return original.error();
    const auto line = BatchLineOf(*original);
    if (!line || line->batch != batch) continue;
    transactions.emplace(line->line,
                         TransactionStatus{IdsOfReference(item.key),
                                           item.key,
                                           "RJCT",
                                           {std::string(CodeName(item.code)), item.field}});
  }
  return Ok();
}

}  // namespace

std::string StatusOf(const Payment& payment) {
  switch (payment.status) {
    case OrderStatus::kPendingAuthorization:
      return "PDNG";
    case OrderStatus::kOpen:
      return payment.outcome == Outcome::PENDING || payment.outcome == Outcome::UNKNOWN ? "ACSP"
                                                                                        : "ACCP";
    case OrderStatus::kPaid:
    case OrderStatus::kCompleted:
      if (IsReturned(payment)) return "RJCT";
      return payment.channel.empty() && !payment.in_suspense ? "ACCC" : "ACSC";
    case OrderStatus::kCancelled:
      return payment.outcome == Outcome::FAILED ? "RJCT" : "CANC";
    case OrderStatus::kDeclined:
    case OrderStatus::kExpired:
      return "RJCT";
  }
  CHECK(false, "payment.status", payment.reference);
  return "";
}

Result<StatusReport> StatusOfMessage(const ReadStore& store, const engine::LogReader& reader,
                                     std::string_view message_id) {
  auto report = NewReport(store, message_id);
  if (!report.ok()) return report.error();
  const std::string batch = BatchOf(message_id);
  LogWords log(reader);
  ByLine transactions;
  RETURN_IF_ERROR(AddPayments(store, log, batch, transactions));
  RETURN_IF_ERROR(AddRefusals(store, log, batch, transactions));
  if (transactions.empty()) {
    return Error{Code::NOT_FOUND, "message",
                 fmt::format("nothing of {} is in the log", message_id)};
  }
  for (auto& [line, transaction] : transactions) {
    report->transactions.push_back(std::move(transaction));
  }
  return report;
}

Result<StatusReport> StatusOfLoaded(const ReadStore& store, const engine::LogReader& reader,
                                    const Initiation& initiation,
                                    const std::vector<LoadedRecord>& records) {
  auto report = NewReport(store, initiation.id);
  if (!report.ok()) return report.error();
  LogWords log(reader);
  report->original_count = initiation.count;
  report->original_sum = initiation.sum;
  for (const LoadedRecord& loaded : records) {
    if (!loaded.reason.code.empty()) {
      report->transactions.push_back({loaded.record.ids, loaded.record.reference,
                                      loaded.retry ? "PDNG" : "RJCT", loaded.reason});
      continue;
    }
    const auto payment = projections::FindPayment(store, loaded.record.reference);
    if (!payment.ok()) return payment.error();
    auto status = StatusWithReason(log, *payment, loaded.record.ids);
    if (!status.ok()) return status.error();
    report->transactions.push_back(*std::move(status));
  }
  return report;
}

Result<StatusReport> StatusOfRefused(const ReadStore& store, const Initiation& header,
                                     const Error& error) {
  auto report = NewReport(store, header.id);
  if (!report.ok()) return report.error();
  report->original_count = header.count;
  report->refused = ReasonOf(error);
  return report;
}

}  // namespace longmen::adapters::iso20022
