// What may be asked of a ledger, and its state as bytes.
#include <algorithm>

#include "engine/ledger/ledger.h"
#include "engine/ledger/queue.h"
#include "engine/ledger/recall.h"
#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

// "LMS" and a number that grows with every change of the rows in state.h.
constexpr uint64_t kSnapshotFormat = 0x4c4d53000000000b;

// Rows in the order of the log, those that are in a snapshot.
template <typename Row, typename IsIn, typename Place>
void WriteSome(ArchiveWriter& archive, const Table<Row>& table, IsIn is_in, Place place) {
  std::vector<const Row*> rows;
  table.ForEach([&](Ref<Row>, const Row& row) {
    if (is_in(row)) rows.push_back(&row);
  });
  std::sort(rows.begin(), rows.end(),
            [&place](const Row* a, const Row* b) { return place(*a) < place(*b); });
  archive(static_cast<uint32_t>(rows.size()));
  for (const Row* row : rows) archive(*row);
}

void WriteAging(ArchiveWriter& archive, const State& state) {
  WriteSome(
      archive, state.orders, [&](const OrderRow& row) { return !state.IsOld(row); },
      [](const OrderRow& row) { return row.placed; });
  WriteSome(
      archive, state.movements,
      [&](const MovementRow& row) {
        return row.of_order() ? !state.IsOld(*state.orders.Find({row.scenario, row.key}))
                              : !state.IsOld(row);
      },
      [](const MovementRow& row) { return row.sequence; });
  WriteSome(
      archive, state.ids, [&](const IdentityRow& row) { return !state.IsOld(row); },
      [](const IdentityRow& row) {
        return std::make_tuple(row.sequence, row.source.number, row.id.view());
      });
  WriteSome(
      archive, state.file_lines, [&](const LinesRow& row) { return !state.IsOld(row); },
      [](const LinesRow& row) { return std::make_pair(row.row_key.file, row.row_key.row); });
}

// Calls `each(ref, row)` with what was read.
template <typename Row, typename Each>
void ReadSome(ArchiveReader& archive, Table<Row>& table, Each each) {
  const uint32_t count = archive.Count(1);
  for (uint32_t i = 0; i < count && archive.ok(); ++i) {
    Row row;
    archive(row);
    if (!table.RefOf(row.RowKey()).empty()) return archive.Fail();
    const auto ref = table.Insert(row.RowKey());
    table.Mutable(ref) = std::move(row);
    each(ref, table[ref]);
  }
}

void ReadAging(ArchiveReader& archive, State& state) {
  ReadSome(archive, state.orders, [&](Ref<OrderRow> ref, const OrderRow& row) {
    if (row.settled()) Age(state, Aged::Kind::kOrder, ref, row.changed);
  });
  ReadSome(archive, state.movements, [&](Ref<MovementRow> ref, const MovementRow& row) {
    if (!row.of_order() && row.settled()) Age(state, Aged::Kind::kMovement, ref, row.changed);
  });
  ReadSome(archive, state.ids, [&](Ref<IdentityRow> ref, const IdentityRow& row) {
    Age(state, Aged::Kind::kIdentity, ref, row.sequence);
  });
  ReadSome(archive, state.file_lines, [&](Ref<LinesRow> ref, const LinesRow& row) {
    if (row.settled()) Age(state, Aged::Kind::kLines, ref, row.changed);
  });
  std::stable_sort(state.aged.begin(), state.aged.end(),
                   [](const Aged& a, const Aged& b) { return a.at < b.at; });
  state.partial = state.OldThrough() > 0;
}

}  // namespace

Sequence Ledger::last_sequence() const { return state_->last_sequence; }

std::optional<KnownId> Ledger::FindId(std::string_view source, std::string_view id) const {
  const IdentityRow* row = FindIdentity(*state_, source, id);
  std::optional<IdentityRow> old;
  if (row == nullptr && history_ != nullptr) {
    old = RecallIdentity(*state_, *history_, source, id);
    if (old) row = &*old;
  }
  if (row == nullptr) return std::nullopt;
  return KnownId{.sequence = row->sequence,
                 .content = row->content,
                 .original = row->original,
                 .refused = row->refused,
                 .field = std::string(row->field),
                 .index = row->index};
}

std::optional<OrderState> Ledger::FindOrder(schema::Scenario scenario, std::string_view key) const {
  if (const OrderRow* row = state_->orders.Find({scenario, key})) return ViewOrder(*state_, *row);
  if (history_ == nullptr) return std::nullopt;
  const auto old = RecallOrder(*state_, *history_, scenario, key);
  return old ? std::optional(ViewOrder(*state_, *old->order)) : std::nullopt;
}

