// The naive ledger's state: what was registered and what happened, in plain maps and lists.
//
// Only what cannot be recomputed is kept. Balances, holds, usage of mandates, positions and what an
// order has paid are summed over the whole history whenever somebody asks: slow on purpose, so
// that it cannot share a mistake with an engine that maintains them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "events/effects/effects.h"

namespace longmen::reference {

using Wide = __int128;
using OrderKey = std::pair<schema::Scenario, std::string>;
using Identity = std::pair<std::string, std::string>;  // source, id

struct Source {
  Nanos max_late = 0;
  Nanos max_early = 0;
  schema::Status status = schema::Status::OPEN;
  bool all_participants = false;
  bool all_schemes = false;
  bool decided_only = false;
  std::vector<schema::BodyKind> bodies;
  std::vector<std::string> participants;
  std::vector<std::string> schemes;
  std::string token_hash;
};

struct Limit {
  int64_t amount = 0;
  uint32_t count = 0;
  schema::LimitWindow window = schema::LimitWindow::SINGLE;
  bool steps_up = false;
};

// What a participant may owe a scheme.
struct Cap {
  int64_t credit = 0;
  int64_t collateral = 0;
  int64_t earmark = 0;
  uint16_t warn_permille = 0;
  bool operator==(const Cap&) const = default;
  Wide sum() const { return Wide{credit} + collateral + earmark; }
};

struct Account {
  std::string participant;
  uint16_t currency = 0;
  schema::AccountKind kind = schema::AccountKind::CUSTOMER;
  schema::Status status = schema::Status::OPEN;
  int64_t floor = 0;
  bool unlimited = false;
  std::string scheme;
  int64_t ceiling = 0;
  std::vector<Limit> limits;
  std::optional<Cap> cap;
  bool warned = false;  // that it is near its cap, since it was last below
  std::vector<std::pair<std::string, int64_t>> bilateral;  // who may owe it, and how much
};

struct Mandate {
  std::string account;
  schema::Status status = schema::Status::OPEN;
  Nanos valid_from = 0;
  Nanos valid_before = 0;  // exclusive; 0: no end
  int offset_minutes = 0;
  std::vector<Limit> limits;
  std::vector<std::pair<int64_t, uint8_t>> levels;         // above this amount, this level
  std::vector<std::pair<uint8_t, std::string>> approvers;  // level, person
  std::vector<std::string> channels;
  std::vector<std::string> payees;
  std::vector<std::string> fallbacks;
  std::vector<std::string> merchants;
  std::vector<std::string> categories;
  std::vector<uint16_t> currencies;
  bool restores = false;
};

struct Scheme {
  schema::SettlementMethod method = schema::SettlementMethod::MULTILATERAL_NET;
  bool pending_accounts = false;
  std::string cycle_prefix;
  int64_t max_minor = 0;
  std::string calendar, fee_table;
  bool covered = false;
  bool bypasses_fifo = false;
  bool changes_priority = false;
  schema::ResolutionMode resolution = schema::ResolutionMode::FIFO;
  uint16_t resolve_minutes = 0;
  uint16_t window_minutes = 0;
  std::vector<std::pair<int, int>> hours;
  bool ending = false;  // its window has ended, and something waits
  Nanos window_at = 0;
  // Of its queue in a currency: when a resolution is tried next, and what was asked for.
  std::map<uint16_t, Nanos> resolve_at;
  std::map<uint16_t, schema::ResolutionMode> asked;
};

struct Part {
  std::string account;
  int64_t minor = 0;
};

struct Order {
  OrderKey name;
  OrderStatus status = OrderStatus::kOpen;
  int64_t amount = 0;
  uint16_t currency = 0;
  int64_t counter = 0;  // what the payee gets in another currency
  uint16_t counter_currency = 0;
  std::string payer, payee, scheme, mandate, submitter, channel;
  std::vector<Part> splits;
  std::vector<std::string> resources;
  Nanos valid_from = 0;
  Nanos valid_until = 0;
  int64_t held = 0;
  Nanos hold_until = 0;
  uint16_t version = 1;
  uint8_t approved_level = 0;
  uint8_t required_level = 0;
  std::vector<std::string> approved_by;
  DayNumber usage_day = 0;  // the mandate's local day at placing
  Sequence placed = 0;
};

// A debit, or a refund of one. A debit's legs are the payee with what the splits leave, and then
// the splits; a refund's legs are what each leg of its debit gives back. Where currencies are
// exchanged, `amount` is what leaves (the payer of a debit, the payee of a refund) and `counter`
// what arrives; legs are in the payee's currency.
struct Movement {
  Sequence sequence = 0;
  MovementKind kind = MovementKind::kDebit;
  OrderKey name;
  schema::Outcome outcome = schema::Outcome::SUCCEEDED;
  int64_t amount = 0;
  uint16_t currency = 0;
  int64_t counter = 0;
  uint16_t counter_currency = 0;
  schema::DebitKind debit_kind = schema::DebitKind::PAYMENT;
  std::string payer, scheme;
  std::vector<Part> legs;  // once a debit succeeded: the accounts really credited
  Nanos occurred = 0;
  int64_t from_order_hold = 0;
  Sequence debit = 0;  // of a refund

