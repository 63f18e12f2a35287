#include "engine/ledger/ledger.h"

#include <set>

#include "engine/ledger/judge.h"
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
  state.last_sequence = mark.last_sequence;
  state.last_recorded_at = mark.last_recorded_at;
  state.max_late = mark.max_late;
}

Hash128 OriginalHash(schema::Proposal::Reader proposal) {
  if (!proposal.hasOriginal()) return {};
  const auto original = proposal.getOriginal();
  return Xxh3(Bytes(original.begin(), original.size()));
}

// What a record says of identities: its own, or all that a refusal holds.
struct Settled {
  Sequence sequence;
  Code refused = Code::NONE;
  std::string_view field = {};
  uint16_t index = 0;
};

void Remember(State& state, schema::Proposal::Reader proposal, const Hash128& content,
              const Settled& settled) {
  const auto source = state.source_names.Upsert(View(proposal.getSource()));
  const auto ref = state.ids.Upsert({source, View(proposal.getId())});
  IdentityRow& row = state.ids.Mutable(ref);
  row.sequence = settled.sequence;
  row.content = content;
  row.original = OriginalHash(proposal);
  row.refused = settled.refused;
  row.field = settled.field;
  row.index = settled.index;
}

void RememberIds(State& state, Bytes bytes, schema::Proposal::Reader proposal, Sequence sequence) {
  if (!proposal.getBody().isRefusal()) {
    if (proposal.hasId()) Remember(state, proposal, ContentHash(bytes), {sequence});
    return;
  }
  const auto refusal = proposal.getBody().getRefusal();
  Settled settled{sequence, refusal.getCode(), View(refusal.getField())};
  if (refusal.getTranslation()) {
    Remember(state, proposal, ContentHash(bytes), settled);
    return;
  }
  settled.index = static_cast<uint16_t>(refusal.getIndex());
  for (auto data : refusal.getProposals()) {
    const ProposalBytes member(Bytes(data.begin(), data.size()));
    Remember(state, ReadCanonical(member.bytes()), ContentHash(member.bytes()), settled);
  }
}

