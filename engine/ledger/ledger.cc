#include "engine/ledger/ledger.h"

#include <set>

#include "engine/ledger/identities.h"
#include "engine/ledger/judge.h"
#include "engine/ledger/recall.h"
#include "engine/ledger/rules.h"
#include "engine/ledger/ticks.h"

namespace longmen::engine {
namespace {

// The scalars beside the tables, for undoing a group.
struct Mark {
  Sequence last_sequence;
  Nanos last_recorded_at;
  Nanos max_late;
};

void BeginGroup(State& state) {
  State::ForEachPart(state, [](auto& part) { part.Begin(); });
}
void CommitGroup(State& state) {
  State::ForEachPart(state, [](auto& part) { part.Commit(); });
}
void UndoGroup(State& state, const Mark& mark) {
  State::ForEachPart(state, [](auto& part) { part.Rollback(); });
  while (!state.aged.empty() && state.aged.back().at > mark.last_sequence) state.aged.pop_back();
  state.last_sequence = mark.last_sequence;
  state.last_recorded_at = mark.last_recorded_at;
  state.max_late = mark.max_late;
}

void Remember(State& state, Ref<IdentityRow> ref, const Told& told) {
  FillIn(state.ids.Mutable(ref), told);
  Age(state, Aged::Kind::kIdentity, ref, told.sequence);
}

void RememberIds(State& state, const Opened& opened, Sequence sequence) {
  if (!opened.proposal.getBody().isRefusal()) {
    if (opened.id().empty()) return;  // the engine's own
    // What is accepted was looked up, and was not there.
    const IdentifiedRow::Key key = opened.named.empty()
                                       ? IdentifiedRow::Key(NameSource(state, opened), opened.id())
                                       : opened.identity;
    Remember(state, state.ids.Insert(key),
             ToldBy(opened.source, opened.id(), opened.proposal, opened.bytes, sequence));
    return;
  }
  ForEachIdentity(opened.bytes, opened.proposal, sequence, [&](const Told& told) {
    const auto source = state.source_names.Upsert(told.source);
    Remember(state, state.ids.Upsert({source, told.id}), told);
  });
}

// Applies a proposal under a header; fills in the header's cycle.
void ApplyOne(State& state, RecordHeader& header, const Opened& opened, Effects& effects) {
  effects.exception = header.exception;
  if (state.keeps_superseded) KeepSuperseded(state, opened);
  Change change(state, header, opened, effects);
  Apply(change);
  RememberIds(state, opened, header.sequence);
  state.last_sequence = header.sequence;
  state.last_recorded_at = header.recorded_at;
}

RecordHeader NextHeader(const State& state, Nanos now) {
  RecordHeader header;
  header.sequence = state.last_sequence + 1;
  header.recorded_at = now;
  header.book_date = LocalDate(now, state.utc_offset_minutes);
  header.rules_version = kRulesVersion;
  return header;
}

// Applies a proposal that was accepted, as the next record; built where it stays. `opened` is of
// these bytes.
void Emit(State& state, ProposalBytes bytes, const Opened& opened, Nanos now, Code exception,
          size_t index, size_t size, std::vector<Emitted>& records) {
  Emitted& emitted = records.emplace_back();
  emitted.header = NextHeader(state, now);
  emitted.header.exception = exception;
  emitted.header.group_index = static_cast<uint16_t>(index);
  emitted.header.group_size = static_cast<uint16_t>(size);
  emitted.proposal = std::move(bytes);
  ApplyOne(state, emitted.header, opened, emitted.effects);
  const auto whole = CheckChange(state, emitted.effects, emitted.header);
  CHECK(whole.ok(), "ledger.invariant", emitted.header.sequence, whole.error().field,
        whole.error().message);
}

Answers Unavailable(std::span<const ProposalBytes> group, const Error& error) {
  return Answers(group.size(), Answer{.kind = AnswerKind::kUnavailable, .code = error.code});
}

Answer Invalid(Code code, std::string field) {
  return {.kind = AnswerKind::kInvalid, .code = code, .field = std::move(field)};
}

Answer FirstAnswer(const IdentityRow& known) {
  if (known.refused == Code::NONE) {
    return {.kind = AnswerKind::kDuplicate, .sequence = known.sequence};
  }
  return {.kind = AnswerKind::kRefused,
          .sequence = known.sequence,
          .code = known.refused,
          .field = std::string(known.field),
          .index = known.index};
}

// The faults of a group as a group; an answer for every member, or none.
Answers CheckGroup(std::span<const ProposalBytes> group) {
  size_t bytes = 0;
  for (const ProposalBytes& proposal : group) bytes += proposal.bytes().size();
  if (group.size() > kGroupProposalsMax || bytes > kGroupBytesMax) {
    return Answers(group.size(), Invalid(Code::GROUP_TOO_LARGE, ""));
  }
  if (group.size() == 1) return {};
  std::set<std::pair<std::string_view, std::string_view>> identities;
  for (const ProposalBytes& proposal : group) {
    const auto read = ReadCanonical(proposal.bytes());
    if (!identities.emplace(View(read.getSource()), View(read.getId())).second) {
      return Answers(group.size(), Invalid(Code::DUPLICATE_IN_GROUP, "id"));
    }
  }
  return {};
}

// Identity: answers for every member where any is known, or none.
Answers AnswersOfKnown(const State& state, std::span<const Opened> group) {
  Answers answers;
  size_t known_members = 0;
  bool differs = false;
  for (size_t i = 0; i < group.size(); ++i) {
    const IdentityRow* known = FindIdentity(state, group[i]);
    if (known == nullptr) continue;
    if (answers.empty())
      answers.resize(group.size(), {.kind = AnswerKind::kConflict, .field = "group"});
    ++known_members;
    if (known->content == ContentHash(group[i].bytes)) {
      answers[i] = FirstAnswer(*known);
    } else {
      answers[i] = {.kind = AnswerKind::kConflict, .sequence = known->sequence};
      differs = true;
    }
  }
  if (known_members == 0) return {};
  if (known_members == group.size() && !differs) return answers;
  for (Answer& answer : answers) {
    const bool own_conflict = answer.kind == AnswerKind::kConflict && answer.field.empty();
    if (!own_conflict) answer = {.kind = AnswerKind::kConflict, .field = "group"};
  }
  return answers;
}

// False: nothing is due at `now`.
bool TickOnceInto(State& state, Nanos now, std::vector<Emitted>& records) {
  auto due = NextTick(state, now);
  if (!due) return false;
  const Opened opened(state, due->bytes());
  Emit(state, std::move(*due), opened, now, Code::NONE, 0, 1, records);
  return true;
}

Answers RefuseGroup(State& state, std::span<const ProposalBytes> group, size_t index,
                    const Decision& decision, Nanos now, std::vector<Emitted>& records) {
  ProposalBytes refusal = RefusalOf(group, index, decision, now);
  const Opened opened(state, refusal.bytes());
  Emit(state, std::move(refusal), opened, now, Code::NONE, 0, 1, records);
  return Answers(group.size(), Answer{.kind = AnswerKind::kRefused,
                                      .sequence = state.last_sequence,
                                      .code = decision.code,
                                      .field = decision.field,
                                      .index = static_cast<uint16_t>(index)});
}

}  // namespace

std::string_view AnswerKindName(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::kAccepted:
      return "accepted";
    case AnswerKind::kDuplicate:
      return "duplicate";
    case AnswerKind::kConflict:
      return "conflict";
    case AnswerKind::kRefused:
      return "refused";
    case AnswerKind::kInvalid:
      return "invalid";
    case AnswerKind::kUnavailable:
      return "unavailable";
  }
  return "unavailable";
}

