// State: all that the rules know, as plain rows. A pure function of the log.
//
// Rows refer to each other by number (table.h); what is not registered here stays text. Texts and
// lists that are nearly always short or empty take no allocation.
//
// Orders, movements, identities and lines of statement files that nothing is expected of any more
// may be put away into the history (recall.h); nothing else refers to them by number.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <deque>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "engine/ledger/rows.h"
#include "engine/ledger/view.h"

namespace longmen::engine {

struct SourceRow : NamedRow {
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
    return std::tie(s.name, s.max_late, s.max_early, s.status, s.all_participants, s.all_schemes,
                    s.decided_only, s.bodies, s.participants, s.schemes, s.token_hash);
  }
};

// A source as identities name it: a refused proposal's need not be registered.
struct SourceNameRow : NamedRow {
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name);
  }
};

// Keyed by the SHA-256 of a source's token.
struct TokenRow : TextRow {
  Ref<SourceRow> source;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name, s.source);
  }
};

struct ParticipantRow : NamedRow {
  schema::Status status = schema::Status::OPEN;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name, s.status);
  }
};

struct CalendarRow : NamedRow {
  Calendar calendar;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name, s.calendar);
  }
};

struct FeeTableRow : NamedRow {
  FeeTable table;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name, s.table);
  }
};

struct RiskPolicyRow : NamedRow {
  RiskPolicy policy;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name, s.policy);
  }
};

struct SchemeRow : NamedRow {
  schema::SettlementMethod method = schema::SettlementMethod::MULTILATERAL_NET;
  bool pending_accounts = false;
  int16_t cut_off_minute = 0;
  int64_t max_minor = 0;  // of one order; 0: none
  Ref<CalendarRow> calendar;
  Ref<FeeTableRow> fee_table;
  std::vector<PartOfDay> hours;
  std::string cycle_prefix;
  std::string next_name;    // stated when the last cycle was closed
  Sequence open_cycle = 0;  // 0: none
  Sequence last_cycle = 0;  // opened last; 0: none
  Sequence first_live = 0;  // the oldest that is neither settled nor aborted; 0: none
  bool covered = false;
  bool watched = false;  // it is covered, or a clearing account of it has a cap or limits
  // Of a queued one.
  bool bypasses_fifo = false;
  bool changes_priority = false;
  schema::ResolutionMode resolution = schema::ResolutionMode::FIFO;
  uint16_t resolve_minutes = 0;
  uint16_t window_minutes = 0;
  Nanos window_at = 0;  // when what waits is returned; 0: nothing waits, or it waits on

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name, s.method, s.pending_accounts, s.cut_off_minute, s.max_minor, s.calendar,
                    s.fee_table, s.hours, s.cycle_prefix, s.next_name, s.open_cycle, s.last_cycle,
                    s.first_live, s.covered, s.watched, s.bypasses_fifo, s.changes_priority,
                    s.resolution, s.resolve_minutes, s.window_minutes, s.window_at);
  }
};

// Do its items settle one by one, when they are booked?
inline bool SettlesAtOnce(schema::SettlementMethod method) {
  return method == schema::SettlementMethod::GROSS || method == schema::SettlementMethod::QUEUED;
}

struct TermsRow;

struct AccountRow : NamedRow {
  int64_t balance = 0;
  int64_t held = 0;
  int64_t floor = 0;
  Ref<ParticipantRow> participant;
  Ref<SchemeRow> scheme;
  Ref<TermsRow> terms;  // none: neither ceiling nor limits
  uint16_t currency = 0;
  schema::AccountKind kind = schema::AccountKind::CUSTOMER;
  schema::Status status = schema::Status::OPEN;
  bool unlimited = false;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name, s.balance, s.held, s.floor, s.participant, s.scheme, s.terms,
                    s.currency, s.kind, s.status, s.unlimited);
  }
};

// What a participant has at the central bank is an asset of its book: the more, the further below
// zero. So it grows by what the account gives, and what is credited to the account leaves.
inline bool IsAtCentralBank(schema::AccountKind kind) {
  return kind == schema::AccountKind::SETTLEMENT;
}

// Can this much leave the account, holds and floor respected?
inline bool CanPay(const AccountRow& account, __int128 minor) {
  return account.unlimited || IsAtCentralBank(account.kind) ||
         minor <= static_cast<__int128>(account.balance) - account.held + account.floor;
}

