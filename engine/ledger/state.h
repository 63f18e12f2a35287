// State: all that the rules know, as plain rows. A pure function of the log.
//
// Keys that join two parts put the fixed-width part first and big-endian, so that byte order is
// the order of docs/rules.md.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/ledger/table.h"
#include "engine/ledger/view.h"

namespace longmen::engine {

struct SourceRow {
  Nanos max_late = 0;
  Nanos max_early = 0;
  schema::Status status = schema::Status::OPEN;
  bool all_participants = false;
  bool all_schemes = false;
  bool decided_only = false;
  uint32_t bodies = 0;  // one bit a BodyKind
  std::vector<std::string> participants;
  std::vector<std::string> schemes;
  std::string token_hash;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.max_late, s.max_early, s.status, s.all_participants, s.all_schemes,
                    s.decided_only, s.bodies, s.participants, s.schemes, s.token_hash);
  }
};

struct ParticipantRow {
  schema::Status status = schema::Status::OPEN;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.status);
  }
};

struct AccountRow {
  int64_t balance = 0;
  int64_t held = 0;
  int64_t floor = 0;
  uint16_t currency = 0;
  schema::AccountKind kind = schema::AccountKind::CUSTOMER;
  schema::Status status = schema::Status::OPEN;
  bool unlimited = false;
  std::string participant;
  std::string scheme;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.balance, s.held, s.floor, s.currency, s.kind, s.status, s.unlimited,
                    s.participant, s.scheme);
  }
};

// Can this much leave the account, holds and floor respected?
inline bool CanPay(const AccountRow& account, __int128 minor) {
  return account.unlimited ||
         minor <= static_cast<__int128>(account.balance) - account.held + account.floor;
}

struct LimitRow {
  int64_t amount = 0;
  uint32_t count = 0;
  schema::LimitWindow window = schema::LimitWindow::SINGLE;
  schema::LimitPassing passing = schema::LimitPassing::REFUSE;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.amount, s.count, s.window, s.passing);
  }
};

struct LevelRow {
  int64_t above = 0;
  uint8_t level = 0;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.above, s.level);
  }
};

struct ApproverRow {
  uint8_t level = 0;
  std::string person;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.level, s.person);
  }
};

struct MandateRow {
  Nanos valid_from = 0;
  Nanos valid_before = 0;
  schema::Status status = schema::Status::OPEN;
  int16_t utc_offset_minutes = 0;
  std::string account;
  std::vector<LimitRow> limits;
  std::vector<LevelRow> levels;
  std::vector<ApproverRow> approvers;
  std::vector<std::string> channels;
  std::vector<std::string> payees;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.valid_from, s.valid_before, s.status, s.utc_offset_minutes, s.account,
                    s.limits, s.levels, s.approvers, s.channels, s.payees);
  }
};

// What orders consume of a mandate in one window.
struct UsageRow {
  __int128 amount = 0;
  uint64_t count = 0;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.amount, s.count);
  }
};

struct SchemeRow {
  schema::SettlementMethod method = schema::SettlementMethod::MULTILATERAL_NET;
  bool pending_accounts = false;
  std::string cycle_prefix;
  std::string next_name;    // stated when the last cycle was closed
  Sequence open_cycle = 0;  // 0: none

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.method, s.pending_accounts, s.cycle_prefix, s.next_name, s.open_cycle);
  }
};

struct TariffRow {
  uint16_t currency = 0;
  int64_t cap = 0;
  int64_t step = 0;
  uint32_t step_minutes = 0;
  uint32_t free_minutes = 0;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.currency, s.cap, s.step, s.step_minutes, s.free_minutes);
  }
};

struct SplitRow {
  int64_t minor = 0;
  std::string account;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.minor, s.account);
  }
};