std::optional<OrderState> Ledger::FindOrderHolding(schema::Scenario scenario,
                                                   std::string_view resource) const {
  const ResourceRow* row = state_->resources.Find({scenario, resource});
  if (row == nullptr) return std::nullopt;
  return FindOrder(scenario, row->order);
}

std::vector<MovementState> Ledger::MovementsOf(schema::Scenario scenario,
                                               std::string_view key) const {
  std::vector<MovementState> movements;
  if (const OrderRow* order = state_->orders.Find({scenario, key})) {
    for (Sequence sequence : order->movements) {
      movements.push_back(ViewMovement(*state_, *state_->movements.Find(sequence)));
    }
  } else if (history_ != nullptr) {
    const auto old = RecallOrder(*state_, *history_, scenario, key);
    if (!old) return movements;
    for (const MovementRow& row : old->movements) movements.push_back(ViewMovement(*state_, row));
  }
  return movements;
}

std::optional<MovementState> Ledger::FindMovement(std::string_view source,
                                                  std::string_view id) const {
  const Ref<MovementRow> here = engine::FindMovement(*state_, source, id);
  if (!here.empty()) return ViewMovement(*state_, state_->movements[here]);
  if (history_ == nullptr) return std::nullopt;
  const auto old = RecallMovement(*state_, *history_, source, id);
  return old ? std::optional(ViewMovement(*state_, *old)) : std::nullopt;
}

std::optional<AccountState> Ledger::FindAccount(std::string_view account) const {
  const AccountRow* row = state_->accounts.Find(account);
  if (row == nullptr) return std::nullopt;
  return ViewAccount(*state_, *row);
}

bool Ledger::HasSource(std::string_view source) const {
  return state_->sources.Find(source) != nullptr;
}

bool Ledger::HasParticipant(std::string_view participant) const {
  return state_->participants.Find(participant) != nullptr;
}

std::optional<ParkingTariff> Ledger::FindParkingTariff(std::string_view tariff) const {
  const TariffRow* row = state_->tariffs.Find(tariff);
  if (row == nullptr || row->step_minutes == 0) return std::nullopt;
  return ParkingTariff{.cap = {row->cap, Currency{row->currency}},
                       .step_price = {row->step, Currency{row->currency}},
                       .step_minutes = row->step_minutes,
                       .free_minutes = row->free_minutes};
}

const FareTable* Ledger::FindFareTable(std::string_view tariff) const {
  const TariffRow* row = state_->tariffs.Find(tariff);
  return row == nullptr || row->fare.steps.empty() ? nullptr : &row->fare;
}

std::optional<MandateState> Ledger::FindMandate(std::string_view mandate) const {
  const MandateRow* row = state_->mandates.Find(mandate);
  if (row == nullptr) return std::nullopt;
  MandateState view;
  static_cast<MandateTerms&>(view) = static_cast<const MandateTerms&>(*row);
  view.account = state_->accounts[row->account].name;
  view.version = row->version;
  const UsageKey<MandateRow> in_all{state_->mandates.RefOf(mandate), schema::LimitWindow::TOTAL, 0};
  if (const auto* used = state_->usage.Find(in_all)) {
    view.used_count = used->count;
    view.used_minor = used->amount;
  }
  for (const Ref<AccountRow> account : row->fallbacks) {
    view.fallbacks.push_back(state_->accounts[account].name);
  }
  return view;
}

Code Ledger::ObjectionToPayer(std::string_view account, int64_t minor, Nanos occurred_at) const {
  const Ref<AccountRow> ref = state_->accounts.RefOf(account);
  if (ref.empty()) return Code::UNKNOWN_ACCOUNT;
  const AccountRow& row = state_->accounts[ref];
  if (row.status == schema::Status::FROZEN) return Code::ACCOUNT_FROZEN;
  if (row.status == schema::Status::CLOSED) return Code::ACCOUNT_CLOSED;
  if (const Code code = JudgeAccountLimits(*state_, ref, minor, occurred_at); code != Code::NONE) {
    return code;
  }
  return CanPay(row, minor) ? Code::NONE : Code::INSUFFICIENT_FUNDS;
}

