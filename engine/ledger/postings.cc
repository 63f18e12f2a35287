// Routes and postings (docs/rules.md, Postings): a pure function of a movement and the accounts.
#include <algorithm>
#include <map>

#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

const std::string& ParticipantOf(const State& state, const std::string& account) {
  return state.accounts.Find(account)->participant;
}

const std::string& ClearingOf(const State& state, const std::string& participant,
                              const MovementRow& movement) {
  const std::string* account = FindRole(state, participant, schema::AccountKind::CLEARING,
                                        movement.currency, movement.scheme);
  CHECK(account != nullptr, "postings.clearing", participant, movement.scheme);
  return *account;
}

// Money crosses from one participant's book into another's: each book stays balanced by its
// clearing account, and the scheme's cycle gets an item.
void Cross(const State& state, const MovementRow& movement, const std::string& from,
           const std::string& to, int64_t minor, Booking& booking) {
  if (from == to) return;
  booking.postings.push_back({ClearingOf(state, from, movement), minor});
  booking.postings.push_back({ClearingOf(state, to, movement), -minor});
  booking.items.push_back({from, to, minor});
}

// Above this a pair's total says that its participants' sums must be looked at one by one. They
// cannot leave 64 bits below it while a participant has less than 65,536 counterparties.
constexpr int64_t kFarFromFull = INT64_MAX >> 16;

bool BalancesOverflow(const State& state, const Booking& booking) {
  std::map<std::string_view, int64_t> balances;
  for (const PostingRow& posting : booking.postings) {
    const auto [it, first] = balances.try_emplace(posting.account, 0);
    if (first) it->second = state.accounts.Find(posting.account)->balance;
    if (__builtin_add_overflow(it->second, posting.minor, &it->second)) return true;
  }
  return false;
}

bool FlowsOverflow(const State& state, const MovementRow& movement, const Booking& booking) {
  if (booking.items.empty()) return false;
  const Sequence cycle = state.schemes.Find(movement.scheme)->open_cycle;
  std::map<std::string, __int128> added;
  for (const FlowItem& item : booking.items) {
    added[FlowId(cycle, item.from, item.to, movement.currency)] += item.minor;
  }
  for (const auto& [id, minor] : added) {
    const FlowRow* row = state.flows.Find(id);
    if (minor + (row == nullptr ? 0 : row->minor) > kFarFromFull) {
      return GrossOverflows(state, cycle, added);
    }
  }
  return false;
}

}  // namespace

std::string Indexed(std::string_view list, size_t index, std::string_view member) {
  std::string text = fmt::format("{}[{}]", list, index);
  if (!member.empty()) text.append(".").append(member);
  return text;
}

Route RouteOf(schema::Debit::Reader debit, const OrderRow* order) {
  Route route{.payer = Text(debit.getPayer()),
              .payee = Text(debit.getPayee()),
              .scheme = Text(debit.getScheme()),
              .splits = {}};
  for (auto split : debit.getSplits()) {
    route.splits.push_back({split.getMinor(), Text(split.getAccount())});
  }
  if (order == nullptr) return route;
  if (route.payer.empty()) route.payer = order->payer;
  if (route.payee.empty()) route.payee = order->payee;
  if (route.scheme.empty()) route.scheme = order->scheme;
  if (route.splits.empty()) {
    route.splits = order->splits;
    route.splits_are_orders = true;
  }
  return route;
}

std::vector<LegRow> LegsOf(const Route& route, int64_t minor) {
  std::vector<LegRow> legs;
  legs.push_back({minor, 0, route.payee});
  for (const SplitRow& split : route.splits) {
    legs.front().minor -= split.minor;
    legs.push_back({split.minor, 0, split.account});
  }
  return legs;
}

std::vector<int64_t> RefundParts(const MovementRow& debit, int64_t minor) {
  const __int128 cumulative = std::min<__int128>(
      static_cast<__int128>(debit.refunded) + debit.refunding + minor, debit.amount);
  std::vector<int64_t> parts(debit.legs.size(), 0);
  int64_t left = minor;
  const auto give = [&](size_t i, int64_t wanted) {
    const int64_t most = std::min(debit.legs[i].minor - debit.legs[i].given - parts[i], left);
    const int64_t part = std::clamp<int64_t>(wanted, 0, std::max<int64_t>(most, 0));
    parts[i] += part;
    left -= part;
  };
  // Shares of the cumulative amount by running totals, so that the shares add up to it.
  __int128 received = 0;
  __int128 owed_before = 0;
  for (size_t i = 1; i < debit.legs.size(); ++i) {
    received += debit.legs[i].minor;
    const __int128 owed = received * cumulative / debit.amount;
    give(i, static_cast<int64_t>(owed - owed_before) - debit.legs[i].given);
    owed_before = owed;
  }
  give(0, left);
  for (size_t i = 1; i < debit.legs.size(); ++i) give(i, left);
  parts[0] += left;  // reported beyond what the debit moved
  return parts;
}

