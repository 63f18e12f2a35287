// The whole state of one against the other.
#include <fmt/format.h>

#include "tests/engine/ledger_property/twin.h"

namespace longmen::generator {
namespace {

using reference::Wide;

std::string Wide64(Wide value) { return fmt::format("{}", static_cast<int64_t>(value)); }

std::string Text(const reference::RefOrder& order) {
  return fmt::format(
      "{} amount {} paid {} in flight {} refunded {} refunding {} held {} from {} until {} "
      "version {} approved {} required {}",
      OrderStatusName(order.status), order.amount, Wide64(order.paid), Wide64(order.in_flight),
      Wide64(order.refunded), Wide64(order.refunding), order.held, order.valid_from,
      order.valid_until, order.version, order.approved_level, order.required_level);
}

}  // namespace

std::string Twin::CompareStates() const {
  const Status invariants = engine_.CheckInvariants();
  if (!invariants.ok()) return "invariant: " + Describe(invariants.error());
  for (const auto compare :
       {&Twin::CompareAccounts, &Twin::CompareMandates, &Twin::CompareOrders,
        &Twin::CompareMovements, &Twin::CompareCycles, &Twin::CompareIdentities}) {
    std::string fault = (this->*compare)();
    if (!fault.empty()) return fault;
  }
  return "";
}

std::string Twin::CompareAccounts() const {
  const reference::State& state = reference_.state();
  const std::vector<AccountState> accounts = engine_.Accounts();
  if (accounts.size() != state.accounts.size()) return "another number of accounts";
  for (const AccountState& ours : accounts) {
    const auto found = state.accounts.find(ours.account);
    if (found == state.accounts.end()) return "account " + ours.account + " should not be there";
    const reference::Account& theirs = found->second;
    const Wide balance = state.Balance(ours.account);
    const Wide held = state.Held(ours.account);
    if (ours.balance.minor != balance || ours.held.minor != held) {
      return fmt::format("account {}: balance {} held {}, should be {} and {}", ours.account,
                         ours.balance.minor, ours.held.minor, Wide64(balance), Wide64(held));
    }
    const auto folded = [&](const auto& sums) {
      const auto at = sums.find(ours.account);
      return at == sums.end() ? Wide{0} : at->second;
    };
    if (folded(balances_) != balance || folded(holds_) != held) {
      return "the effects do not add up to account " + ours.account;
    }
    if (ours.participant != theirs.participant || ours.kind != theirs.kind ||
        ours.status != theirs.status || ours.floor.minor != theirs.floor ||
        ours.unlimited != theirs.unlimited || ours.balance.currency.numeric != theirs.currency) {
      return "account " + ours.account + " is registered otherwise";
    }
  }
  return "";
}

std::string Twin::CompareMandates() const {
  for (const auto& [name, theirs] : reference_.state().mandates) {
    const auto ours = engine_.FindMandate(name);
    if (!ours) return "mandate " + name + " is missing";
    const auto [minor, count] = reference_.state().UsageOf(name);
    if (ours->used_minor != minor || ours->used_count != count) {
      return fmt::format("mandate {}: used {} by {} orders, should be {} by {}", name,
                         Wide64(ours->used_minor), ours->used_count, Wide64(minor), count);
    }
    if (ours->account != theirs.account || ours->status != theirs.status ||
        ours->channels != theirs.channels || ours->payees != theirs.payees ||
        ours->merchants != theirs.merchants || ours->merchant_categories != theirs.categories ||
        ours->currencies != theirs.currencies || ours->fallbacks != theirs.fallbacks ||
        ours->restores_on_refund != theirs.restores || ours->valid_before != theirs.valid_before) {
      return "mandate " + name + " is registered otherwise";
    }
  }
  return "";
}

std::string Twin::CompareOrders() const {
  for (const auto& [name, order] : reference_.state().orders) {
    const std::optional<OrderState> found = engine_.FindOrder(name.first, name.second);
    if (!found) return "order " + name.second + " is missing";
    const reference::RefOrder theirs = reference_.OrderOf(name);
    const reference::RefOrder ours = {.status = found->status,
                                      .amount = found->amount.minor,
                                      .paid = found->paid,
                                      .in_flight = found->in_flight,
                                      .refunded = found->refunded,
                                      .refunding = found->refunding,
                                      .held = found->held,
                                      .valid_from = found->valid_from,
                                      .valid_until = found->valid_until,
                                      .version = found->version,
                                      .approved_level = found->approved_level,
                                      .required_level = found->required_level};
    if (ours != theirs) {
      return fmt::format("order {}:\n  engine    {}\n  reference {}", name.second, Text(ours),
                         Text(theirs));
    }
    if (found->payer != order.payer || found->payee != order.payee ||
        found->scheme != order.scheme || found->mandate != order.mandate ||
        found->channel != order.channel || found->placed != order.placed ||
        found->amount.currency.numeric != order.currency ||
        found->counter != Money{order.counter, Currency{order.counter_currency}}) {
      return "order " + name.second + " was placed otherwise";
    }
    if (!IsLive(order.status)) continue;
    for (const std::string& resource : order.resources) {
      const auto holder = engine_.FindOrderHolding(name.first, resource);
      if (!holder || holder->key != name.second) {
        return "order " + name.second + " does not hold " + resource;
      }
    }
  }
  return "";
}

std::string Twin::CompareMovements() const {
  const reference::State& state = reference_.state();
  for (const auto& [identity, sequence] : state.began) {
    const auto ours = engine_.FindMovement(identity.first, identity.second);
    if (!ours) return "movement " + identity.second + " is missing";
    const reference::Movement& theirs = state.movements.at(sequence);
    if (ours->sequence != sequence || ours->kind != theirs.kind ||
        ours->key != theirs.name.second || ours->scenario != theirs.name.first ||
        ours->outcome != theirs.outcome || ours->amount.minor != theirs.amount ||
        ours->amount.currency.numeric != theirs.currency ||
        ours->counter != Money{theirs.counter, Currency{theirs.counter_currency}} ||
        ours->debit != theirs.debit) {
      return "movement " + identity.second + " differs";
    }
    // The cycle it was put into; where an aborted one went is the cycle's to say.
    Sequence cycle = 0;
    for (const reference::Item& item : state.items) {
      if (item.movement == sequence) cycle = item.first_cycle;
    }
    if (ours->cycle != cycle) {
      return fmt::format("movement {} is in cycle {}, should be {}", identity.second, ours->cycle,
                         cycle);
    }
  }
  return "";
}

std::string Twin::CompareCycles() const {
  const reference::State& state = reference_.state();
  for (const auto& [opened, cycle] : state.cycles) {
    const auto ours = engine_.FindCycle(cycle.name);
    if (!ours) return "cycle " + cycle.name + " is missing";
    if (ours->cycle != opened || ours->status != cycle.status || ours->scheme != cycle.scheme ||
        ours->cut_off != cycle.cut_off || ours->carried_into != cycle.carried_into) {
      return "cycle " + cycle.name + " differs";
    }
    const auto flows = state.FlowsOf(opened);
    const auto folded = flows_.find(opened);
    if ((folded == flows_.end()) != flows.empty() ||
        (folded != flows_.end() && folded->second != flows)) {
      return "the effects do not add up to the positions of cycle " + cycle.name;
    }
  }
  for (const auto& [scheme, registered] : state.schemes) {
    const auto ours = engine_.FindOpenCycle(scheme);
    if ((ours ? ours->cycle : 0) != state.OpenCycle(scheme)) {
      return "another cycle is open in scheme " + scheme;
    }
  }
  return "";
}

std::string Twin::CompareIdentities() const {
  for (const auto& [identity, known] : reference_.state().known) {
    const auto ours = engine_.FindId(identity.first, identity.second);
    if (!ours || ours->sequence != known.sequence || ours->refused != known.refused ||
        ours->field != known.field || ours->index != known.index) {
      return "identity " + identity.first + " " + identity.second + " is known otherwise";
    }
  }
  return "";
}

}  // namespace longmen::generator
