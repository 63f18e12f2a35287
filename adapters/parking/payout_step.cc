#include <optional>
#include <string>
#include <utility>

#include "adapters/parking/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::parking {
namespace {

constexpr auto kScenario = schema::Scenario::PARKING;

// One payout, one order: that is what makes its number good for one payment.
void AddPayoutOrder(Step& at, const std::string& key, Payout::Reader payout, const Money& amount) {
  auto order = AddUnder(at, key).initBody().initOrder();
  order.setAction(schema::OrderAction::PLACED);
  order.getAmount().setMinor(amount.minor);
  order.getAmount().setCurrency(amount.currency.numeric);
  order.setPayer(payout.getFrom());
  order.setPayee(payout.getTo());
  if (payout.hasScheme()) order.setScheme(payout.getScheme());
}

// A result is about the payout that was asked for, whole. False, and refused, where it says
// otherwise.
bool CheckSame(Step& at, const std::string& key, Payout::Reader payout, const Money& amount) {
  const auto order = at.ledger.FindOrder(kScenario, key);
  const auto refuse = [&](Code code, const char* field) {
    at.out.Refuse(code, field, key);
    return false;
  };
  if (!order) return refuse(Code::UNKNOWN_ORDER, "payout.payout");
  if (amount.currency != order->amount.currency) {
    return refuse(Code::CURRENCY_MISMATCH, "payout.amount.currency");
  }
  if (amount != order->amount) return refuse(Code::AMOUNT_MISMATCH, "payout.amount.minor");
  if (View(payout.getFrom()) != order->payer) {
    return refuse(Code::ROUTE_MISMATCH, "payout.from");
  }
  if (View(payout.getTo()) != order->payee) return refuse(Code::ROUTE_MISMATCH, "payout.to");
  if (payout.hasScheme() && View(payout.getScheme()) != order->scheme) {
    return refuse(Code::ROUTE_MISMATCH, "payout.scheme");
  }
  return true;
}

}  // namespace

// Rule 7: revenue goes to the designated municipal account in one lump. The first record of a
// payout asks for it; one under the same number while it is in flight brings its result.
void TakePayout(Payout::Reader payout, Step& at) {
  const std::string key = Copy(payout.getPayout());
  const auto outcome = payout.getOutcome();
  const Money amount{payout.getAmount().getMinor(), Currency{payout.getAmount().getCurrency()}};
  std::optional<MovementState> before;
  for (auto& movement : at.ledger.MovementsOf(kScenario, key)) before = std::move(movement);
  if (before && !CheckSame(at, key, payout, amount)) return;
  if (before && before->outcome == outcome) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "payout.payout", key);
  }
  if (before && !InFlight(before->outcome)) {
    return at.out.Refuse(Code::ALREADY_RESOLVED, "payout.payout", key);
  }

  if (!before) AddPayoutOrder(at, key, payout, amount);
  auto debit = InitDebit(AddUnder(at, key), amount, outcome);
  if (before) debit.setBasis(schema::Basis::REPORTED);
  if (payout.hasReference()) debit.setChannelReference(payout.getReference());
  if (payout.hasReason()) debit.setReason(payout.getReason());
  if (before) Refer(debit.initResolves(), *before);
  if (outcome == schema::Outcome::FAILED) AddCancelled(at, key, payout.getReason());
}

}  // namespace longmen::adapters::parking