// Of a settlement account: what can leave the central bank, of the money, the credit there (its
// floor) and less what is earmarked.
inline __int128 LiquidityOf(const AccountRow& account) {
  return -static_cast<__int128>(account.balance) - account.held + account.floor;
}
// Can a settlement account be credited with so much?
inline bool HasLiquidity(const AccountRow& account, __int128 minor) {
  return account.unlimited || minor <= LiquidityOf(account);
}

// The account that a participant has of a kind; its scheme only where it clears.
struct RoleKey {
  Ref<ParticipantRow> participant;
  Ref<SchemeRow> scheme;
  schema::AccountKind kind = schema::AccountKind::CUSTOMER;
  uint16_t currency = 0;
  bool operator==(const RoleKey&) const = default;

  uint32_t Hash() const {
    return HashNumbers(participant.number, scheme.number,
                       static_cast<uint64_t>(kind) << 16 | currency);
  }
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.participant, s.scheme, s.kind, s.currency);
  }
};

struct RoleRow : KeyedRow<RoleKey> {
  Ref<AccountRow> account;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.row_key, s.account);
  }
};

struct AccountKey {
  Ref<AccountRow> account;
  bool operator==(const AccountKey&) const = default;

  uint32_t Hash() const { return HashNumbers(account.number, 0, 0); }
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.account);
  }
};

// What a participant may owe another in a scheme.
struct BilateralLimitRow {
  Ref<ParticipantRow> participant;  // who may owe
  int64_t minor = 0;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.participant, s.minor);
  }
};

// What few accounts have.
struct TermsRow : KeyedRow<AccountKey> {
  int64_t ceiling = 0;           // 0: none
  std::vector<LimitRow> limits;  // of its debits
  // Of a clearing account.
  bool capped = false;
  bool warned = false;  // since it was last below
  uint16_t warn_permille = 0;
  int64_t credit = 0;
  int64_t collateral = 0;
  int64_t earmark = 0;
  std::vector<BilateralLimitRow> bilateral;

  __int128 cap() const { return static_cast<__int128>(credit) + collateral + earmark; }

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.row_key, s.ceiling, s.limits, s.capped, s.warned, s.warn_permille, s.credit,
                    s.collateral, s.earmark, s.bilateral);
  }
};

// A clearing account, and towards whom; nobody: towards all.
struct ReserveKey {
  Ref<AccountRow> clearing;
  Ref<ParticipantRow> to;
  bool operator==(const ReserveKey&) const = default;

  uint32_t Hash() const { return HashNumbers(clearing.number, to.number, 0); }
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.clearing, s.to);
  }
};

// What a clearing account's participant would owe of what is in flight, and what of its money at
// the central bank is held for what it owes.
struct ReserveRow : KeyedRow<ReserveKey> {
  __int128 minor = 0;
  int64_t covering = 0;  // towards all, in a covered scheme

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.row_key, s.minor, s.covering);
  }
};

struct MandateRow : NamedRow, MandateTerms {
  Ref<AccountRow> account;
  std::vector<Ref<AccountRow>> fallbacks;
  uint32_t version = 0;  // 1 as registered first

  bool MayPay(Ref<AccountRow> payer) const {
    return std::find(fallbacks.begin(), fallbacks.end(), payer) != fallbacks.end();
  }
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name, s.valid_from, s.valid_before, s.status, s.utc_offset_minutes, s.account,
                    s.limits, s.levels, s.approvers, s.channels, s.payees, s.fallbacks, s.version,
                    s.restores_on_refund, s.holder, s.merchants, s.merchant_categories,
                    s.currencies);
  }
};

// Of a mandate, or of an account.
template <typename Owner>
struct UsageKey {
  Ref<Owner> owner;
  schema::LimitWindow window = schema::LimitWindow::TOTAL;
  int32_t period = 0;  // a day's or a year's number
  bool operator==(const UsageKey&) const = default;

  uint32_t Hash() const {
    return HashNumbers(owner.number, static_cast<uint64_t>(window), static_cast<uint64_t>(period));
  }
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.owner, s.window, s.period);
  }
};

// What orders consume of a mandate in one window, or debits of what may leave an account.
template <typename Owner>
struct UsageRow : KeyedRow<UsageKey<Owner>> {
  __int128 amount = 0;
  uint64_t count = 0;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.row_key, s.amount, s.count);
  }
};