  bool exchanges() const { return counter_currency != 0; }
  // What a debit's payee gets, or a refund's gives.
  int64_t payees_amount() const {
    return exchanges() && kind == MovementKind::kDebit ? counter : amount;
  }
  uint16_t payees_currency() const {
    return exchanges() && kind == MovementKind::kDebit ? counter_currency : currency;
  }
};

// A debit that waits in the queue of its scheme.
struct Waiting {
  uint8_t priority = 0;
  int64_t rank = 0;  // within its priority the lowest goes first
  bool held = false;
  bool settled = false;  // together with others, and not booked yet
  bool completes = false;
};

struct Item {
  Sequence cycle = 0;        // where it is now
  Sequence first_cycle = 0;  // where its movement put it; 0: a share of a loss
  Sequence movement = 0;
  std::string from, to;  // participants
  int64_t minor = 0;
  uint16_t currency = 0;
};

struct Cycle {
  std::string name, scheme;
  CycleStatus status = CycleStatus::kOpen;
  std::string next;  // stated when it was closed
  Sequence cut_off = 0;
  Sequence carried_into = 0;
  std::set<std::tuple<std::string, std::string, uint16_t>> settled;  // sides
  // Of the money of whoever fails, since others share its loss.
  std::map<std::pair<std::string, uint16_t>, Wide> kept;
  bool IsLive() const { return status != CycleStatus::kSettled && status != CycleStatus::kAborted; }
};

struct StatementLine {
  int64_t minor = 0;
  schema::Direction direction = schema::Direction::CREDIT;
  bool taken = false;
};

struct StatementFile {
  std::string participant;
  uint16_t currency = 0;
  bool complete = false;
  std::vector<StatementLine> lines;
  bool withdrawn = false;
};

// What is remembered of (source, id).
struct Known {
  std::vector<uint8_t> content;  // the proposal without what identity does not compare
  Sequence sequence = 0;
  Code refused = Code::NONE;
  std::string field;
  uint16_t index = 0;
};

// A record of the log, as far as the rules say what it holds.
struct RefRecord {
  RecordHeader header;
  std::string what;  // "order expired", "refusal", "debit" …
  std::string key;
  Nanos occurred_at = 0;
  bool operator==(const RefRecord&) const = default;
};

struct PositionSum {
  Wide gross_in = 0;
  Wide gross_out = 0;
  Wide net() const { return gross_in - gross_out; }
  bool operator==(const PositionSum&) const = default;
};
using Positions = std::map<std::pair<std::string, uint16_t>, PositionSum>;
// As they are settled: participant, counterparty (of a bilateral scheme), currency.
using Sides = std::map<std::tuple<std::string, std::string, uint16_t>, PositionSum>;

struct State {
  int ledger_offset_minutes = 0;
  std::map<std::string, Source> sources;
  std::map<std::string, schema::Status> participants;
  std::map<std::string, Account> accounts;
  std::map<std::string, Mandate> mandates;
  std::map<std::string, Scheme> schemes;
  std::map<std::string, std::string> tariffs;
  std::set<std::string> calendars, fee_tables, risk_policies;
  std::map<OrderKey, Order> orders;
  std::map<Sequence, Movement> movements;
  std::map<Sequence, Waiting> waiting;
  std::map<Identity, Sequence> began;  // the movement an identity began
  std::map<Sequence, Cycle> cycles;
  std::map<std::string, StatementFile> files;
  std::set<std::pair<Sequence, std::string>> resolved;  // movements that were named, and the rules
  std::vector<Part> postings;
  std::vector<Item> items;
  std::map<Identity, Known> known;
  std::vector<RefRecord> records;