std::string CreditedAccount(const State& state, const std::string& account) {
  const AccountRow& row = *state.accounts.Find(account);
  if (row.status != schema::Status::CLOSED) return account;
  const std::string* suspense =
      FindRole(state, row.participant, schema::AccountKind::SUSPENSE, row.currency);
  return suspense == nullptr ? account : *suspense;
}

Booking BookDebit(const State& state, const MovementRow& debit) {
  Booking booking;
  booking.postings.push_back({debit.payer, -debit.amount});
  for (const LegRow& leg : debit.legs) {
    if (leg.minor == 0) continue;
    Cross(state, debit, ParticipantOf(state, debit.payer), ParticipantOf(state, leg.account),
          leg.minor, booking);
    booking.postings.push_back({leg.account, leg.minor});
  }
  return booking;
}

Booking BookRefund(const State& state, const MovementRow& refund) {
  Booking booking;
  for (const LegRow& part : refund.legs) {
    if (part.minor == 0) continue;
    booking.postings.push_back({part.account, -part.minor});
    Cross(state, refund, ParticipantOf(state, part.account), ParticipantOf(state, refund.payer),
          part.minor, booking);
    booking.postings.push_back({refund.payer, part.minor});
  }
  return booking;
}

Decision CheckBooking(const State& state, const MovementRow& movement, const Booking& booking,
                      const std::string& amount_field) {
  const Ladder ladder;
  if (!booking.items.empty() && state.schemes.Find(movement.scheme)->open_cycle == 0) {
    return ladder.Refuse(Code::CYCLE_NOT_OPEN, "key");
  }
  if (BalancesOverflow(state, booking) || FlowsOverflow(state, movement, booking)) {
    return ladder.Refuse(Code::AMOUNT_OVERFLOW, amount_field);
  }
  return {};
}

bool LacksClearing(const State& state, const MovementRow& movement) {
  const std::string& home = ParticipantOf(state, movement.payer);
  for (const LegRow& leg : movement.legs) {
    const std::string& other = ParticipantOf(state, leg.account);
    // A payee that keeps nothing counts too: what a bank reports as given back beyond the debit
    // comes from it.
    if (other == home) continue;
    for (const std::string* participant : {&home, &other}) {
      if (FindRole(state, *participant, schema::AccountKind::CLEARING, movement.currency,
                   movement.scheme) == nullptr) {
        return true;
      }
    }
  }
  return false;
}

void Book(Change& change, MovementRow& movement, const Booking& booking) {
  for (const PostingRow& posting : booking.postings) change.Post(posting.account, posting.minor);
  if (booking.items.empty()) return;
  movement.cycle = change.state.schemes.Find(movement.scheme)->open_cycle;
  change.header.cycle = movement.cycle;
  for (const FlowItem& item : booking.items) {
    change.AddItem(movement.cycle, item.from, item.to, item.minor, movement.currency);
  }
}

void Change::Post(const std::string& account, int64_t minor) {
  AccountRow& row = state.accounts.Mutable(account);
  CHECK(!__builtin_add_overflow(row.balance, minor, &row.balance), "postings.overflow", account);
  effects.postings.push_back({account, row.participant, {minor, Currency{row.currency}}});
  Touch(account);
}

void Change::Hold(const std::string& account, int64_t minor) {
  if (minor == 0) return;
  AccountRow& row = state.accounts.Mutable(account);
  CHECK(!__builtin_add_overflow(row.held, minor, &row.held), "holds.overflow", account);
  effects.holds.push_back({account, {minor, Currency{row.currency}}});
  Touch(account);
}

void Change::Touch(const std::string& account) {
  if (std::find(touched_.begin(), touched_.end(), account) == touched_.end()) {
    touched_.push_back(account);
  }
}

void Change::AddItem(Sequence cycle, const std::string& from, const std::string& to, int64_t minor,
                     uint16_t currency, uint64_t count) {
  const std::string id = FlowId(cycle, from, to, currency);
  FlowRow& flow = state.flows.Upsert(id);
  CHECK(!__builtin_add_overflow(flow.minor, minor, &flow.minor), "flows.overflow", cycle);
  flow.count += count;
  state.cycle_flows.Insert(id);
  effects.items.push_back({cycle, from, to, {minor, Currency{currency}}, count});
}

void Change::Finish() {
  for (const std::string& account : touched_) {
    effects.accounts.push_back(ViewAccount(account, *state.accounts.Find(account)));
  }
}

}  // namespace longmen::engine