Ledger::Ledger(Sequence window) : state_(std::make_unique<State>()) { state_->window = window; }
Ledger::~Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;

void Ledger::Attach(History& history) {
  CHECK(history.window() == state_->window, "ledger.window", history.window());
  history_ = &history;
}

void Ledger::PutAway(size_t most) {
  if (history_ != nullptr && !in_group_) engine::PutAway(*state_, *history_, most);
}

void Ledger::KeepForComparing() { state_->keeps_superseded = true; }

Status Ledger::Compare(History& history) const {
  CHECK(history_ == nullptr && history.window() == state_->window, "ledger.compare");
  return CompareHistory(*state_, history);
}

Sequence Ledger::window() const { return state_->window; }
Sequence Ledger::OldThrough() const { return state_->OldThrough(); }

void Ledger::Expect(const ProposalBytes& proposal) const {
  engine::Expect(*state_, history_, Opened(*state_, proposal.bytes()));
}

Result<Answers> Ledger::AnswerKnown(std::span<const Opened> group) {
  auto known = AnswersOfKnown(*state_, group);
  // One that is known here is answered; of several, others may be known to the history.
  if (history_ == nullptr || (group.size() == 1 && !known.empty())) return known;
  bool came = false;
  for (const Opened& member : group) {
    const bool here = group.size() > 1 && FindIdentity(*state_, member) != nullptr;
    came |= !here && WarmIdentity(*state_, *history_, member);
  }
  RETURN_IF_ERROR(history_->status());
  return came ? AnswersOfKnown(*state_, group) : std::move(known);
}