// One kind is there: its first number is not 0.
struct TariffRow : NamedRow {
  uint16_t currency = 0;
  int64_t cap = 0;
  int64_t step = 0;
  uint32_t step_minutes = 0;
  uint32_t free_minutes = 0;
  FareTable fare;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name, s.currency, s.cap, s.step, s.step_minutes, s.free_minutes, s.fare);
  }
};

struct SplitRow {
  int64_t minor = 0;
  Ref<AccountRow> account;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.minor, s.account);
  }
};

// What may be put away: the record that changed it last, and whether the history has it as it is.
struct AgingRow {
  Sequence changed = 0;
  bool stored = false;  // of this process: in no snapshot
};

struct OrderRow : ScopedRow, AgingRow {
  OrderStatus status = OrderStatus::kOpen;
  uint8_t approved_level = 0;
  uint8_t required_level = 0;
  uint16_t currency = 0;
  uint16_t version = 1;
  int64_t amount = 0;
  int64_t paid = 0;
  int64_t in_flight = 0;
  int64_t refunded = 0;
  int64_t refunding = 0;
  int64_t held = 0;
  Nanos hold_until = 0;
  Nanos valid_from = 0;
  Nanos valid_until = 0;
  Ref<AccountRow> payer;  // may be none
  Ref<AccountRow> payee;
  Ref<SchemeRow> scheme;
  Ref<MandateRow> mandate;
  int64_t counter_amount = 0;  // what the payee gets; 0: `amount`
  uint16_t counter_currency = 0;
  Sequence placed = 0;
  DayNumber usage_day = 0;  // where its consumption of the mandate counts
  int64_t consumed = 0;
  ShortText submitter;
  ShortText channel;
  FewOf<Sequence, 2> movements;
  std::vector<SplitRow> splits;
  std::vector<std::string> resources;
  std::vector<std::string> approvers;

  // Nothing is expected of it any more.
  bool settled() const { return !IsLive(status) && in_flight == 0 && refunding == 0; }

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.scenario, s.name, s.changed, s.status, s.approved_level, s.required_level,
                    s.currency, s.version, s.amount, s.paid, s.in_flight, s.refunded, s.refunding,
                    s.held, s.hold_until, s.valid_from, s.valid_until, s.payer, s.payee, s.scheme,
                    s.mandate, s.counter_amount, s.counter_currency, s.placed, s.usage_day,
                    s.consumed, s.submitter, s.channel, s.movements, s.splits, s.resources,
                    s.approvers);
  }
};

// What a live order of the same scenario occupies.
struct ResourceRow : ScopedRow {
  ShortText order;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.scenario, s.name, s.order);
  }
};

// One payee of a debit, and what it has given back; of a refund: one part.
struct LegRow {
  int64_t minor = 0;
  int64_t given = 0;  // refunded, or being refunded
  Ref<AccountRow> account;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.minor, s.given, s.account);
  }
};

// `amount` leaves and the counter amount, if there is one, arrives in another currency. Legs are
// the payee's side, hence in the currency that a debit's payee gets and a refund's payee gives.
struct MovementRow : NumberedRow, AgingRow {
  MovementKind kind = MovementKind::kDebit;
  schema::Scenario scenario = schema::Scenario::NONE;
  schema::Outcome outcome = schema::Outcome::SUCCEEDED;
  schema::DebitKind debit_kind = schema::DebitKind::PAYMENT;
  uint16_t currency = 0;
  uint16_t counter_currency = 0;  // 0: nothing is exchanged
  ShortText key;
  int64_t amount = 0;
  int64_t counter_amount = 0;
  Ref<AccountRow> payer;  // of a refund: who gets the money back
  Ref<SchemeRow> scheme;
  FewOf<LegRow, 1> legs;  // the payee first, then the splits
  ShortText channel;
  ShortText channel_reference;
  DayNumber clearing_date = 0;
  Nanos occurred_at = 0;
  int64_t refunded = 0;
  int64_t refunding = 0;
  int64_t from_hold = 0;  // of what is in flight: taken out of the order's hold
  Sequence debit = 0;
  Sequence cycle = 0;
  Ref<SourceNameRow> source;  // identity of the proposal that began it
  ShortText id;

