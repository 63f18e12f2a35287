#include <fmt/format.h>

#include "adapters/port/record_json.h"
#include "adapters/tuition/steps.h"
#include "engine/ledger/exchange.h"

namespace longmen::adapters::tuition {
namespace {

using schema::TuitionStage;

constexpr uint8_t kDocumentsLevel = 1;

// The last instant of the year that an instant is in, where the mandate is.
Nanos EndOfYear(Nanos instant, int utc_offset_minutes) {
  const int year = YearOf(LocalDate(instant, utc_offset_minutes));
  const auto next = ParseDate(fmt::format("{:04}-01-01", year + 1));
  CHECK(next.has_value(), "tuition.year", year);
  return *next * kNanosPerDay - utc_offset_minutes * kNanosPerMinute - 1;
}

bool WaitsForDocuments(const std::optional<OrderState>& order) {
  return order && order->status == OrderStatus::kPendingAuthorization;
}

void AddVerdict(Documents::Reader documents, const OrderState& order, Step& at) {
  const bool granted = documents.getVerdict() == schema::AuthorizationAction::GRANTED;
  auto proposal =
      AddStep(at, order.key.str(),
              granted ? TuitionStage::DOCUMENTS_CHECKED : TuitionStage::DOCUMENTS_REJECTED);
  proposal.getDetails().getTuition().setDocuments(documents.getDocuments());
  auto verdict = proposal.initBody().initAuthorization();
  verdict.setAction(documents.getVerdict());
  verdict.setMethod(schema::AuthorizationMethod::MANUAL);
  verdict.setLevel(kDocumentsLevel);
  verdict.setBy(documents.getBy());
  if (granted) verdict.setOrderVersion(order.version);
  if (documents.hasReason()) verdict.setReason(documents.getReason());
}

void AddFee(const OrderState& order, const Money& fee, capnp::Text::Reader to, Step& at) {
  if (fee.minor == 0) return;
  AddStandAlone(at, order.key.str(), schema::DebitKind::FEE, fee, {order.payer, Copy(to), ""});
}

}  // namespace

// The order has no rate of its own: that the quote adds up is checked here, and that it is paid at
// that rate by the debit.
void TakeQuote(Quote::Reader quote, Step& at) {
  const std::string key = Copy(quote.getOrder());
  const Money amount = MoneyOf(quote.getAmount());
  const Money counter = MoneyOf(quote.getCounterAmount());
  if (!engine::AgreeAt(amount, counter, quote.getRate())) {
    return at.out.Refuse(Code::RATE_MISMATCH, "quote.rate", key);
  }
  auto placed = AddStep(at, key, TuitionStage::QUOTED);
  auto details = placed.getDetails().getTuition();
  details.setSchool(quote.getSchool());
  details.initStudent().setToken(quote.getStudentToken());
  auto order = InitOrder(placed, amount);
  SetMoney(order.getCounterAmount(), counter);
  order.setPayer(quote.getPayer());
  order.setPayee(quote.getPayable());
  order.setValidUntil(quote.getValidUntil());
  if (quote.hasSubmitter()) order.setSubmitter(quote.getSubmitter());

  auto waits = AddUnder(at, key).initBody().initAuthorization();
  waits.setAction(schema::AuthorizationAction::STEPPED_UP);
  waits.setLevel(kDocumentsLevel);
}

// Seen once for everything that waits for it: the order, and a quota beyond which proof is asked.
void TakeDocuments(Documents::Reader documents, Step& at) {
  const std::string key = Copy(documents.getOrder());
  const auto order = FindOrder(at, key);
  if (!order) return at.out.Refuse(Code::UNKNOWN_ORDER, "documents.order", key);
  const auto quota = FindOrder(at, QuotaKey(key));
  if (!WaitsForDocuments(order) && !WaitsForDocuments(quota)) {
    const bool expired = order->status == OrderStatus::kExpired;
    return at.out.Refuse(expired ? Code::ORDER_EXPIRED : Code::DUPLICATE_NOTICE, "documents.order",
                         key);
  }
  if (WaitsForDocuments(order)) AddVerdict(documents, *order, at);
  if (WaitsForDocuments(quota)) AddVerdict(documents, *quota, at);
}

void TakeQuota(Quota::Reader quota, Step& at) {
  const std::string key = Copy(quota.getOrder());
  const auto order = FindOrder(at, key);
  if (!order) return at.out.Refuse(Code::UNKNOWN_ORDER, "quota.order", key);
  if (!IsLive(order->status)) {
    const bool expired = order->status == OrderStatus::kExpired;
    return at.out.Refuse(expired ? Code::ORDER_EXPIRED : Code::ORDER_NOT_OPEN, "quota.order", key);
  }
  const auto mandate = at.ledger.FindMandate(View(quota.getMandate()));
  if (!mandate) return at.out.Refuse(Code::UNKNOWN_MANDATE, "quota.mandate", key);
  const Money amount = MoneyOf(quota.getAmount());
  if (amount.currency == order->counter.currency && amount != order->counter) {
    return at.out.Refuse(Code::AMOUNT_MISMATCH, "quota.amount.minor", key);
  }
  auto reserved = InitOrder(AddStep(at, QuotaKey(key), TuitionStage::QUOTA_RESERVED), amount);
  reserved.setPayer(mandate->account);
  reserved.setPayee(quota.getAgainst());
  reserved.setMandate(quota.getMandate());
  reserved.setSubmitter(std::string(order->submitter));
  reserved.setValidUntil(EndOfYear(at.occurred_at, mandate->utc_offset_minutes));
}

// As it was quoted: the amounts are the order's, and the engine holds the rate against them.
void TakePay(Pay::Reader pay, Step& at) {
  const std::string key = Copy(pay.getOrder());
  const auto order = FindOrder(at, key);
  if (!order) return at.out.Refuse(Code::UNKNOWN_ORDER, "pay.order", key);
  const auto quota = FindOrder(at, QuotaKey(key));
  if (!quota || quota->status != OrderStatus::kOpen) {
    return at.out.Refuse(Code::ORDER_PENDING_AUTHORIZATION, "pay.order", QuotaKey(key));
  }
  auto debit =
      InitDebit(AddStep(at, key, TuitionStage::PAID), order->amount, schema::Outcome::SUCCEEDED);
  SetMoney(debit.getCounterAmount(), order->counter);
  debit.setRate(pay.getRate());
  AddFee(*order, MoneyOf(pay.getCharge()), pay.getFeeAccount(), at);
  AddFee(*order, MoneyOf(pay.getCable()), pay.getFeeAccount(), at);
}

}  // namespace longmen::adapters::tuition
