// The rules, inside: one Decide and one Apply a body. docs/rules.md is what they implement.
//
// Decide* reads the state and climbs the published ladder; it changes nothing. Apply* changes the
// state by an accepted proposal and says what it did; it judges nothing, so that it also rolls a
// state forward over records that were decided before.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger/opened.h"

namespace longmen::engine {

inline std::string Text(capnp::Text::Reader text) { return std::string(View(text)); }

struct Decision {
  Code code = Code::NONE;  // none: accepted
  std::string field;
  Code exception = Code::NONE;  // of an accepted report
  bool accepted() const { return code == Code::NONE; }
};

// A ladder under way. A hard check refuses; a soft one refuses what was asked of us and only
// leaves a mark on what is reported, the first of them.
class Ladder {
 public:
  explicit Ladder(bool reported = false) : reported_(reported) {}

  bool reported() const { return reported_; }
  Decision Refuse(Code code, std::string field) const {
    return {code, std::move(field), Code::NONE};
  }
  Decision Accept() const { return {Code::NONE, "", exception_}; }

  // A soft check that failed. True: refuse, with `refusal()`.
  bool Objects(Code code, std::string field) {
    if (reported_) {
      if (exception_ == Code::NONE) exception_ = code;
      return false;
    }
    refusal_ = {code, std::move(field), Code::NONE};
    return true;
  }
  const Decision& refusal() const { return refusal_; }

 private:
  bool reported_;
  Code exception_ = Code::NONE;
  Decision refusal_;
};

// What is asked: a proposal, before this state, at this time.
struct Asked {
  Asked(const State& before, const Opened& asked, Nanos at)
      : state(before),
        opened(asked),
        proposal(opened.proposal),
        now(at),
        order(state.orders.Find(opened.order)) {}

  const State& state;
  const Opened& opened;
  schema::Proposal::Reader proposal;
  Nanos now;
  const OrderRow* order;  // under the proposal's scenario and key, whether it is about it or not
};

Decision Decide(const Asked& asked);

// Authority, steps 1 to 6; step 4 through the ladder. A refusal where the code is set.
Decision CheckAuthority(const Asked& asked, Ladder& ladder);

Decision DecideRegistration(const Asked& asked);
Decision DecideOrder(const Asked& asked);
Decision DecideAuthorization(const Asked& asked);
Decision DecideDebit(const Asked& asked, Ladder ladder);
Decision DecideRefund(const Asked& asked, Ladder ladder);
Decision DecideSettlement(const Asked& asked);
Decision DecideStatement(const Asked& asked);
Decision DecideResolution(const Asked& asked);

// A change under way: the state it changes, and what it did so far.
class Change {
 public:
  Change(State& to, RecordHeader& record, const Opened& from, Effects& did)
      : state(to), header(record), opened(from), proposal(opened.proposal), effects(did) {}

  State& state;
  RecordHeader& header;  // `cycle` is filled in by movements and settlements
  const Opened& opened;
  schema::Proposal::Reader proposal;
  Effects& effects;

  void Post(Ref<AccountRow> account, int64_t minor);
  void Hold(Ref<AccountRow> account, int64_t minor);  // negative releases
  void Touch(Ref<AccountRow> account);
  // What is in flight against the cap of a clearing account has changed.
  void Watch(Ref<AccountRow> clearing) { watched_.push_back(clearing); }
  void AddItem(const FlowKey& flow, int64_t minor, uint64_t count = 1);
  // Ends the change: the accounts as it left them.
  void Finish();

 private:
  FewOf<Ref<AccountRow>, 8> touched_;
  FewOf<Ref<AccountRow>, 2> watched_;
};

void Apply(Change& change);
void ApplyRegistration(Change& change);
void ApplyOrder(Change& change);
void ApplyAuthorization(Change& change);
void ApplyDebit(Change& change);
void ApplyRefund(Change& change);
void ApplySettlement(Change& change);
void ApplyStatement(Change& change);
void ApplyResolution(Change& change);

// An edit of an order. Done() keeps what follows from its state: it holds no more than it may,
// its timers, its resources, its consumption of the mandate.
class OrderEdit {
 public:
  OrderEdit(Change& change, Ref<OrderRow> order);
  OrderRow* operator->() { return &row_; }
  OrderRow& operator*() { return row_; }
  // Releases so much of what is held.
  void Release(int64_t minor);
  // From now on it occupies nothing.
  void FreeResources();
  void Done();

 private:
  // The order's timers as they are now; nothing where it has none.
  struct Timers {
    std::optional<Nanos> hold;
    std::optional<Nanos> order;
  };
  static Timers TimersOf(const OrderRow& row);
  void MoveTimer(TimerKind kind, std::optional<Nanos> from, std::optional<Nanos> to);
  void Consume();
  void Unoccupy();