  bool in_flight() const {
    return outcome == schema::Outcome::PENDING || outcome == schema::Outcome::UNKNOWN;
  }
  bool has_order() const {
    return kind == MovementKind::kDebit && debit_kind == schema::DebitKind::PAYMENT;
  }
  // It stands and ages with an order: a refund does as its debit does.
  bool of_order() const { return debit_kind == schema::DebitKind::PAYMENT; }
  bool exchanges() const { return counter_currency != 0; }
  bool swapped() const { return exchanges() && kind == MovementKind::kDebit; }
  // The payee's side: what a debit gives to its payees, and a refund takes from them.
  int64_t payee_minor() const { return swapped() ? counter_amount : amount; }
  uint16_t payee_currency() const { return swapped() ? counter_currency : currency; }
  // The payer's side.
  int64_t payer_minor() const { return exchanges() && !swapped() ? counter_amount : amount; }
  uint16_t payer_currency() const {
    return exchanges() && !swapped() ? counter_currency : currency;
  }
  // Without an order: nothing is expected of it any more.
  bool settled() const { return !in_flight() && refunding == 0; }

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.sequence, s.changed, s.kind, s.scenario, s.outcome, s.debit_kind, s.currency,
                    s.counter_currency, s.key, s.amount, s.counter_amount, s.payer, s.scheme,
                    s.legs, s.channel, s.channel_reference, s.clearing_date, s.occurred_at,
                    s.refunded, s.refunding, s.from_hold, s.debit, s.cycle, s.source, s.id);
  }
};

struct FlowRow;
struct PositionRow;

// By the sequence of its opening.
struct CycleRow : NumberedRow {
  Name name;
  Ref<SchemeRow> scheme;
  CycleStatus status = CycleStatus::kOpen;
  Sequence cut_off = 0;
  Sequence carried_into = 0;
  std::string reference;
  std::string reason;
  std::vector<Ref<FlowRow>> flows;  // as they came up
  std::vector<Ref<PositionRow>> positions;
  Sequence previous = 0;    // the scheme's cycle before it; 0: none
  Nanos closed_at = 0;      // when the closing occurred
  int64_t shared_loss = 0;  // of its flows: not of items, but what others bear for one that fails

  // Something of it is still to be settled.
  bool IsLive() const { return status != CycleStatus::kSettled && status != CycleStatus::kAborted; }

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.sequence, s.name, s.scheme, s.status, s.cut_off, s.carried_into, s.reference,
                    s.reason, s.flows, s.positions, s.previous, s.closed_at, s.shared_loss);
  }
};

struct CycleNameRow : NamedRow {
  Ref<CycleRow> cycle;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name, s.cycle);
  }
};

struct FlowKey {
  Ref<CycleRow> cycle;
  Ref<ParticipantRow> from;
  Ref<ParticipantRow> to;
  uint16_t currency = 0;
  auto operator<=>(const FlowKey&) const = default;

  uint32_t Hash() const {
    return HashNumbers(cycle.number, from.number, uint64_t{to.number} << 16 | currency);
  }
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.cycle, s.from, s.to, s.currency);
  }
};

struct PositionKey {
  Ref<CycleRow> cycle;
  Ref<ParticipantRow> participant;
  uint16_t currency = 0;
  bool operator==(const PositionKey&) const = default;

  uint32_t Hash() const { return HashNumbers(cycle.number, participant.number, currency); }
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.cycle, s.participant, s.currency);
  }
};

// What a participant received and sent in a cycle and currency, gross. Kept with every item, so
// that a closed cycle's positions are there and need not be summed.
struct PositionRow : KeyedRow<PositionKey> {
  int64_t in = 0;
  int64_t out = 0;
  bool settled = false;  // of a bilateral scheme: with the whole cycle; else its flows say it
  int64_t kept = 0;      // of its money at the central bank, since others share its loss

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.row_key, s.in, s.out, s.settled, s.kept);
  }
};

// What one participant owes another in a cycle and currency, gross.
struct FlowRow : KeyedRow<FlowKey> {
  int64_t minor = 0;
  uint64_t count = 0;
  Ref<PositionRow> sender;
  Ref<PositionRow> receiver;
  bool settled = false;  // of a bilateral scheme: with its pair

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.row_key, s.minor, s.count, s.sender, s.receiver, s.settled);
  }
};

