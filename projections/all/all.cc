#include "projections/all/all.h"

#include <array>

#include "events/codec/codec.h"
#include "projections/balances/balances.h"
#include "projections/calendar/calendar.h"
#include "projections/exceptions/exceptions.h"
#include "projections/journal/journal.h"
#include "projections/limits/limits.h"
#include "projections/matching/matching.h"
#include "projections/orders/orders.h"
#include "projections/outbox/outbox.h"
#include "projections/payments/payments.h"
#include "projections/positions/positions.h"
#include "projections/queue/queue.h"
#include "projections/reconciliation/reconciliation.h"
#include "projections/statements/statements.h"
#include "projections/warnings/warnings.h"

namespace longmen::projections {
namespace {

// Grows with every change of what any fold writes: an older store is then derived anew.
constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kFormat = "12";

}  // namespace

std::span<const Projection* const> Projections() {
  static const Calendar calendar;
  static const BalancesProjection balances;
  static const OrdersProjection orders;
  static const JournalProjection journal;
  static const StatementsProjection statements;
  static const PositionsProjection positions;
  static const ReconciliationProjection reconciliation;
  static const OutboxProjection outbox;
  static const ExceptionsProjection exceptions;
  static const PaymentsProjection payments;
  static const QueueProjection queue;
  static const WarningsProjection warnings;
  static const LimitsProjection limits;
  static const MatchingProjection matching;
  static const std::array<const Projection*, 14> all = {
      &calendar, &balances,   &orders,   &journal, &statements, &positions, &reconciliation,
      &outbox,   &exceptions, &payments, &queue,   &warnings,   &limits,    &matching};
  return all;
}

Status CheckFormat(const ReadStore& store) {
  const auto format = store.Get(kFormatKey);
  if (format == kFormat || (!format && !store.Get(kAppliedKey))) return Ok();
  return Error{Code::UNANSWERABLE, "", "the derived state is of another build: rebuild it"};
}

Status Folding::Begin() {
  const auto applied = ReadApplied(store_);
  if (!applied.ok()) return applied.error();
  RETURN_IF_ERROR(CheckFormat(store_));
  if (applied->sequence == 0) store_.Put(kFormatKey, kFormat);
  applied_ = *applied;
  for (const Projection* projection : Projections()) {
    folders_.push_back(projection->Begin(store_));
  }
  return Ok();
}

Status Folding::Fold(const RecordView& record, const Effects& effects) {
  if (!applied_) RETURN_IF_ERROR(Begin());
  const RecordHeader& header = record.header;
  if (header.sequence <= applied_->sequence) return Ok();
  if (header.sequence != applied_->sequence + 1) {
    return Error{Code::CORRUPT, "sequence",
                 fmt::format("record {} does not follow {}", header.sequence, applied_->sequence)};
  }
  const schema::Proposal::Reader proposal = ReadCanonical(record.proposal);
  for (const auto& folder : folders_) folder->Fold(record, proposal, effects);
  applied_ = {.sequence = header.sequence,
              .recorded_at = header.recorded_at,
              .book_date = header.book_date,
              .proposal = Xxh3(record.proposal)};
  return Ok();
}

void Folding::Finish() {
  if (!applied_) return;
  for (const auto& folder : folders_) folder->Finish();
  WriteApplied(*applied_, store_);
}

Status Fold(const RecordView& record, const Effects& effects, Store& store) {
  Folding folding(store);
  RETURN_IF_ERROR(folding.Fold(record, effects));
  folding.Finish();
  return Ok();
}

}  // namespace longmen::projections
