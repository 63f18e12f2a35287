#include "replay/audit/queue_check.h"

#include <algorithm>

namespace longmen::replay {
namespace {

Finding Unsound(Sequence sequence, std::string detail) {
  return {"queue_unsound", sequence, "settlement", std::move(detail)};
}

// Whether somebody with so much before is left too little.
bool TooLittle(const std::optional<__int128>& before, __int128 change) {
  return before && *before + change < std::min<__int128>(0, *before);
}

}  // namespace

std::optional<Finding> QueueCheck::See(const engine::Emitted& record) {
  std::optional<Finding> finding;
  const auto body = ReadCanonical(record.proposal.bytes()).getBody();
  if (body.isSettlement()) {
    const auto settlement = body.getSettlement();
    using Action = schema::SettlementAction;
    if (settlement.getAction() == Action::QUEUE_SETTLED ||
        settlement.getAction() == Action::QUEUE_DEADLOCKED) {
      finding = Judge(record.header.sequence, settlement, record.effects);
    }
  }
  Follow(record.effects);
  return finding;
}

std::optional<Finding> QueueCheck::Judge(Sequence sequence, schema::Settlement::Reader settlement,
                                         const Effects& effects) const {
  const uint16_t currency = settlement.getCurrency();
  const std::string_view scheme{settlement.getScheme().begin(), settlement.getScheme().size()};
  const auto found = queues_.find({Name(scheme), currency});
  static const std::map<Name, Line> kNothing;
  const std::map<Name, Line>& queue = found == queues_.end() ? kNothing : found->second;
  const std::map<Name, size_t> most = MostInOrder(queue, currency);
  __int128 most_value = 0;
  for (const auto& [sender, count] : most) {
    auto payment = queue.at(sender).begin();
    for (size_t i = 0; i < count; ++i, ++payment) most_value += payment->second.minor;
  }
  std::map<Name, std::vector<Place>> taken;
  std::map<Name, __int128> changes;
  __int128 value = 0;
  for (const WaitingState& one : effects.waiting) {
    const auto place = places_.find(one.movement);
    if (place == places_.end()) return Unsound(sequence, "what is settled did not wait");
    taken[one.sender].push_back(std::get<2>(place->second));
    changes[one.sender] -= one.amount.minor;
    changes[one.receiver] += one.amount.minor;
    value += one.amount.minor;
  }
  for (const auto& [participant, change] : changes) {
    if (TooLittle(MoneyOf(participant, currency), change)) {
      return Unsound(sequence, fmt::format("{} is left too little", participant));
    }
  }
  if (settlement.getMode() == schema::ResolutionMode::VALUE) {
    if (value < most_value) return Unsound(sequence, "in order, more could settle");
    const bool above = value > settlement.getValueMaxMinor();
    return above ? std::optional(Unsound(sequence, "more settles than is said to be possible"))
                 : std::nullopt;
  }
  for (auto& [sender, places] : taken) {
    std::ranges::sort(places);
    auto next = queue.at(sender).begin();
    for (const Place& place : places) {
      if (next->first != place) {
        return Unsound(sequence, fmt::format("a payment of {} is passed over", sender));
      }
      ++next;
    }
  }
  for (const auto& [sender, count] : most) {
    const auto of_sender = taken.find(sender);
    const size_t settled = of_sender == taken.end() ? 0 : of_sender->second.size();
    if (settled != count) {
      return Unsound(sequence,
                     fmt::format("{} payments of {} settle where {} can", settled, sender, count));
    }
  }
  return std::nullopt;
}

// Whoever has too little leaves out its last ones until it has not, as if the others paid as
// before; whom that leaves too little comes next.
std::map<Name, size_t> QueueCheck::MostInOrder(const std::map<Name, Line>& queue,
                                               uint16_t currency) const {
  struct Party {
    Money before;
    __int128 change = 0;
    std::vector<std::pair<Party*, int64_t>> pays;  // to whom, how much; those that are still in
  };
  std::map<Name, Party> parties;
  const auto party = [&](const Name& name) -> Party& {
    const auto [it, fresh] = parties.try_emplace(name);
    if (fresh) it->second.before = MoneyOf(name, currency);
    return it->second;
  };
  for (const auto& [sender, line] : queue) {
    Party& from = party(sender);
    for (const auto& [place, payment] : line) {
      Party& to = party(payment.receiver);
      from.pays.emplace_back(&to, payment.minor);
      from.change -= payment.minor;
      to.change += payment.minor;
    }
  }
  std::vector<Party*> look;
  for (auto& [name, each] : parties) look.push_back(&each);
  while (!look.empty()) {
    Party& from = *look.back();
    look.pop_back();
    while (!from.pays.empty() && TooLittle(from.before, from.change)) {
      const auto [to, minor] = from.pays.back();
      from.pays.pop_back();
      from.change += minor;
      to->change -= minor;
      look.push_back(to);
    }
  }
  std::map<Name, size_t> counts;
  for (const auto& [name, each] : parties) {
    if (!each.pays.empty()) counts[name] = each.pays.size();
  }
  return counts;
}

QueueCheck::Money QueueCheck::MoneyOf(const Name& participant, uint16_t currency) const {
  const auto found = money_.find({participant, currency});
  return found == money_.end() ? Money(0) : found->second;
}

void QueueCheck::Follow(const Effects& effects) {
  for (const WaitingState& one : effects.waiting) {
    if (const auto old = places_.find(one.movement); old != places_.end()) {
      const auto& [name, sender, place] = old->second;
      auto& queue = queues_[name];
      queue[sender].erase(place);
      if (queue[sender].empty()) queue.erase(sender);
      places_.erase(old);
    }
    if (one.status != WaitingStatus::kWaiting) continue;
    constexpr int kBehindMax = 255;
    const QueueName name{one.scheme, one.amount.currency.numeric};
    const Place place{kBehindMax - one.priority, one.rank, one.movement};
    queues_[name][one.sender][place] = {one.sender, one.receiver, one.amount.minor};
    places_[one.movement] = {name, one.sender, place};
  }
  for (const AccountState& account : effects.accounts) {
    if (account.kind != schema::AccountKind::SETTLEMENT) continue;
    const __int128 left =
        -static_cast<__int128>(account.balance.minor) - account.held.minor + account.floor.minor;
    money_[{account.participant, account.balance.currency.numeric}] =
        account.unlimited ? Money() : Money(left);
  }
}

}  // namespace longmen::replay
