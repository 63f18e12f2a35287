// What may be asked of a ledger, and its state as bytes.
#include <algorithm>

#include "engine/ledger/ledger.h"
#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

// "LMS" and a number that grows with every change of the rows in state.h.
constexpr uint64_t kSnapshotFormat = 0x4c4d530000000002;

std::optional<OrderState> OrderOrNone(const State& state, const OrderRow* row) {
  return row == nullptr ? std::nullopt : std::optional(ViewOrder(state, *row));
}

}  // namespace

Sequence Ledger::last_sequence() const { return state_->last_sequence; }

std::optional<KnownId> Ledger::FindId(std::string_view source, std::string_view id) const {
  const IdentityRow* row = FindIdentity(*state_, source, id);
  if (row == nullptr) return std::nullopt;
  return KnownId{.sequence = row->sequence,
                 .content = row->content,
                 .original = row->original,
                 .refused = row->refused,
                 .field = std::string(row->field),
                 .index = row->index};
}

std::optional<OrderState> Ledger::FindOrder(schema::Scenario scenario, std::string_view key) const {
  return OrderOrNone(*state_, state_->orders.Find({scenario, key}));
}

std::optional<OrderState> Ledger::FindOrderHolding(schema::Scenario scenario,
                                                   std::string_view resource) const {
  const ResourceRow* row = state_->resources.Find({scenario, resource});
  return OrderOrNone(*state_, row == nullptr ? nullptr : state_->orders.Find(row->order));
}

std::vector<MovementState> Ledger::MovementsOf(schema::Scenario scenario,
                                               std::string_view key) const {
  std::vector<MovementState> movements;
  const OrderRow* order = state_->orders.Find({scenario, key});
  if (order == nullptr) return movements;
  for (Sequence sequence : order->movements) {
    movements.push_back(ViewMovement(*state_, *state_->movements.Find(sequence)));
  }
  return movements;
}

std::optional<MovementState> Ledger::FindMovement(std::string_view source,
                                                  std::string_view id) const {
  const IdentityRow* known = FindIdentity(*state_, source, id);
  if (known == nullptr || known->refused != Code::NONE) return std::nullopt;
  const MovementRow* row = state_->movements.Find(known->sequence);
  if (row == nullptr) return std::nullopt;
  return ViewMovement(*state_, *row);
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
  if (row == nullptr) return std::nullopt;
  return ParkingTariff{.cap = {row->cap, Currency{row->currency}},
                       .step_price = {row->step, Currency{row->currency}},
                       .step_minutes = row->step_minutes,
                       .free_minutes = row->free_minutes};
}

std::optional<SchemeInfo> Ledger::FindScheme(std::string_view scheme) const {
  const SchemeRow* row = state_->schemes.Find(scheme);
  if (row == nullptr) return std::nullopt;
  return SchemeInfo{.method = row->method, .pending_accounts = row->pending_accounts};
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
  State::ForEachPart(std::as_const(*state_), [&archive](const auto& part) { part.Write(archive); });
  return archive.Take();
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
  State::ForEachPart(*ledger.state_, [&archive](auto& part) { part.Read(archive); });
  if (!archive.AtEnd()) return Error{Code::CORRUPT, "snapshot", "not as it was written"};
  return ledger;
}

}  // namespace longmen::engine