struct FileRow : TextRow {
  Ref<ParticipantRow> participant;
  uint16_t currency = 0;
  bool complete = false;
  bool withdrawn = false;
  uint32_t lines = 0;
  __int128 credits = 0;
  __int128 debits = 0;  // as a count >= 0

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name, s.participant, s.currency, s.complete, s.withdrawn, s.lines, s.credits,
                    s.debits);
  }
};

struct LinesKey {
  static constexpr uint32_t kLines = 64;  // in a row: it is copied before each of them is added

  Ref<FileRow> file;
  uint32_t row = 0;
  bool operator==(const LinesKey&) const = default;

  static LinesKey Of(Ref<FileRow> file, uint32_t line) { return {file, (line - 1) / kLines}; }
  uint32_t Hash() const { return HashNumbers(file.number, row, 0); }
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.file, s.row);
  }
};

// Lines of a file that follow each other. Files are long: a line takes as many bytes as its amount
// needs.
struct LinesRow : KeyedRow<LinesKey>, AgingRow {
  bool full = false;   // none is added any more
  std::string minors;  // of each line in turn: credits less debits (statement.cc)

  bool settled() const { return full; }
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.row_key, s.changed, s.full, s.minors);
  }
};

// A line that a resolution named.
struct TakenLine {
  Ref<FileRow> file;
  uint32_t line = 0;
  auto operator<=>(const TakenLine&) const = default;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.file, s.line);
  }
};

// A movement that a resolution named, under the rule by which it did; empty: under all.
struct TakenMovement {
  Sequence movement = 0;
  std::string rule;
  auto operator<=>(const TakenMovement&) const = default;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.movement, s.rule);
  }
};

// By source and id.
struct IdentifiedRow {
  Ref<SourceNameRow> source;
  ShortText id;

  // As ScopedRow's.
  struct Key {
    Key(Ref<SourceNameRow> of, std::string_view named)
        : source(of), hash(HashText(named, of.number)), id(named) {}
    Ref<SourceNameRow> source;
    uint32_t hash;
    std::string_view id;
  };
  Key RowKey() const { return {source, id}; }
  bool Is(const Key& other) const { return source == other.source && id == other.id; }
  void SetKey(const Key& given) {
    source = given.source;
    id = given.id;
  }
  static uint32_t HashOf(const Key& key) { return key.hash; }
};

// What is known of an identity: KnownId.
struct IdentityRow : IdentifiedRow {
  bool stored = false;  // as in AgingRow
  Sequence sequence = 0;
  Hash128 content;
  Hash128 original;
  Code refused = Code::NONE;
  uint16_t index = 0;
  ShortText field;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.source, s.id, s.sequence, s.content, s.original, s.refused, s.index, s.field);
  }
};

// The movement of an identity of which nothing else was asked back from the history.
struct RecalledRow : IdentifiedRow {
  Sequence movement = 0;
};

// Where a payment waits, by names: of one sender the first goes first.
struct QueuePlace {
  Name scheme;
  uint16_t currency = 0;
  Name sender;
  uint8_t behind = 0;  // 255 less its priority
  int64_t rank = 0;
  Sequence movement = 0;
  int64_t minor = 0;
  Name receiver;

  auto operator<=>(const QueuePlace&) const = default;
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.scheme, s.currency, s.sender, s.behind, s.rank, s.movement, s.minor,
                    s.receiver);
  }
};

// A payment of a queue: its movement is in flight, and its money held on the payer's account.
struct QueuedRow : IdentifiedRow {
  QueuePlace place;
  Ref<SchemeRow> scheme;
  Ref<ParticipantRow> sender;
  WaitingStatus status = WaitingStatus::kWaiting;
  bool completes = false;  // as its debit says

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.source, s.id, s.place, s.scheme, s.sender, s.status, s.completes);
  }
};

// A queue by its names.
struct QueueName {
  std::string scheme;
  uint16_t currency = 0;

  auto operator<=>(const QueueName&) const = default;
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.scheme, s.currency);
  }
};

struct QueueKey {
  Ref<SchemeRow> scheme;
  uint16_t currency = 0;
  bool operator==(const QueueKey&) const = default;

  uint32_t Hash() const { return HashNumbers(scheme.number, currency, 0); }
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.scheme, s.currency);
  }
};

