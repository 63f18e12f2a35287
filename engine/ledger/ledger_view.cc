// What may be asked of a ledger, and its state as bytes.
#include <algorithm>

#include "engine/ledger/ledger.h"
#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

// "LMS" and a number that grows with every change of the rows in state.h.
constexpr uint64_t kSnapshotFormat = 0x4c4d530000000001;

std::optional<OrderState> OrderOrNone(const OrderRow* row) {
  return row == nullptr ? std::nullopt : std::optional(ViewOrder(*row));
}

}  // namespace

Sequence Ledger::last_sequence() const { return state_->last_sequence; }

std::optional<KnownId> Ledger::FindId(std::string_view source, std::string_view id) const {
  const KnownIdRow* row = state_->ids.Find(IdentityId(source, id));
  return row == nullptr ? std::nullopt : std::optional<KnownId>(*row);
}

std::optional<OrderState> Ledger::FindOrder(schema::Scenario scenario, std::string_view key) const {
  return OrderOrNone(state_->orders.Find(OrderId(scenario, key)));
}

std::optional<OrderState> Ledger::FindOrderHolding(schema::Scenario scenario,
                                                   std::string_view resource) const {
  const NameRow* holder = state_->resources.Find(ResourceId(scenario, resource));
  return holder == nullptr ? std::nullopt : OrderOrNone(state_->orders.Find(holder->name));
}

std::vector<MovementState> Ledger::MovementsOf(schema::Scenario scenario,
                                               std::string_view key) const {
  std::vector<MovementState> movements;
  const OrderRow* order = state_->orders.Find(OrderId(scenario, key));
  if (order == nullptr) return movements;
  for (Sequence sequence : order->movements) {
    movements.push_back(ViewMovement(*state_, sequence, *state_->movements.Find(sequence)));
  }
  return movements;
}

std::optional<MovementState> Ledger::FindMovement(std::string_view source,
                                                  std::string_view id) const {
  const KnownIdRow* known = state_->ids.Find(IdentityId(source, id));
  if (known == nullptr || known->refused != Code::NONE) return std::nullopt;
  const MovementRow* row = state_->movements.Find(known->sequence);
  if (row == nullptr) return std::nullopt;
  return ViewMovement(*state_, known->sequence, *row);
}

std::optional<AccountState> Ledger::FindAccount(std::string_view account) const {
  const AccountRow* row = state_->accounts.Find(account);
  if (row == nullptr) return std::nullopt;
  return ViewAccount(std::string(account), *row);
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
  const SequenceRow* named = state_->cycle_names.Find(name);
  if (named == nullptr) return std::nullopt;
  return ViewCycle(named->sequence, *state_->cycles.Find(named->sequence));
}

std::optional<CycleState> Ledger::FindOpenCycle(std::string_view scheme) const {
  const SchemeRow* row = state_->schemes.Find(scheme);
  if (row == nullptr || row->open_cycle == 0) return std::nullopt;
  return ViewCycle(row->open_cycle, *state_->cycles.Find(row->open_cycle));
}

std::optional<std::string> Ledger::FindSourceByToken(const Digest256& token_hash) const {
  const NameRow* row = state_->tokens.Find(AsText(token_hash));
  if (row == nullptr) return std::nullopt;
  return row->name;
}

std::vector<AccountState> Ledger::Accounts() const {
  std::vector<AccountState> accounts;
  for (const auto* row : state_->accounts.Sorted()) {
    accounts.push_back(ViewAccount(row->first, row->second));
  }
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