struct OrderRow {
  OrderStatus status = OrderStatus::kOpen;
  schema::Scenario scenario = schema::Scenario::NONE;
  std::string key;
  int64_t amount = 0;
  uint16_t currency = 0;
  int64_t paid = 0;
  int64_t in_flight = 0;
  int64_t refunded = 0;
  int64_t refunding = 0;
  int64_t held = 0;
  Nanos hold_until = 0;
  Nanos valid_until = 0;
  std::string payer;
  std::string payee;
  std::string scheme;
  std::string mandate;
  std::string submitter;
  std::string channel;
  std::vector<SplitRow> splits;
  std::vector<std::string> resources;
  uint16_t version = 1;
  uint8_t approved_level = 0;
  uint8_t required_level = 0;
  std::vector<std::string> approvers;
  Sequence placed = 0;
  DayNumber usage_day = 0;  // where its consumption of the mandate counts
  int64_t consumed = 0;
  std::vector<Sequence> movements;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.status, s.scenario, s.key, s.amount, s.currency, s.paid, s.in_flight,
                    s.refunded, s.refunding, s.held, s.hold_until, s.valid_until, s.payer, s.payee,
                    s.scheme, s.mandate, s.submitter, s.channel, s.splits, s.resources, s.version,
                    s.approved_level, s.required_level, s.approvers, s.placed, s.usage_day,
                    s.consumed, s.movements);
  }
};

// One payee of a debit, and what it has given back; of a refund: one part.
struct LegRow {
  int64_t minor = 0;
  int64_t given = 0;  // refunded, or being refunded
  std::string account;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.minor, s.given, s.account);
  }
};

struct MovementRow {
  MovementKind kind = MovementKind::kDebit;
  schema::Scenario scenario = schema::Scenario::NONE;
  std::string key;
  schema::Outcome outcome = schema::Outcome::SUCCEEDED;
  schema::DebitKind debit_kind = schema::DebitKind::PAYMENT;
  int64_t amount = 0;
  uint16_t currency = 0;
  std::string payer;         // of a refund: who gets the money back
  std::vector<LegRow> legs;  // the payee first, then the splits
  std::string scheme;
  std::string channel;
  std::string channel_reference;
  DayNumber clearing_date = 0;
  Nanos occurred_at = 0;
  int64_t refunded = 0;
  int64_t refunding = 0;
  int64_t from_hold = 0;  // of what is in flight: taken out of the order's hold
  Sequence debit = 0;
  Sequence cycle = 0;
  std::string source;  // identity of the proposal that began it
  std::string id;

  bool in_flight() const {
    return outcome == schema::Outcome::PENDING || outcome == schema::Outcome::UNKNOWN;
  }
  bool has_order() const {
    return kind == MovementKind::kDebit && debit_kind == schema::DebitKind::PAYMENT;
  }

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.kind, s.scenario, s.key, s.outcome, s.debit_kind, s.amount, s.currency,
                    s.payer, s.legs, s.scheme, s.channel, s.channel_reference, s.clearing_date,
                    s.occurred_at, s.refunded, s.refunding, s.from_hold, s.debit, s.cycle, s.source,
                    s.id);
  }
};

struct CycleRow {
  std::string name;
  std::string scheme;
  CycleStatus status = CycleStatus::kOpen;
  Sequence cut_off = 0;
  Sequence carried_into = 0;
  std::string reference;
  std::string reason;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name, s.scheme, s.status, s.cut_off, s.carried_into, s.reference, s.reason);
  }
};

// What one participant owes another in a cycle and currency, gross.
struct FlowRow {
  int64_t minor = 0;
  uint64_t count = 0;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.minor, s.count);
  }
};

struct LineRow {
  int64_t minor = 0;  // credit positive
  bool taken = false;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.minor, s.taken);
  }
};

struct FileRow {
  std::string participant;
  uint16_t currency = 0;
  bool complete = false;
  std::vector<LineRow> lines;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.participant, s.currency, s.complete, s.lines);
  }
};

struct KnownIdRow : KnownId {
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.sequence, s.content, s.original, s.refused, s.field, s.index);
  }
};

struct NameRow {
  std::string name;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name);
  }
};

struct SequenceRow {
  Sequence sequence = 0;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.sequence);
  }
};

enum class TimerKind : uint8_t { kHold, kOrder };