Status Ledger::WarmFor(const Opened& proposal, Sequence settled) {
  if (history_ == nullptr) return Ok();
  WarmSubject(*state_, *history_, settled, proposal);
  return history_->status();
}

void Ledger::TickInto(Nanos now, std::vector<Emitted>& records) {
  while (TickOnceInto(*state_, now, records)) {
    if (take_ticks_ && records.size() >= kTicksAtOnce) take_ticks_(records);
  }
}

Answers Ledger::ProposeInto(std::span<ProposalBytes> group, Nanos clock,
                            std::vector<Emitted>& records) {
  State& state = *state_;
  if (group.empty()) return {};
  if (auto faults = CheckGroup(group); !faults.empty()) return faults;
  FewOf<Opened, 1> opened;
  for (const ProposalBytes& proposal : group) opened.emplace_back(state, proposal.bytes());
  auto known = AnswerKnown(opened);
  if (!known.ok()) return Unavailable(group, known.error());
  if (!known->empty()) return std::move(*known);

  const Nanos now = std::max(clock, state.last_recorded_at);
  TickInto(now, records);
  const Mark mark{state.last_sequence, state.last_recorded_at, state.max_late};
  const size_t before = records.size();
  const bool atomic = group.size() > 1;
  if (atomic) BeginGroup(state);
  Answers answers;
  answers.reserve(group.size());
  for (size_t i = 0; i < group.size(); ++i) {
    if (auto fault = WarmFor(opened[i], mark.last_sequence); !fault.ok()) {
      if (atomic) UndoGroup(state, mark);
      records.resize(before);
      return Unavailable(group, fault.error());
    }
    const Decision decision = Decide(Asked(state, opened[i], now));
    if (!decision.accepted()) {
      if (atomic) UndoGroup(state, mark);
      records.resize(before);
      return RefuseGroup(state, group, i, decision, now, records);
    }
    // A later member may yet be refused, and the refusal holds them all.
    ProposalBytes bytes = atomic ? group[i] : std::move(group[i]);
    Emit(state, std::move(bytes), opened[i], now, decision.exception, i, group.size(), records);
    answers.push_back({.kind = AnswerKind::kAccepted,
                       .sequence = state.last_sequence,
                       .exception = decision.exception});
  }
  if (atomic) CommitGroup(state);
  return answers;
}