// Applies a proposal under a header; fills in the header's cycle.
void ApplyOne(State& state, RecordHeader& header, Bytes bytes, schema::Proposal::Reader proposal,
              Effects& effects) {
  effects.exception = header.exception;
  Change change(state, header, proposal, effects);
  Apply(change);
  RememberIds(state, bytes, proposal, header.sequence);
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

// Applies a proposal that was accepted, as the next record; built where it stays.
void Emit(State& state, ProposalBytes bytes, Nanos now, Code exception, size_t index, size_t size,
          std::vector<Emitted>& records) {
  Emitted& emitted = records.emplace_back();
  emitted.header = NextHeader(state, now);
  emitted.header.exception = exception;
  emitted.header.group_index = static_cast<uint16_t>(index);
  emitted.header.group_size = static_cast<uint16_t>(size);
  emitted.proposal = std::move(bytes);
  const Bytes own = emitted.proposal.bytes();
  ApplyOne(state, emitted.header, own, ReadCanonical(own), emitted.effects);
  const auto whole = CheckChange(state, emitted.effects, emitted.header);
  CHECK(whole.ok(), "ledger.invariant", emitted.header.sequence, whole.error().field,
        whole.error().message);
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
std::vector<Answer> CheckGroup(std::span<const ProposalBytes> group) {
  size_t bytes = 0;
  for (const ProposalBytes& proposal : group) bytes += proposal.bytes().size();
  if (group.size() > kGroupProposalsMax || bytes > kGroupBytesMax) {
    return std::vector<Answer>(group.size(), Invalid(Code::GROUP_TOO_LARGE, ""));
  }
  if (group.size() == 1) return {};
  std::set<std::pair<std::string_view, std::string_view>> identities;
  for (const ProposalBytes& proposal : group) {
    const auto read = ReadCanonical(proposal.bytes());
    if (!identities.emplace(View(read.getSource()), View(read.getId())).second) {
      return std::vector<Answer>(group.size(), Invalid(Code::DUPLICATE_IN_GROUP, "id"));
    }
  }
  return {};
}

// Identity: answers for every member where any is known, or none.
std::vector<Answer> AnswerKnown(const State& state, std::span<const ProposalBytes> group) {
  std::vector<Answer> answers;
  size_t known_members = 0;
  bool differs = false;
  for (size_t i = 0; i < group.size(); ++i) {
    const auto read = ReadCanonical(group[i].bytes());
    const IdentityRow* known = FindIdentity(state, View(read.getSource()), View(read.getId()));
    if (known == nullptr) continue;
    if (answers.empty())
      answers.resize(group.size(), {.kind = AnswerKind::kConflict, .field = "group"});
    ++known_members;
    if (known->content == ContentHash(group[i].bytes())) {
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

void TickInto(State& state, Nanos now, std::vector<Emitted>& records) {
  while (auto due = NextTick(state, now)) {
    Emit(state, std::move(*due), now, Code::NONE, 0, 1, records);
  }
}

std::vector<Answer> RefuseGroup(State& state, std::span<const ProposalBytes> group, size_t index,
                                const Decision& decision, Nanos now,
                                std::vector<Emitted>& records) {
  Emit(state, RefusalOf(group, index, decision, now), now, Code::NONE, 0, 1, records);
  return std::vector<Answer>(group.size(), Answer{.kind = AnswerKind::kRefused,
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

Ledger::Ledger() : state_(std::make_unique<State>()) {}
Ledger::~Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;

std::vector<Answer> Ledger::ProposeInto(std::span<ProposalBytes> group, Nanos clock,
                                        std::vector<Emitted>& records) {
  State& state = *state_;
  if (group.empty()) return {};
  if (auto faults = CheckGroup(group); !faults.empty()) return faults;
  if (auto known = AnswerKnown(state, group); !known.empty()) return known;

  const Nanos now = std::max(clock, state.last_recorded_at);
  TickInto(state, now, records);
  const Mark mark{state.last_sequence, state.last_recorded_at, state.max_late};
  const size_t before = records.size();
  const bool atomic = group.size() > 1;
  if (atomic) BeginGroup(state);
  std::vector<Answer> answers;
  answers.reserve(group.size());
  for (size_t i = 0; i < group.size(); ++i) {
    const Decision decision = Decide(Asked(state, ReadCanonical(group[i].bytes()), now));
    if (!decision.accepted()) {
      if (atomic) UndoGroup(state, mark);
      records.resize(before);
      return RefuseGroup(state, group, i, decision, now, records);
    }
    // A later member may yet be refused, and the refusal holds them all.
    ProposalBytes proposal = atomic ? group[i] : std::move(group[i]);
    Emit(state, std::move(proposal), now, decision.exception, i, group.size(), records);
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
  decided.answers = AnswerKnown(state, {&proposal, 1});
  if (!decided.answers.empty()) return decided;
  const Nanos now = std::max(clock, state.last_recorded_at);
  TickInto(state, now, decided.records);
  Emit(state, proposal, now, Code::NONE, 0, 1, decided.records);
  const auto read = ReadCanonical(proposal.bytes());
  decided.answers.push_back(
      FirstAnswer(*FindIdentity(state, View(read.getSource()), View(read.getId()))));
  return decided;
}

std::vector<Emitted> Ledger::Tick(Nanos clock) {
  std::vector<Emitted> records;
  TickInto(*state_, std::max(clock, state_->last_recorded_at), records);
  return records;
}

Emitted Ledger::Begin(std::string_view name, int utc_offset_minutes, Nanos now) {
  CHECK(state_->last_sequence == 0, "ledger.begin", state_->last_sequence);
  state_->utc_offset_minutes = static_cast<int16_t>(utc_offset_minutes);
  std::vector<Emitted> first;
  Emit(*state_, FirstRecord(name, utc_offset_minutes, now), now, Code::NONE, 0, 1, first);
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
  const auto proposal = ReadCanonical(record.proposal);
  if (auto fault = JudgeRecord(state, record, proposal); !fault.ok()) {
    return corrupt(fault.error().field, fault.error().message);
  }
  header.cycle = 0;
  Effects effects;
  ApplyOne(state, header, record.proposal, proposal, effects);
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
