// The smart clearing route (domain A4.2 rule 9): the cheapest channel that is open and takes it.
#include <algorithm>

#include "adapters/enterprise/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::enterprise {

std::optional<int64_t> FeeOf(const engine::SchemeInfo& scheme, const Money& amount) {
  if (scheme.fees == nullptr) return 0;
  if (scheme.fees->currency != amount.currency.numeric) return std::nullopt;
  return scheme.fees->FeeOf(amount.minor);
}

std::optional<Route> ChooseRoute(const RouteChoice& choice, Step& at) {
  const OrderState& order = choice.order;
  const auto payer = at.ledger.FindAccount(order.payer);
  const auto payee = at.ledger.FindAccount(order.payee);
  CHECK(payer && payee, "enterprise.accounts", order.key);
  if (payer->participant == payee->participant) {
    return Route{.scheme = order.scheme.text(), .within_bank = true};
  }
  std::vector<std::string> schemes;
  if (!order.scheme.empty()) {
    schemes.push_back(order.scheme.text());
  } else {
    for (auto scheme : choice.schemes) schemes.push_back(Copy(scheme));
  }
  std::optional<Route> best;
  for (const std::string& name : schemes) {
    const auto scheme = at.ledger.FindScheme(name);
    if (!scheme) {
      at.out.Refuse(Code::UNKNOWN_SCHEME, choice.field, order.key.str());
      return std::nullopt;
    }
    const bool takes = scheme->max_minor == 0 || order.amount.minor <= scheme->max_minor;
    if (!takes || !scheme->times.IsOpen(at.occurred_at) ||
        std::ranges::find(choice.tried, name) != choice.tried.end() ||
        !at.ledger.IsClearedBy(name, order.payer, order.payee)) {
      continue;
    }
    const auto fee = FeeOf(*scheme, order.amount);
    if (fee && (!best || *fee < best->fee_minor)) best = Route{.scheme = name, .fee_minor = *fee};
  }
  if (!best) at.out.Refuse(Code::CHANNEL_CLOSED, choice.field, order.key.str());
  return best;
}

}  // namespace longmen::adapters::enterprise