  // Sums over everything, each time.
  Wide Balance(const std::string& account) const;
  Wide Held(const std::string& account) const;
  // Balance - held + floor; nothing where the account is unlimited.
  std::optional<Wide> Available(const std::string& account) const;
  Wide DebitsOf(const OrderKey& order, bool in_flight) const;
  Wide RefundsOf(const OrderKey& order, bool in_flight) const;
  Wide RefundsOfDebit(Sequence debit, bool in_flight) const;
  Wide GivenBack(Sequence debit, size_t leg) const;  // succeeded or in flight
  // What an account got, or is getting, as a split of the order's debits.
  Wide SplitPaid(const OrderKey& order, const std::string& account) const;
  // What the payee of an order got, or is getting, in another currency.
  Wide CounterPaid(const OrderKey& order) const;
  // What an order takes from its mandate.
  Wide Consumption(const Order& order) const;
  // What all orders take from a mandate, and how many of them take something.
  std::pair<Wide, uint64_t> UsageOf(const std::string& mandate) const;
  // Is it more than the scheme takes in one payment? Of no scheme: no.
  bool AboveScheme(const std::string& scheme, Wide minor) const;
  Positions PositionsOf(Sequence cycle) const;
  // All of them, or those that are not settled.
  Sides SidesOf(Sequence cycle, bool open_only) const;
  // Whatever the scheme: by participant.
  Sides PositionSides(Sequence cycle) const;
  bool AtOnce(const std::string& scheme) const {
    return schemes.at(scheme).method == schema::SettlementMethod::GROSS || Queued(scheme);
  }
  bool Queued(const std::string& scheme) const {
    return schemes.at(scheme).method == schema::SettlementMethod::QUEUED;
  }
  // What waits for the scheme in the currency and is not held nor settled, by sender, priority and
  // rank.
  std::vector<Sequence> QueueOf(const std::string& scheme, uint16_t currency) const;
  // Every currency in which the scheme has a queue.
  std::set<uint16_t> QueueCurrencies(const std::string& scheme) const;
  bool AnythingWaits(const std::string& scheme) const;  // held or not
  std::string SenderOf(const Movement& movement) const { return ParticipantOf(movement.payer); }
  // Is this movement, which is to succeed, one that has to wait?
  bool MustWait(const Movement& movement, uint8_t priority, bool reported) const;
  // What can leave the central bank; nothing where that is unlimited.
  std::optional<Wide> Liquidity(const std::string& settlement) const;
  // What crosses between participants.
  std::vector<Item> ItemsOf(const Movement& movement) const;
  // What a participant owes a scheme in cycles that are not settled, with what is in flight.
  // What of the money of a clearing account's participant is held for what it owes: in a covered
  // scheme all that is not earmarked for it.
  Wide Covering(const Account& clearing) const;
  Wide Owed(const std::string& scheme, const std::string& participant, uint16_t currency) const;
  Wide OwedBetween(const std::string& scheme, const std::string& from, const std::string& to,
                   uint16_t currency) const;
  bool NearCap(const Account& clearing) const;
  // Gross, from one participant to another.
  std::map<std::tuple<std::string, std::string, uint16_t>, Wide> FlowsOf(Sequence cycle) const;

  const Cycle* FindCycle(const std::string& name, Sequence* opened = nullptr) const;
  Sequence OpenCycle(const std::string& scheme) const;  // 0: none is open
  // By a cycle, or promised to the scheme whose last cycle was closed.
  bool CycleNameTaken(const std::string& name) const;
  // The participant's account of that kind: its name, or empty.
  std::string SpecialAccount(schema::AccountKind kind, const std::string& participant,
                             uint16_t currency, const std::string& scheme = "") const;
  const std::string& ParticipantOf(const std::string& account) const {
    return accounts.at(account).participant;
  }
};

inline bool InFlight(schema::Outcome outcome) {
  return outcome == schema::Outcome::PENDING || outcome == schema::Outcome::UNKNOWN;
}

}  // namespace longmen::reference
