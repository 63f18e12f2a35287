#include "tests/reference/state.h"

#include <algorithm>

namespace longmen::reference {
namespace {

bool Counts(const Movement& movement, bool in_flight) {
  return in_flight ? InFlight(movement.outcome) : movement.outcome == schema::Outcome::SUCCEEDED;
}

}  // namespace

Wide State::Balance(const std::string& account) const {
  Wide sum = 0;
  for (const Part& posting : postings) {
    if (posting.account == account) sum += posting.minor;
  }
  return sum;
}

Wide State::Held(const std::string& account) const {
  Wide sum = 0;
  for (const auto& [name, order] : orders) {
    if (order.payer == account) sum += order.held;
  }
  // Of money at the central bank nothing is held for what is in flight: see docs/rules.md.
  const Account& registered = accounts.at(account);
  if (registered.kind == schema::AccountKind::SETTLEMENT) {
    for (const auto& [name, clearing] : accounts) {
      if (clearing.kind != schema::AccountKind::CLEARING ||
          clearing.participant != registered.participant ||
          clearing.currency != registered.currency) {
        continue;
      }
      sum += (clearing.cap ? clearing.cap->earmark : 0) + Covering(clearing);
    }
    for (const auto& [opened, cycle] : cycles) {
      const auto kept = cycle.kept.find({registered.participant, registered.currency});
      if (kept != cycle.kept.end()) sum += kept->second;
    }
    return sum;
  }
  for (const auto& [sequence, movement] : movements) {
    if (!InFlight(movement.outcome)) continue;
    if (movement.kind == MovementKind::kDebit) {
      if (movement.payer == account) sum += movement.amount;
      continue;
    }
    for (const Part& leg : movement.legs) {
      if (leg.account == account) sum += leg.minor;
    }
  }
  return sum;
}

std::optional<Wide> State::Available(const std::string& account) const {
  const Account& registered = accounts.at(account);
  const bool grows = registered.kind == schema::AccountKind::SETTLEMENT;
  if (registered.unlimited || grows) return std::nullopt;
  return Balance(account) - Held(account) + registered.floor;
}

Wide State::DebitsOf(const OrderKey& order, bool in_flight) const {
  Wide sum = 0;
  for (const auto& [sequence, movement] : movements) {
    if (movement.kind == MovementKind::kDebit && movement.name == order &&
        movement.debit_kind == schema::DebitKind::PAYMENT && Counts(movement, in_flight)) {
      sum += movement.amount;
    }
  }
  return sum;
}

Wide State::RefundsOf(const OrderKey& order, bool in_flight) const {
  Wide sum = 0;
  for (const auto& [sequence, movement] : movements) {
    if (movement.kind == MovementKind::kDebit && movement.name == order &&
        movement.debit_kind == schema::DebitKind::PAYMENT) {
      sum += RefundsOfDebit(sequence, in_flight);
    }
  }
  return sum;
}

Wide State::RefundsOfDebit(Sequence debit, bool in_flight) const {
  Wide sum = 0;
  for (const auto& [sequence, movement] : movements) {
    if (movement.kind == MovementKind::kRefund && movement.debit == debit &&
        Counts(movement, in_flight)) {
      sum += movement.amount;
    }
  }
  return sum;
}

Wide State::GivenBack(Sequence debit, size_t leg) const {
  Wide sum = 0;
  for (const auto& [sequence, movement] : movements) {
    if (movement.kind == MovementKind::kRefund && movement.debit == debit &&
        movement.outcome != schema::Outcome::FAILED) {
      sum += movement.legs.at(leg).minor;
    }
  }
  return sum;
}

Wide State::SplitPaid(const OrderKey& order, const std::string& account) const {
  Wide sum = 0;
  for (const auto& [sequence, movement] : movements) {
    if (movement.kind != MovementKind::kDebit || movement.name != order ||
        movement.debit_kind != schema::DebitKind::PAYMENT ||
        movement.outcome == schema::Outcome::FAILED) {
      continue;
    }
    for (size_t i = 1; i < movement.legs.size(); ++i) {
      if (movement.legs[i].account == account) sum += movement.legs[i].minor;
    }
  }
  return sum;
}

Wide State::CounterPaid(const OrderKey& order) const {
  Wide sum = 0;
  for (const auto& [sequence, movement] : movements) {
    if (movement.kind == MovementKind::kDebit && movement.name == order &&
        movement.debit_kind == schema::DebitKind::PAYMENT &&
        movement.outcome != schema::Outcome::FAILED) {
      sum += movement.counter;
    }
  }
  return sum;
}

Wide State::Consumption(const Order& order) const {
  const Wide used = DebitsOf(order.name, false) + DebitsOf(order.name, true);
  const Wide taken = IsLive(order.status) ? std::max<Wide>(order.amount, used) : used;
  if (order.mandate.empty() || !mandates.at(order.mandate).restores) return taken;
  Wide returned = 0;
  for (const auto& [sequence, movement] : movements) {
    if (movement.kind != MovementKind::kRefund || movement.name != order.name ||
        movement.outcome != schema::Outcome::SUCCEEDED ||
        movements.at(movement.debit).debit_kind != schema::DebitKind::PAYMENT) {
      continue;
    }
    returned += movement.exchanges() ? movement.counter : movement.amount;
  }
  return std::max<Wide>(taken - returned, 0);
}

std::pair<Wide, uint64_t> State::UsageOf(const std::string& mandate) const {
  std::pair<Wide, uint64_t> usage{0, 0};
  for (const auto& [name, order] : orders) {
    if (order.mandate != mandate || Consumption(order) == 0) continue;
    usage.first += Consumption(order);
    usage.second += 1;
  }
  return usage;
}

Positions State::PositionsOf(Sequence cycle) const {
  Positions sums;
  for (const Item& item : items) {
    if (item.cycle != cycle) continue;
    sums[{item.from, item.currency}].gross_out += item.minor;
    sums[{item.to, item.currency}].gross_in += item.minor;
  }
  return sums;
}

Sides State::SidesOf(Sequence cycle, bool open_only) const {
  const Cycle& found = cycles.at(cycle);
  const bool pairs = schemes.at(found.scheme).method == schema::SettlementMethod::BILATERAL_NET;
  Sides sides;
  for (const Item& item : items) {
    if (item.cycle != cycle) continue;
    sides[{item.from, pairs ? item.to : "", item.currency}].gross_out += item.minor;
    sides[{item.to, pairs ? item.from : "", item.currency}].gross_in += item.minor;
  }
  if (open_only) {
    std::erase_if(sides, [&](const auto& side) { return found.settled.contains(side.first); });
  }
  return sides;
}

Sides State::PositionSides(Sequence cycle) const {
  Sides sides;
  for (const auto& [of, sum] : PositionsOf(cycle)) sides[{of.first, "", of.second}] = sum;
  return sides;
}

std::optional<Wide> State::Liquidity(const std::string& settlement) const {
  const Account& account = accounts.at(settlement);
  if (account.unlimited) return std::nullopt;
  return -Balance(settlement) - Held(settlement) + account.floor;
}

std::vector<Item> State::ItemsOf(const Movement& movement) const {
  std::vector<Item> crossing;
  const std::string home = ParticipantOf(movement.payer);
  for (const Part& leg : movement.legs) {
    const std::string other = ParticipantOf(leg.account);
    if (leg.minor == 0 || other == home) continue;
    const bool debit = movement.kind == MovementKind::kDebit;
    crossing.push_back({0, 0, movement.sequence, debit ? home : other, debit ? other : home,
                        leg.minor, movement.payees_currency()});
  }
  return crossing;
}

Wide State::Covering(const Account& clearing) const {
  if (!schemes.at(clearing.scheme).covered) return 0;
  const Wide owed = Owed(clearing.scheme, clearing.participant, clearing.currency);
  return std::max<Wide>(0, owed - (clearing.cap ? clearing.cap->earmark : 0));
}

Wide State::Owed(const std::string& scheme, const std::string& participant,
                 uint16_t currency) const {
  Wide owed = 0;
  for (const auto& [sequence, cycle] : cycles) {
    if (cycle.scheme != scheme || cycle.status == CycleStatus::kSettled) continue;
    for (const auto& [side, sum] : SidesOf(sequence, true)) {
      if (std::get<0>(side) == participant && std::get<2>(side) == currency) owed -= sum.net();
    }
  }
  for (const auto& [sequence, movement] : movements) {
    if (!InFlight(movement.outcome) || movement.scheme != scheme) continue;
    for (const Item& item : ItemsOf(movement)) {
      if (item.from == participant && item.currency == currency) owed += item.minor;
    }
  }
  return owed;
}

Wide State::OwedBetween(const std::string& scheme, const std::string& from, const std::string& to,
                        uint16_t currency) const {
  Wide owed = 0;
  const bool pairs = schemes.at(scheme).method == schema::SettlementMethod::BILATERAL_NET;
  for (const Item& item : items) {
    const Cycle& cycle = cycles.at(item.cycle);
    const bool settled = cycle.status == CycleStatus::kSettled ||
                         cycle.settled.contains({item.from, pairs ? item.to : "", currency});
    if (cycle.scheme != scheme || item.currency != currency || settled) continue;
    if (item.from == from && item.to == to) owed += item.minor;
    if (item.from == to && item.to == from) owed -= item.minor;
  }
  for (const auto& [sequence, movement] : movements) {
    if (!InFlight(movement.outcome) || movement.scheme != scheme) continue;
    for (const Item& item : ItemsOf(movement)) {
      if (item.from == from && item.to == to && item.currency == currency) owed += item.minor;
    }
  }
  return owed;
}

bool State::NearCap(const Account& clearing) const {
  if (!clearing.cap || clearing.cap->warn_permille == 0) return false;
  const Wide owed = Owed(clearing.scheme, clearing.participant, clearing.currency);
  return owed > 0 && owed * 1000 >= clearing.cap->sum() * clearing.cap->warn_permille;
}

std::map<std::tuple<std::string, std::string, uint16_t>, Wide> State::FlowsOf(
    Sequence cycle) const {
  std::map<std::tuple<std::string, std::string, uint16_t>, Wide> flows;
  for (const Item& item : items) {
    if (item.cycle == cycle) flows[{item.from, item.to, item.currency}] += item.minor;
  }
  return flows;
}

const Cycle* State::FindCycle(const std::string& name, Sequence* opened) const {
  for (const auto& [sequence, cycle] : cycles) {
    if (cycle.name != name) continue;
    if (opened != nullptr) *opened = sequence;
    return &cycle;
  }
  return nullptr;
}

bool State::CycleNameTaken(const std::string& name) const {
  for (const auto& [sequence, cycle] : cycles) {
    if (cycle.name == name || cycle.next == name) return true;
  }
  return false;
}

Sequence State::OpenCycle(const std::string& scheme) const {
  for (const auto& [sequence, cycle] : cycles) {
    if (cycle.scheme == scheme && cycle.status == CycleStatus::kOpen) return sequence;
  }
  return 0;
}

std::string State::SpecialAccount(schema::AccountKind kind, const std::string& participant,
                                  uint16_t currency, const std::string& scheme) const {
  for (const auto& [name, account] : accounts) {
    if (account.kind == kind && account.participant == participant &&
        account.currency == currency &&
        (kind != schema::AccountKind::CLEARING || account.scheme == scheme)) {
      return name;
    }
  }
  return "";
}

std::vector<Sequence> State::QueueOf(const std::string& scheme, uint16_t currency) const {
  std::vector<Sequence> queue;
  for (const auto& [sequence, entry] : waiting) {
    const Movement& movement = movements.at(sequence);
    if (!entry.held && !entry.settled && movement.scheme == scheme &&
        movement.payees_currency() == currency) {
      queue.push_back(sequence);
    }
  }
  std::sort(queue.begin(), queue.end(), [this](Sequence a, Sequence b) {
    const auto key = [this](Sequence sequence) {
      const Waiting& entry = waiting.at(sequence);
      return std::tuple(SenderOf(movements.at(sequence)), -entry.priority, entry.rank, sequence);
    };
    return key(a) < key(b);
  });
  return queue;
}

std::set<uint16_t> State::QueueCurrencies(const std::string& scheme) const {
  std::set<uint16_t> currencies;
  for (const auto& [sequence, entry] : waiting) {
    const Movement& movement = movements.at(sequence);
    if (movement.scheme == scheme) currencies.insert(movement.payees_currency());
  }
  return currencies;
}

bool State::AnythingWaits(const std::string& scheme) const {
  return std::any_of(waiting.begin(), waiting.end(), [&](const auto& entry) {
    return !entry.second.settled && movements.at(entry.first).scheme == scheme;
  });
}

bool State::MustWait(const Movement& movement, uint8_t priority, bool reported) const {
  if (reported || movement.scheme.empty() || !Queued(movement.scheme) ||
      movement.outcome != schema::Outcome::SUCCEEDED) {
    return false;
  }
  const std::vector<Item> crossing = ItemsOf(movement);
  if (crossing.empty()) return false;
  Wide sent = 0;
  for (const Item& item : crossing) sent += item.minor;
  const auto liquidity = Liquidity(SpecialAccount(schema::AccountKind::SETTLEMENT,
                                                  SenderOf(movement), movement.payees_currency()));
  if (liquidity && sent > *liquidity) return true;
  if (schemes.at(movement.scheme).bypasses_fifo) return false;
  for (const Sequence sequence : QueueOf(movement.scheme, movement.payees_currency())) {
    if (SenderOf(movements.at(sequence)) == SenderOf(movement) &&
        waiting.at(sequence).priority >= priority) {
      return true;
    }
  }
  return false;
}

bool State::AboveScheme(const std::string& scheme, Wide minor) const {
  const auto found = schemes.find(scheme);
  return found != schemes.end() && found->second.max_minor != 0 && minor > found->second.max_minor;
}

}  // namespace longmen::reference
