// Ledger: the rules over the state. Pure: no clock, no I/O, no randomness, one thread.
//
// It takes groups of canonical proposals and a time, and gives back the records to append (ticks
// first), what each did, and the answers. Feeding it the same groups at the same times gives the
// same records byte for byte: that is how replay re-decides.
//
// docs/rules.md is the published order of checks; decide.cc is its ladder.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/ledger/answer.h"
#include "engine/ledger/history.h"
#include "engine/ledger/view.h"
#include "events/codec/codec.h"
#include "events/effects/effects.h"

namespace longmen::engine {

inline constexpr uint16_t kRulesVersion = 1;
inline constexpr size_t kGroupProposalsMax = 1'000;
// A refused group is recorded whole, so it must fit one leaf.
inline constexpr size_t kGroupBytesMax = 60'000;

// A record that was decided, and what it did.
struct Emitted {
  RecordHeader header;
  ProposalBytes proposal;
  Effects effects;
};

struct Decided {
  Answers answers;               // one a proposal of the group, in order
  std::vector<Emitted> records;  // to append, in order; empty for duplicates and conflicts
};

struct State;
struct Opened;
// What is settled stays in memory for so many records at least, and about twice as many at most.
inline constexpr Sequence kWindowRecords = 32'768;
inline constexpr size_t kTicksAtOnce = 4'096;

class Ledger : public LedgerView {
 public:
  explicit Ledger(Sequence window = kWindowRecords);
  ~Ledger() override;
  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;

  // From now on what is not in memory is looked for there; it has the same window and outlives the
  // ledger. Without one all stays in memory.
  void Attach(History& history);
  // Moves what is old into the history; looks at `most` rows at most. All records up to
  // OldThrough() are durable. Nothing where the records of a group are still to be applied.
  void PutAway(size_t most);
  Sequence window() const;
  // What was settled by records up to this one is old, and in no snapshot.
  Sequence OldThrough() const;

  // Says that a proposal will be decided a few decisions on.
  void Expect(const ProposalBytes& proposal) const;

  // Decides one group at `now` (or at the last record's time, if that is later). Proposals have
  // the right shape (CheckShape); all of them are accepted, or none. A group of one is not a
  // group. `conflict` answers name no field: whoever has the log fills it in (FirstDifference).
  Decided Propose(std::span<const ProposalBytes> group, Nanos now);
  // The same for whoever keeps the records of many groups together: they are built at the end of
  // `records`, and a single proposal that is accepted is moved out of `group`.
  Answers ProposeInto(std::span<ProposalBytes> group, Nanos now, std::vector<Emitted>& records);

  // Records the refusal of a scenario record by its translation. `proposal` is a refusal body
  // with translation set, under the record's identity.
  Decided RefuseTranslation(const ProposalBytes& proposal, Nanos now);

  // Writes what is due at `now` and nothing else: all of it, or the next alone.
  std::vector<Emitted> Tick(Nanos now);
  std::optional<Emitted> TickOnce(Nanos now);
  // Millions may fall due at one instant. From now on whoever has the records of a decision is
  // given its ticks kTicksAtOnce at a time, to take them out of the list; each is a group of its
  // own.
  using TakeTicks = std::function<void(std::vector<Emitted>& ticks)>;
  void HandOverTicks(TakeTicks take) { take_ticks_ = std::move(take); }

  // The first record of a log. CHECKs that the ledger is empty.
  Emitted Begin(std::string_view name, int utc_offset_minutes, Nanos now);

  // Applies the next record of a log (roll-forward, replay). `corrupt` where it cannot be: another
  // sequence or cycle, an unknown rules version, a proposal the rules would have refused, a tick
  // that was not due. Whether what was refused had to be is the auditor's to find, by Propose.
  Result<Effects> Apply(const RecordView& record);

  // Holds a history against this ledger, which has all in memory and was told at the beginning to
  // keep what that takes. Error corrupt: the first difference, its place in `field`.
  Status Compare(History& history) const;
  void KeepForComparing();

  // SHA-256 of the whole state in a canonical order.
  Digest256 StateDigest() const;
  // Every invariant over the whole state; the first that does not hold. Once something was put
  // away, those that sum over all of history are left out.
  Status CheckInvariants() const;

  // The state as bytes, without what is old, and back. Not a format for ever: a snapshot of another
  // build is refused (corrupt) and the log is replayed instead.
  std::vector<uint8_t> Save() const;
  static Result<Ledger> Load(Bytes bytes);

  Nanos last_recorded_at() const;
  // The earliest instant at which something falls due; none: never.
  std::optional<Nanos> NextDue() const;

  // All accounts, by name: for digests, tests and opening a query.
  std::vector<AccountState> Accounts() const;

  // LedgerView.
  Sequence last_sequence() const override;
  std::optional<KnownId> FindId(std::string_view source, std::string_view id) const override;
  std::optional<OrderState> FindOrder(schema::Scenario scenario,
                                      std::string_view key) const override;
  std::optional<OrderState> FindOrderHolding(schema::Scenario scenario,
                                             std::string_view resource) const override;
  std::vector<MovementState> MovementsOf(schema::Scenario scenario,
                                         std::string_view key) const override;
  std::optional<MovementState> FindMovement(std::string_view source,
                                            std::string_view id) const override;
  std::optional<AccountState> FindAccount(std::string_view account) const override;
  bool HasSource(std::string_view source) const override;
  bool HasParticipant(std::string_view participant) const override;
  std::optional<ParkingTariff> FindParkingTariff(std::string_view tariff) const override;
  const FareTable* FindFareTable(std::string_view tariff) const override;
  std::optional<MandateState> FindMandate(std::string_view mandate) const override;
  Code ObjectionToPayer(std::string_view account, int64_t minor, Nanos occurred_at) const override;
  Code ObjectionOfMandate(schema::Scenario scenario, std::string_view key,
                          Nanos occurred_at) const override;
  std::optional<SchemeInfo> FindScheme(std::string_view scheme) const override;
  bool IsClearedBy(std::string_view scheme, std::string_view from_account,
                   std::string_view to_account) const override;
  const Calendar* FindCalendar(std::string_view calendar) const override;
  const RiskPolicy* FindRiskPolicy(std::string_view policy) const override;
  std::optional<CycleState> FindCycle(std::string_view name) const override;
  std::optional<CycleState> FindOpenCycle(std::string_view scheme) const override;
  std::optional<std::string> FindSourceByToken(const Digest256& token_hash) const override;

 private:
  // For every member, where any is known; else empty. An error of the history.
  Result<Answers> AnswerKnown(std::span<const Opened> group);
  Status WarmFor(const Opened& proposal, Sequence settled);
  void TickInto(Nanos now, std::vector<Emitted>& records);

  std::unique_ptr<State> state_;
  History* history_ = nullptr;
  TakeTicks take_ticks_;
  bool in_group_ = false;  // what was applied last is not the last of its group
};

}  // namespace longmen::engine