Decided Ledger::Propose(std::span<const ProposalBytes> group, Nanos clock) {
  std::vector<ProposalBytes> own(group.begin(), group.end());
  Decided decided;
  decided.answers = ProposeInto(own, clock, decided.records);
  return decided;
}

Decided Ledger::RefuseTranslation(const ProposalBytes& proposal, Nanos clock) {
  State& state = *state_;
  Decided decided;
  const Opened opened(state, proposal.bytes());
  auto known = AnswerKnown({&opened, 1});
  decided.answers = known.ok() ? std::move(*known) : Unavailable({&proposal, 1}, known.error());
  if (!decided.answers.empty()) return decided;
  const Nanos now = std::max(clock, state.last_recorded_at);
  TickInto(now, decided.records);
  Emit(state, proposal, opened, now, Code::NONE, 0, 1, decided.records);
  decided.answers.push_back(FirstAnswer(*FindIdentity(state, opened.source, opened.id())));
  return decided;
}

std::vector<Emitted> Ledger::Tick(Nanos clock) {
  std::vector<Emitted> records;
  TickInto(std::max(clock, state_->last_recorded_at), records);
  return records;
}

std::optional<Emitted> Ledger::TickOnce(Nanos clock) {
  std::vector<Emitted> records;
  if (!TickOnceInto(*state_, std::max(clock, state_->last_recorded_at), records)) {
    return std::nullopt;
  }
  return std::move(records.front());
}

Emitted Ledger::Begin(std::string_view name, int utc_offset_minutes, Nanos now) {
  CHECK(state_->last_sequence == 0, "ledger.begin", state_->last_sequence);
  state_->utc_offset_minutes = static_cast<int16_t>(utc_offset_minutes);
  std::vector<Emitted> first;
  ProposalBytes record = FirstRecord(name, utc_offset_minutes, now);
  const Opened opened(*state_, record.bytes());
  Emit(*state_, std::move(record), opened, now, Code::NONE, 0, 1, first);
  return std::move(first.front());
}

Result<Effects> Ledger::Apply(const RecordView& record) {
  State& state = *state_;
  RecordHeader header = record.header;
  const auto corrupt = [&header](std::string field, std::string message) {
    return Error{Code::CORRUPT, std::move(field),
                 fmt::format("sequence {}: {}", header.sequence, message)};
  };
  if (header.sequence != state.last_sequence + 1) {
    return corrupt("sequence", fmt::format("cannot follow {}", state.last_sequence));
  }
  if (header.rules_version != kRulesVersion) {
    return corrupt("rulesVersion", fmt::format("unknown version {}", header.rules_version));
  }
  if (header.recorded_at < state.last_recorded_at) {
    return corrupt("recordedAt", "earlier than the record before");
  }
  RETURN_IF_ERROR(CheckCanonical(record.proposal));
  const Opened opened(state, record.proposal);
  if (history_ != nullptr && !opened.source.empty()) {
    WarmDecided(state, *history_, opened);
    RETURN_IF_ERROR(history_->status());
  }
  if (auto fault = JudgeRecord(state, record, opened); !fault.ok()) {
    return corrupt(fault.error().field, fault.error().message);
  }
  header.cycle = 0;
  Effects effects;
  ApplyOne(state, header, opened, effects);
  in_group_ = header.group_index + 1 < header.group_size;
  if (header.cycle != record.header.cycle) {
    return corrupt("cycle",
                   fmt::format("{} where the rules give {}", record.header.cycle, header.cycle));
  }
  RETURN_IF_ERROR(CheckChange(state, effects, header));
  return effects;
}

Nanos Ledger::last_recorded_at() const { return state_->last_recorded_at; }
std::optional<Nanos> Ledger::NextDue() const { return NextDueAt(*state_); }
Status Ledger::CheckInvariants() const { return CheckState(*state_); }

}  // namespace longmen::engine