  Change& change_;
  const Ref<OrderRow> order_;
  OrderRow& row_;
  const Timers before_;
};

bool HasHoldTimer(const OrderRow& order);
bool HasOrderTimer(const OrderRow& order);

// --- mandates and limits (mandate.cc)

// Order, 3 to 5: may an order that names a mandate be placed under it?
Decision CheckMandate(const Asked& asked, schema::Order::Reader order);
// What an order consumes of its mandate.
int64_t ConsumptionOf(const State& state, const OrderRow& order);

// Judges an order of `minor` against its mandate's limits on `day`, with `own` of the consumption
// not counted. Gives the required approval level, or a refusal.
struct LimitVerdict {
  Code refused = Code::NONE;
  uint8_t required_level = 0;
};
LimitVerdict JudgeLimits(const State& state, Ref<MandateRow> mandate, int64_t minor, DayNumber day,
                         int64_t own);

// Judges a debit of `minor` against the limits of what may leave its payer; none: within them.
Code JudgeAccountLimits(const State& state, Ref<AccountRow> payer, int64_t minor,
                        Nanos occurred_at);

// Is so much in one payment more than the scheme takes? Of no scheme: no.
bool ExceedsScheme(const State& state, Ref<SchemeRow> scheme, int64_t minor);

// Would a credit of `minor` take the account above its ceiling?
bool ExceedsCeiling(const State& state, const AccountRow& account, __int128 minor);

// May the account be named as a party? Clearing accounts move by items of cycles and their
// settlement alone, what is exchanged goes through accounts of kind fx by itself, and the money of
// a bank at the central bank, where it is counted, is moved as such.
inline bool MayStand(const AccountRow& account, bool exchanges, bool liquidity) {
  return account.kind != schema::AccountKind::CLEARING &&
         !(exchanges && account.kind == schema::AccountKind::FX) &&
         (liquidity || account.unlimited || account.kind != schema::AccountKind::SETTLEMENT);
}

// "order not live" as the ladders say it.
Code NotLiveCode(const OrderRow& order);

// Writes into a movement what the change's record says of it as such: who, when and under which
// key.
void Begin(Change& change, MovementRow& movement);

// A movement was changed; one without an order ages by itself.
void Changed(Change& change, Ref<MovementRow> movement);

// Whose proposal a reference names: its own, unless another is stated.
inline std::string_view SourceOf(schema::Reference::Reader reference, const Opened& opened) {
  return reference.hasSource() ? View(reference.getSource()) : opened.source;
}

// Looks up the movement that a reference names; empty: none of that kind.
Ref<MovementRow> FindMovementBy(const State& state, std::string_view source,
                                schema::Reference::Reader reference, MovementKind kind);

// "order.splits[3].account"
std::string Indexed(std::string_view list, size_t index, std::string_view member = "");

// --- routes and postings (postings.cc)

// Where a debit's money goes: as the debit says, or as its order does. An account that is named
// and not registered is empty, as is one that nobody named.
struct Route {
  Ref<AccountRow> payer;
  Ref<AccountRow> payee;
  Ref<SchemeRow> scheme;
  bool unknown_scheme = false;  // named, and not registered
  FewOf<SplitRow, 4> splits;
  bool splits_are_orders = false;
};
Route RouteOf(const State& state, schema::Debit::Reader debit, const OrderRow* order);
FewOf<LegRow, 1> LegsOf(const Route& route, int64_t minor);

// The payer's participant's accounts of kind fx, through which a movement is exchanged: in the
// payer's currency and in the payee's. One that is not there is empty.
struct FxAccounts {
  Ref<AccountRow> of_payer;
  Ref<AccountRow> of_payee;
};
FxAccounts FxAccountsOf(const State& state, const MovementRow& movement);

// The split of a refund over the debit's legs (docs/rules.md, Refund, Parts), in leg order.
FewOf<int64_t, 4> RefundParts(const MovementRow& debit, int64_t minor);

struct PostingRow {
  Ref<AccountRow> account;
  int64_t minor;
};
struct FlowItem {
  Ref<ParticipantRow> from;
  Ref<ParticipantRow> to;
  int64_t minor;
};
// The postings of a movement that succeeds, and the items it puts into its scheme's cycle.
struct Booking {
  FewOf<PostingRow, 8> postings;
  FewOf<FlowItem, 2> items;
};

Booking BookDebit(const State& state, const MovementRow& debit);
Booking BookRefund(const State& state, const MovementRow& refund);
// Where a reported credit to `account` goes: itself, or a closed account's suspense.
Ref<AccountRow> CreditedAccount(const State& state, Ref<AccountRow> account);
// The last of the hard checks, before a booking: the scheme has an open cycle for its items, and
// no sum leaves 64 bits (`amount_field`).
Decision CheckBooking(const State& state, const MovementRow& movement, const Booking& booking,
                      std::string_view amount_field);
// Whether any participant's gross in or gross out of the cycle would leave 64 bits with these
// amounts added to its flows: such a cycle could never be settled.
struct AddedFlow {
  FlowKey flow;
  __int128 minor;
};
bool GrossOverflows(const State& state, std::span<const AddedFlow> added);

// The flows of a cycle, by the names of who owes and who is owed, then by currency.
std::vector<Ref<FlowRow>> FlowsOf(const State& state, Ref<CycleRow> cycle);

// Whether what an abort or a recast adds to the cycle then open does not fit beside what is there.
bool CarryOverflows(const State& state, std::span<const Ref<FlowRow>> flows, Ref<CycleRow> to);

// An account is missing on the route between two participants that its scheme books on: no clearing
// or no settlement account. None: they are there.
Code LackOnRoute(const State& state, const MovementRow& movement);
// The same of one participant.
Code LackOf(const State& state, Ref<SchemeRow> scheme, Ref<ParticipantRow> participant,
            uint16_t currency);
// Posts, puts the items into the open cycle, and names the cycle in movement and header.
void Book(Change& change, MovementRow& movement, const Booking& booking);

// --- cover and cap (cover.cc)

// What crosses between participants, whether or not it is booked yet.
FewOf<FlowItem, 2> ItemsOf(const State& state, const MovementRow& movement);
// What the participant of a clearing account owes its scheme in cycles that are not settled, and
// would owe of what is in flight.
__int128 OwedBy(const State& state, Ref<AccountRow> clearing);
// Would these bilateral limits, in the place of those there are, leave somebody owing more than its
// own, or take from whoever fails in a cycle that is closed what it was granted?
bool Undercuts(const State& state, Ref<AccountRow> clearing,
               std::span<const BilateralLimitRow> limits);
// Of a movement about to be booked or to go into flight: its sender has not the money, may not owe
// so much, or not so much to the receiver. None: no objection.
Code ObjectionOfCover(const State& state, const MovementRow& movement);
// Of one in flight about to be booked: what it owes a net scheme has counted since it began, what
// settles at once needs the money now.
Code ObjectionToResolved(const State& state, const MovementRow& movement);
// Of the money behind what a clearing account's participant owes: what is held of it for this
// scheme, earmarked or since it owes. It is no part of its liquidity.
__int128 KeptFor(const State& state, Ref<AccountRow> clearing);
int64_t CoveringFor(const State& state, Ref<AccountRow> clearing);  // the latter alone
// Holds the money of a participant that owes a covered scheme, after either has changed; and so
// much more is `earmarked` of it, in one hold: where one takes the other's place, nothing moves.
void HoldCover(Change& change, Ref<AccountRow> clearing, int64_t earmarked = 0);
// How much of its earmark it takes to pay `minor` of what it owes, of which `kept` is held beside.
int64_t EarmarkToPay(const State& state, Ref<AccountRow> clearing, __int128 minor, __int128 kept);
// Counts what is in flight against the cap of whoever sends it (+1), or no longer (-1).
void Reserve(Change& change, const MovementRow& movement, int sign);
// Is what is owed at the part of the cap from which on it is warned?
bool IsNearCap(const State& state, Ref<AccountRow> clearing);
// Keeps whether there is to be a warning, after what is owed or the cap has changed.
void WatchCap(State& state, Ref<AccountRow> clearing);

// --- positions of cycles (positions.cc)

// What is settled as one: a participant's position, or its side towards one other where the scheme
// settles pair by pair.
struct Side {
  Ref<ParticipantRow> participant;
  Ref<ParticipantRow> counterparty;  // of a bilateral scheme
  uint16_t currency = 0;
  int64_t in = 0;
  int64_t out = 0;
  bool settled = false;
  int64_t kept = 0;  // as in the position's row
  int64_t net() const { return in - out; }
};
// By participant, counterparty (names) and currency number; or, whatever the scheme, the positions.
std::vector<Side> SidesOf(const State& state, Ref<CycleRow> cycle);
std::vector<Side> PositionsOf(const State& state, Ref<CycleRow> cycle);
void MarkSettled(State& state, Ref<CycleRow> cycle, const Side& side);
// The cycles of a scheme of which something is still to be settled, the newest first.
template <typename Visit>
void ForEachLiveCycle(const State& state, Ref<SchemeRow> ref, Visit visit) {
  const SchemeRow& scheme = state.schemes[ref];
  for (Sequence at = scheme.last_cycle; at != 0 && at >= scheme.first_live;) {
    const Ref<CycleRow> cycle = state.cycles.RefOf(at);
    at = state.cycles[cycle].previous;
    if (state.cycles[cycle].IsLive()) visit(cycle);
  }
}
// The row of a position, made where there is none.
Ref<PositionRow> PositionOf(State& state, const PositionKey& key);

// --- a participant that fails (default.cc): of a cycle that is closed, and of which nobody
// concerned is settled

// What is kept of a participant's money for a position is its own again.
void ReleaseKept(Change& change, Ref<PositionRow> position);

Decision DecideRecast(const State& state, Ref<CycleRow> cycle,
                      schema::Settlement::Reader settlement);
void ApplyRecast(Change& change, Ref<CycleRow> cycle, schema::Settlement::Reader settlement);
Decision DecideLossShared(const State& state, Ref<CycleRow> cycle,
                          schema::Settlement::Reader settlement);
void ApplyLossShared(Change& change, Ref<CycleRow> cycle, schema::Settlement::Reader settlement);

// --- invariants (invariants.cc)

// Over one change, before it is written and again when it is read.
Status CheckChange(const State& state, const Effects& effects, const RecordHeader& header);
// Over the whole state.
Status CheckState(const State& state);

}  // namespace longmen::engine