// What waits in a scheme's queue in one currency, held ones too.
struct QueueRow : KeyedRow<QueueKey> {
  uint32_t count = 0;
  int64_t minor = 0;
  schema::ResolutionMode asked = schema::ResolutionMode::FIFO;  // of a resolution that is due
  Nanos resolve_at = 0;  // when one is tried next; 0: nothing has changed since the last

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.row_key, s.count, s.minor, s.asked, s.resolve_at);
  }
};

struct QueueTimer {
  enum class Kind : uint8_t { kResolve, kWindow };
  Nanos at = 0;
  Kind kind = Kind::kResolve;
  std::string scheme;
  uint16_t currency = 0;  // of a window: 0

  auto operator<=>(const QueueTimer&) const = default;
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.at, s.kind, s.scheme, s.currency);
  }
};

enum class TimerKind : uint8_t { kHold, kOrder };

// Of the orders that fall due at one instant the lowest scenario and key comes first.
struct Timer {
  Nanos at = 0;
  TimerKind kind = TimerKind::kHold;
  schema::Scenario scenario = schema::Scenario::NONE;
  ShortText order;

  std::strong_ordering operator<=>(const Timer& other) const {
    if (const auto by = at <=> other.at; by != 0) return by;
    if (const auto by = kind <=> other.kind; by != 0) return by;
    if (const auto by = scenario <=> other.scenario; by != 0) return by;
    return order <=> other.order;
  }
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.at, s.kind, s.scenario, s.order);
  }
};

// A row that may be put away, since the record `at`. What it says is looked up again then.
struct Aged {
  enum class Kind : uint8_t { kOrder, kMovement, kIdentity, kLines };
  Sequence at = 0;
  uint32_t number = 0;
  Kind kind = Kind::kOrder;
};

struct HashOfHash {
  size_t operator()(const Hash128& hash) const { return hash.low; }
};

struct State {
  std::string name;
  int16_t utc_offset_minutes = 0;
  Sequence last_sequence = 0;
  Nanos last_recorded_at = 0;
  Nanos max_late = 0;   // the largest of any source
  Sequence window = 0;  // see kWindowRecords

  Table<SourceRow> sources;
  Table<SourceNameRow> source_names;
  Table<TokenRow> tokens;
  Table<ParticipantRow> participants;
  Table<CalendarRow> calendars;
  Table<FeeTableRow> fee_tables;
  Table<RiskPolicyRow> risk_policies;
  Table<SchemeRow> schemes;
  Table<AccountRow> accounts;
  Table<TermsRow> terms;
  Table<ReserveRow> reserves;
  Table<RoleRow> roles;
  Table<MandateRow> mandates;
  Table<UsageRow<MandateRow>> usage;
  Table<UsageRow<AccountRow>> account_usage;
  Table<TariffRow> tariffs;
  Table<OrderRow> orders;
  Table<ResourceRow> resources;
  Table<MovementRow> movements;
  Table<CycleRow> cycles;
  Table<CycleNameRow> cycle_names;
  Table<PositionRow> positions;
  Table<FlowRow> flows;
  Table<FileRow> files;
  Table<LinesRow> file_lines;
  Table<IdentityRow> ids;
  OrderedSet<Timer> timers;
  OrderedSet<std::string> idle_schemes;  // without an open cycle
  OrderedSet<std::string> warnings;      // clearing accounts whose cap is to be warned of
  OrderedSet<TakenMovement> taken;
  OrderedSet<TakenLine> taken_lines;
  // Queues.
  Table<QueuedRow> queued;
  Table<QueueRow> queues;
  OrderedSet<QueuePlace> places;  // what waits and is not held
  OrderedSet<QueuePlace> held;
  OrderedSet<QueuePlace> releasable;  // of a sender: the one that its money covers now, if any
  OrderedSet<QueuePlace> settled;     // with others, and not booked yet
  OrderedSet<QueueName> resolving;    // a resolution is due
  OrderedSet<std::string> ending;     // schemes whose window has ended, while something waits
  OrderedSet<QueueTimer> queue_timers;

  // Of this process, in no snapshot: what came back, what may go, and whether something has gone.
  Table<RecalledRow> recalled;
  std::deque<Aged> aged;  // by `at`
  bool partial = false;
  // For an auditor, who has all in memory: hashes of the bundles that were old and then changed. A
  // history may have any of them.
  bool keeps_superseded = false;
  std::unordered_set<Hash128, HashOfHash> superseded;

