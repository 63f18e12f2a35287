#include "replay/audit/redecider.h"

#include <algorithm>
#include <iterator>

namespace longmen::replay {
namespace {

Finding Differs(Sequence sequence, std::string place, std::string detail) {
  return {"decision_differs", sequence, std::move(place), std::move(detail)};
}

// Which part of the header differs first.
std::string HeaderDifference(const RecordHeader& log, const RecordHeader& made) {
  if (log.sequence != made.sequence) return "sequence";
  if (log.recorded_at != made.recorded_at) return "recordedAt";
  if (log.cycle != made.cycle) return "cycle";
  if (log.book_date != made.book_date) return "bookDate";
  if (log.exception != made.exception) return "exception";
  if (log.group_index != made.group_index || log.group_size != made.group_size) return "group";
  return log == made ? "" : "rulesVersion";
}

bool IsTick(schema::Proposal::Reader proposal) {
  return !proposal.hasSource() && !proposal.getBody().isRefusal();
}

bool IsLedger(schema::Proposal::Reader proposal) {
  return proposal.getBody().isRegistration() && proposal.getBody().getRegistration().isLedger();
}

std::string DescribeAnswer(std::span<const engine::Answer> answers) {
  if (answers.empty()) return "nothing";
  const engine::Answer& answer = answers.front();
  std::string text(AnswerKindName(answer.kind));
  if (answer.code != Code::NONE) text += " " + std::string(CodeName(answer.code));
  if (!answer.field.empty()) text += " at " + answer.field;
  return text;
}

std::optional<Finding> Compare(const RecordView& record, const engine::Emitted& made) {
  const std::string header = HeaderDifference(record.header, made.header);
  if (!header.empty()) {
    return Differs(record.header.sequence, header, "the header is not what the rules give");
  }
  if (AsText(record.proposal) != AsText(made.proposal.bytes())) {
    const auto field = FirstDifference(ProposalReader(record.proposal).get(),
                                       ProposalReader(made.proposal.bytes()).get());
    return Differs(record.header.sequence, field.value_or("proposal"),
                   "the record is not what the rules give");
  }
  return std::nullopt;
}

Finding Malformed(Sequence sequence, const Error& error) {
  return {"proposal_malformed", sequence, error.field, Describe(error)};
}

// A proposal from outside, as a door checks it.
Status CheckSound(const ProposalBytes& proposal) {
  RETURN_IF_ERROR(CheckCanonical(proposal.bytes()));
  return CheckShape(ReadCanonical(proposal.bytes()));
}

// As the engine looks ahead.
constexpr size_t kExpected = 8;

}  // namespace

std::optional<Finding> Redecider::Next(CheckedBlock& block, size_t index,
                                       std::vector<engine::Emitted>& decided) {
  const RecordView& record = block.view.records()[index];
  const Sequence sequence = record.header.sequence;
  if (index + kExpected < block.proposals.size()) {
    ledger_.Expect(block.proposals[index + kExpected]);
  }
  if (record.header.rules_version != engine::kRulesVersion) {
    return Finding{"rules_unknown", sequence, "rulesVersion",
                   fmt::format("recorded under rules {}; this program knows {}",
                               record.header.rules_version, engine::kRulesVersion)};
  }
  if (index >= block.proposals.size()) return Malformed(sequence, block.fault->error);
  const auto proposal = ReadCanonical(record.proposal);
  if (sequence == 1) {
    if (!IsLedger(proposal)) return Differs(1, "registration.ledger", "begins no ledger");
    const auto key = proposal.getKey();
    return Keep(
        record,
        ledger_.Begin({key.begin(), key.size()},
                      proposal.getBody().getRegistration().getLedger().getUtcOffsetMinutes(),
                      record.header.recorded_at),
        decided);
  }
  if (IsTick(proposal)) return NextTick(record, decided);
  if (record.header.group_index + 1 < record.header.group_size) return std::nullopt;
  return NextGroup(block, index, proposal, decided);
}

std::optional<Finding> Redecider::Keep(const RecordView& record, engine::Emitted made,
                                       std::vector<engine::Emitted>& decided) {
  auto finding = Compare(record, made);
  if (!finding) decided.push_back(std::move(made));
  return finding;
}

std::optional<Finding> Redecider::NextTick(const RecordView& record,
                                           std::vector<engine::Emitted>& decided) {
  // One at a time: after a crash the rest of what was due may have been written later.
  auto tick = ledger_.TickOnce(record.header.recorded_at);
  if (!tick) return Differs(record.header.sequence, "tick", "nothing was due then");
  return Keep(record, std::move(*tick), decided);
}

// The group that the record at `last` completes.
std::optional<Finding> Redecider::NextGroup(CheckedBlock& block, size_t last,
                                            schema::Proposal::Reader proposal,
                                            std::vector<engine::Emitted>& decided) {
  const size_t size = block.view.records()[last].header.group_size;
  const size_t first = last + 1 - size;
  const auto records = std::span(block.view.records()).subspan(first, size);
  const Sequence sequence = records.front().header.sequence;
  const bool refusal = proposal.getBody().isRefusal();
  std::vector<ProposalBytes> refused;
  if (refusal && !proposal.getBody().getRefusal().getTranslation()) {
    for (auto data : proposal.getBody().getRefusal().getProposals()) {
      refused.emplace_back(Bytes(data.begin(), data.size()));
    }
    ++refusals_remade_;
  }
  const auto due = ledger_.NextDue();
  if (due && *due <= records.front().header.recorded_at) {
    return Differs(sequence, "tick", "a record that was due before this is missing");
  }
  if (refusal) return DecideUnchecked(records, refused, decided);
  const auto group = std::span(block.proposals).subspan(first, size);
  if (size > 1) return DecideUnchecked(records, group, decided);
  if (block.fault && block.fault->record == last) return Malformed(sequence, block.fault->error);
  return Decide(records, group, decided);
}

std::optional<Finding> Redecider::DecideUnchecked(std::span<const RecordView> records,
                                                  std::span<ProposalBytes> group,
                                                  std::vector<engine::Emitted>& decided) {
  for (const ProposalBytes& proposal : group) {
    if (Status sound = CheckSound(proposal); !sound.ok()) {
      return Malformed(records.front().header.sequence, sound.error());
    }
  }
  return Decide(records, group, decided);
}

// An empty group: a translation's refusal, taken as it is.
std::optional<Finding> Redecider::Decide(std::span<const RecordView> records,
                                         std::span<ProposalBytes> group,
                                         std::vector<engine::Emitted>& decided) {
  const RecordHeader& header = records.front().header;
  const size_t before = decided.size();
  engine::Answers answers;
  if (group.empty()) {
    ++translations_taken_;
    engine::Decided taken =
        ledger_.RefuseTranslation(ProposalBytes(records.front().proposal), header.recorded_at);
    answers = std::move(taken.answers);
    std::ranges::move(taken.records, std::back_inserter(decided));
  } else {
    answers = ledger_.ProposeInto(group, header.recorded_at, decided);
  }
  const size_t made = decided.size() - before;
  if (made != records.size()) {
    decided.resize(before);
    return Differs(header.sequence, "records",
                   fmt::format("the log has {} where the rules give {} ({})", records.size(), made,
                               DescribeAnswer(answers)));
  }
  for (size_t i = 0; i < made; ++i) {
    if (auto finding = Compare(records[i], decided[before + i])) {
      decided.resize(before + i);
      finding->detail += "; the rules say: " + DescribeAnswer(answers);
      return finding;
    }
  }
  return std::nullopt;
}

}  // namespace longmen::replay