Code Ledger::ObjectionOfMandate(schema::Scenario scenario, std::string_view key,
                                Nanos occurred_at) const {
  const OrderRow* order = state_->orders.Find({scenario, key});
  if (order == nullptr || order->mandate.empty()) return Code::NONE;
  if (!MandateActive(state_->mandates[order->mandate], occurred_at)) {
    return Code::MANDATE_NOT_ACTIVE;
  }
  return JudgeLimits(*state_, order->mandate, order->amount, order->usage_day, order->consumed)
      .refused;
}

std::optional<SchemeInfo> Ledger::FindScheme(std::string_view scheme) const {
  const SchemeRow* row = state_->schemes.Find(scheme);
  if (row == nullptr) return std::nullopt;
  SchemeInfo info{.method = row->method,
                  .pending_accounts = row->pending_accounts,
                  .max_minor = row->max_minor,
                  .times = TimesOf(*state_, *row)};
  if (!row->fee_table.empty()) info.fees = &state_->fee_tables[row->fee_table].table;
  return info;
}

bool Ledger::IsClearedBy(std::string_view scheme, std::string_view from_account,
                         std::string_view to_account) const {
  const Ref<SchemeRow> through = state_->schemes.RefOf(scheme);
  if (through.empty()) return false;
  const auto clears = [&](std::string_view account) {
    const AccountRow* row = state_->accounts.Find(account);
    return row != nullptr &&
           LackOf(*state_, through, row->participant, row->currency) == Code::NONE;
  };
  return clears(from_account) && clears(to_account);
}

const Calendar* Ledger::FindCalendar(std::string_view calendar) const {
  const CalendarRow* row = state_->calendars.Find(calendar);
  return row == nullptr ? nullptr : &row->calendar;
}

const RiskPolicy* Ledger::FindRiskPolicy(std::string_view policy) const {
  const RiskPolicyRow* row = state_->risk_policies.Find(policy);
  return row == nullptr ? nullptr : &row->policy;
}

std::optional<CycleState> Ledger::FindCycle(std::string_view name) const {
  const Ref<CycleRow> cycle = engine::FindCycle(*state_, name);
  if (cycle.empty()) return std::nullopt;
  return ViewCycle(*state_, state_->cycles[cycle]);
}

std::optional<CycleState> Ledger::FindOpenCycle(std::string_view scheme) const {
  const Ref<CycleRow> cycle = OpenCycleOf(*state_, state_->schemes.RefOf(scheme));
  if (cycle.empty()) return std::nullopt;
  return ViewCycle(*state_, state_->cycles[cycle]);
}

std::optional<std::string> Ledger::FindSourceByToken(const Digest256& token_hash) const {
  const TokenRow* row = state_->tokens.Find(AsText(token_hash));
  if (row == nullptr) return std::nullopt;
  return state_->sources[row->source].name;
}

std::vector<AccountState> Ledger::Accounts() const {
  std::vector<AccountState> accounts;
  state_->accounts.ForEach([&](Ref<AccountRow>, const AccountRow& row) {
    accounts.push_back(ViewAccount(*state_, row));
  });
  std::sort(accounts.begin(), accounts.end(),
            [](const auto& a, const auto& b) { return a.account < b.account; });
  return accounts;
}

std::vector<uint8_t> Ledger::Save() const {
  ArchiveWriter archive;
  archive(kSnapshotFormat);
  std::apply([&archive](const auto&... scalar) { (archive(scalar), ...); },
             State::Scalars(std::as_const(*state_)));
  State::ForEachWholePart(std::as_const(*state_),
                          [&archive](const auto& part) { part.Write(archive); });
  WriteAging(archive, *state_);
  return {archive.bytes().begin(), archive.bytes().end()};
}

Digest256 Ledger::StateDigest() const { return Sha256(Save()); }

Result<Ledger> Ledger::Load(Bytes bytes) {
  ArchiveReader archive(bytes);
  uint64_t format = 0;
  archive(format);
  if (format != kSnapshotFormat) return Error{Code::CORRUPT, "snapshot", "of another build"};
  Ledger ledger;
  std::apply([&archive](auto&... scalar) { (archive(scalar), ...); },
             State::Scalars(*ledger.state_));
  State::ForEachWholePart(*ledger.state_, [&archive](auto& part) { part.Read(archive); });
  ReadAging(archive, *ledger.state_);
  ledger.state_->tariffs.ForEach([&](Ref<TariffRow> ref, const TariffRow&) {
    ledger.state_->tariffs.Mutable(ref).fare.Measure();
  });
  if (!archive.AtEnd()) return Error{Code::CORRUPT, "snapshot", "not as it was written"};
  return ledger;
}

}  // namespace longmen::engine