  // Rows that were changed last by a record up to this one are old: what is settled of them is put
  // away. A function of the log.
  Sequence OldThrough() const {
    return last_sequence < 2 * window ? 0 : (last_sequence / window - 1) * window;
  }
  bool IsOld(const OrderRow& row) const { return row.settled() && row.changed <= OldThrough(); }
  bool IsOld(const MovementRow& row) const { return row.settled() && row.changed <= OldThrough(); }
  bool IsOld(const IdentityRow& row) const { return row.sequence <= OldThrough(); }
  bool IsOld(const LinesRow& row) const { return row.settled() && row.changed <= OldThrough(); }

  // `visit(part)` for every table and set that is in a snapshot whole.
  template <typename Self, typename Visit>
  static void ForEachWholePart(Self& s, Visit visit) {
    std::apply(
        [&visit](auto&... part) { (visit(part), ...); },
        std::tie(s.sources, s.source_names, s.tokens, s.participants, s.calendars, s.fee_tables,
                 s.risk_policies, s.schemes, s.accounts, s.terms, s.reserves, s.roles, s.mandates,
                 s.usage, s.account_usage, s.tariffs, s.resources, s.cycles, s.cycle_names,
                 s.positions, s.flows, s.files, s.timers, s.idle_schemes, s.warnings, s.taken,
                 s.taken_lines, s.queued, s.queues, s.places, s.held, s.releasable, s.settled,
                 s.resolving, s.ending, s.queue_timers));
  }
  // For every one that a group may change.
  template <typename Self, typename Visit>
  static void ForEachPart(Self& s, Visit visit) {
    ForEachWholePart(s, visit);
    visit(s.orders);
    visit(s.movements);
    visit(s.ids);
    visit(s.file_lines);
    visit(s.recalled);
  }
  template <typename Self>
  static auto Scalars(Self& s) {
    return std::tie(s.name, s.utc_offset_minutes, s.last_sequence, s.last_recorded_at, s.max_late,
                    s.window);
  }
};

// The row may be put away once it is old.
template <typename Row>
void Age(State& state, Aged::Kind kind, Ref<Row> row, Sequence at) {
  state.aged.push_back({at, row.number, kind});
}

// What is known of an identity; null: nothing.
const IdentityRow* FindIdentity(const State& state, std::string_view source, std::string_view id);
// The movement that a proposal began; empty: it began none.
Ref<MovementRow> FindMovement(const State& state, std::string_view source, std::string_view id);
Ref<CycleRow> FindCycle(const State& state, std::string_view name);
// By a cycle, or promised as the next of a scheme whose cycle was closed in this very group.
bool IsCycleNameTaken(const State& state, std::string_view name);
// The cycle that is open in a scheme; none there, or no scheme: empty.
Ref<CycleRow> OpenCycleOf(const State& state, Ref<SchemeRow> scheme);
// The account of a role; empty where the participant has none.
Ref<AccountRow> FindRole(const State& state, Ref<ParticipantRow> participant,
                         schema::AccountKind kind, uint16_t currency, Ref<SchemeRow> scheme = {});

// The keys of a day's usage: of the day, the year, and in all.
template <typename Owner>
std::array<UsageKey<Owner>, 3> UsageKeys(Ref<Owner> owner, DayNumber day) {
  return {{{owner, schema::LimitWindow::DAY, day},
           {owner, schema::LimitWindow::YEAR, YearOf(day)},
           {owner, schema::LimitWindow::TOTAL, 0}}};
}
// Adds to a day's usage, in each of its windows.
template <typename Owner>
void Use(Table<UsageRow<Owner>>& usage, Ref<Owner> owner, DayNumber day, __int128 minor,
         int count) {
  for (const UsageKey<Owner>& window : UsageKeys(owner, day)) {
    UsageRow<Owner>& row = usage.Mutable(usage.Upsert(window));
    row.amount += minor;
    row.count += static_cast<uint64_t>(count);
  }
}

// Views of rows for Effects and queries.
AccountState ViewAccount(const State& state, const AccountRow& row);
OrderState ViewOrder(const State& state, const OrderRow& row);
MovementState ViewMovement(const State& state, const MovementRow& row);
CycleState ViewCycle(const State& state, const CycleRow& row);

}  // namespace longmen::engine