struct Timer {
  Nanos at = 0;
  TimerKind kind = TimerKind::kHold;
  std::string order;  // OrderId

  auto operator<=>(const Timer&) const = default;
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.at, s.kind, s.order);
  }
};

struct State {
  std::string name;
  int16_t utc_offset_minutes = 0;
  Sequence last_sequence = 0;
  Nanos last_recorded_at = 0;
  Nanos max_late = 0;  // the largest of any source

  Table<std::string, SourceRow> sources;
  Table<std::string, NameRow> tokens;  // token hash -> source
  Table<std::string, ParticipantRow> participants;
  Table<std::string, AccountRow> accounts;
  Table<std::string, NameRow> roles;  // RoleId -> account
  Table<std::string, MandateRow> mandates;
  Table<std::string, UsageRow> usage;  // UsageId
  Table<std::string, SchemeRow> schemes;
  Table<std::string, TariffRow> tariffs;
  Table<std::string, OrderRow> orders;     // OrderId
  Table<std::string, NameRow> resources;   // ResourceId -> OrderId
  Table<uint64_t, MovementRow> movements;  // by sequence
  Table<uint64_t, CycleRow> cycles;        // by sequence of opening
  Table<std::string, SequenceRow> cycle_names;
  Table<std::string, FlowRow> flows;    // FlowId
  OrderedSet<std::string> cycle_flows;  // the same ids, for the flows of one cycle in order
  Table<std::string, FileRow> files;
  Table<std::string, KnownIdRow> ids;  // IdentityId
  OrderedSet<Timer> timers;
  OrderedSet<std::string> idle_schemes;  // without an open cycle

  // `visit(part)` for every table and set; the scalars are written by Save.
  template <typename Self, typename Visit>
  static void ForEachPart(Self& s, Visit visit) {
    std::apply(
        [&visit](auto&... part) { (visit(part), ...); },
        std::tie(s.sources, s.tokens, s.participants, s.accounts, s.roles, s.mandates, s.usage,
                 s.schemes, s.tariffs, s.orders, s.resources, s.movements, s.cycles, s.cycle_names,
                 s.flows, s.cycle_flows, s.files, s.ids, s.timers, s.idle_schemes));
  }
  template <typename Self>
  static auto Scalars(Self& s) {
    return std::tie(s.name, s.utc_offset_minutes, s.last_sequence, s.last_recorded_at, s.max_late);
  }
};

// Keys. A zero byte cannot occur in a name (docs/rules.md, Shape), so it separates.
std::string OrderId(schema::Scenario scenario, std::string_view key);
std::string ResourceId(schema::Scenario scenario, std::string_view resource);
std::string IdentityId(std::string_view source, std::string_view id);
std::string RoleId(std::string_view participant, schema::AccountKind kind, uint16_t currency,
                   std::string_view scheme);
std::string FlowId(Sequence cycle, std::string_view from, std::string_view to, uint16_t currency);
struct FlowParts {
  Sequence cycle;
  std::string_view from;
  std::string_view to;
  uint16_t currency;
};
FlowParts SplitFlowId(std::string_view id);
std::string FlowPrefix(Sequence cycle);
// By a cycle, or promised as the next of a scheme whose cycle was closed in this very group.
bool IsCycleNameTaken(const State& state, std::string_view name);
// The account of a role; null where the participant has none.
const std::string* FindRole(const State& state, std::string_view participant,
                            schema::AccountKind kind, uint16_t currency,
                            std::string_view scheme = "");

struct UsageWindows {
  std::string day;
  std::string year;
  std::string total;
};
UsageWindows UsageIds(std::string_view mandate, DayNumber day);
const UsageRow& FindUsage(const State& state, const std::string& id);

// Views of rows for Effects and queries.
AccountState ViewAccount(const std::string& name, const AccountRow& row);
OrderState ViewOrder(const OrderRow& row);
MovementState ViewMovement(const State& state, Sequence sequence, const MovementRow& row);
CycleState ViewCycle(Sequence sequence, const CycleRow& row);

}  // namespace longmen::engine
