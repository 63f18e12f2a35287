#include "adapters/campus/bill.h"

#include <algorithm>
#include <utility>

#include "adapters/port/proposals.h"

namespace longmen::adapters::campus {
namespace {

constexpr auto kScenario = schema::Scenario::CAMPUS;
constexpr std::string_view kPending = "campus:";
constexpr std::string_view kDaily = "daily";
constexpr std::string_view kOnCompletion = "on_completion";

}  // namespace

std::string PendingAccount(std::string_view batch) {
  return std::string(kPending) + std::string(batch);
}

std::string LineResource(std::string_view batch, uint32_t line) {
  return std::string(batch) + "/" + std::to_string(line);
}

std::string Bill::batch() const { return order.payee.text().substr(kPending.size()); }

bool Bill::ValidAt(Nanos instant) const {
  return instant >= order.valid_from && instant <= order.valid_until;
}

const MovementState* Bill::Refundable() const {
  for (const MovementState& payment : payments) {
    if (payment.outcome != schema::Outcome::SUCCEEDED) continue;
    int64_t rest = payment.amount.minor;
    for (const MovementState& refund : refunds) {
      const bool counts = refund.outcome != schema::Outcome::FAILED;
      if (counts && refund.debit == payment.sequence) rest -= refund.amount.minor;
    }
    if (rest > 0) return &payment;
  }
  return nullptr;
}

const MovementState* Bill::PaymentOf(const MovementState& refund) const {
  const auto at = std::ranges::find(payments, refund.debit, &MovementState::sequence);
  return at == payments.end() ? nullptr : &*at;
}

std::optional<Bill> FindBill(const engine::LedgerView& ledger, std::string_view number) {
  auto order = ledger.FindOrder(kScenario, number);
  // The orders of batches and postings go from the pending account, not to it.
  if (!order || !order->payee.text().starts_with(kPending)) return std::nullopt;
  Bill bill;
  bill.order = *std::move(order);
  for (auto& movement : ledger.MovementsOf(kScenario, number)) {
    auto& list = movement.kind == MovementKind::kDebit ? bill.payments : bill.refunds;
    list.push_back(std::move(movement));
  }
  return bill;
}

std::string PostingName(schema::PostingMode mode) {
  return std::string(mode == schema::PostingMode::DAILY ? kDaily : kOnCompletion);
}

std::optional<Batch> FindBatch(const engine::LedgerView& ledger, std::string_view batch) {
  auto order = ledger.FindOrder(kScenario, batch);
  if (!order || order->payer != PendingAccount(batch)) return std::nullopt;
  const bool daily = order->channel == kDaily;
  return Batch{*std::move(order),
               daily ? schema::PostingMode::DAILY : schema::PostingMode::ON_COMPLETION};
}

std::vector<UnpaidBill> UnpaidOf(const engine::LedgerView& ledger, std::string_view batch,
                                 uint32_t from, uint32_t to) {
  std::vector<UnpaidBill> unpaid;
  for (uint32_t line = std::max(from, 1u); line <= std::min(to, kLinesMax); ++line) {
    auto order = ledger.FindOrderHolding(kScenario, LineResource(batch, line));
    if (order) unpaid.push_back({line, *std::move(order)});
  }
  return unpaid;
}

bool AllSettled(const engine::LedgerView& ledger, std::string_view batch) {
  for (uint32_t line = 1; line <= kLinesMax; ++line) {
    if (ledger.FindOrderHolding(kScenario, LineResource(batch, line))) return false;
  }
  return true;
}

int64_t Collected(const engine::LedgerView& ledger, std::string_view batch) {
  const auto account = ledger.FindAccount(PendingAccount(batch));
  return account ? account->balance.minor - account->held.minor : 0;
}

}  // namespace longmen::adapters::campus
