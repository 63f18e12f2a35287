#include "replay/audit/redecider.h"

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

std::string DescribeAnswer(const engine::Decided& decided) {
  if (decided.answers.empty()) return "nothing";
  const engine::Answer& answer = decided.answers.front();
  std::string text(AnswerKindName(answer.kind));
  if (answer.code != Code::NONE) text += " " + std::string(CodeName(answer.code));
  if (!answer.field.empty()) text += " at " + answer.field;
  return text;
}

}  // namespace

std::optional<Finding> Redecider::Next(const RecordView& record, const Visit& visit) {
  const Sequence sequence = record.header.sequence;
  if (record.header.rules_version != engine::kRulesVersion) {
    return Finding{"rules_unknown", sequence, "rulesVersion",
                   fmt::format("recorded under rules {}; this program knows {}",
                               record.header.rules_version, engine::kRulesVersion)};
  }
  if (Status canonical = CheckCanonical(record.proposal); !canonical.ok()) {
    return Finding{"proposal_malformed", sequence, canonical.error().field,
                   Describe(canonical.error())};
  }
  const ProposalReader reader(record.proposal);
  const auto proposal = reader.get();
  if (sequence == 1) {
    if (!IsLedger(proposal)) return Differs(1, "registration.ledger", "begins no ledger");
    const auto key = proposal.getKey();
    return Compare(
        record,
        ledger_.Begin({key.begin(), key.size()},
                      proposal.getBody().getRegistration().getLedger().getUtcOffsetMinutes(),
                      record.header.recorded_at),
        visit);
  }
  if (IsTick(proposal)) return NextTick(record, visit);

  group_.push_back(record);
  if (group_.size() < record.header.group_size) return std::nullopt;
  std::vector<ProposalBytes> group;
  if (!proposal.getBody().isRefusal()) {
    for (const RecordView& member : group_) group.emplace_back(member.proposal);
  } else if (!proposal.getBody().getRefusal().getTranslation()) {
    for (auto data : proposal.getBody().getRefusal().getProposals()) {
      group.emplace_back(Bytes(data.begin(), data.size()));
    }
    ++refusals_remade_;
  }
  return Decide(group, visit);
}

std::optional<Finding> Redecider::NextTick(const RecordView& record, const Visit& visit) {
  const Sequence sequence = record.header.sequence;
  if (ticks_seen_ == ticks_.size()) {
    ticks_ = ledger_.Tick(record.header.recorded_at);
    ticks_seen_ = 0;
    if (ticks_.empty()) return Differs(sequence, "tick", "nothing was due then");
  }
  return Compare(record, ticks_[ticks_seen_++], visit);
}

// Decides the group that group_ holds as records; empty: a translation's refusal, taken as it is.
std::optional<Finding> Redecider::Decide(const std::vector<ProposalBytes>& group,
                                         const Visit& visit) {
  const std::vector<RecordView> records = std::exchange(group_, {});
  const RecordView& first = records.front();
  if (ticks_seen_ != ticks_.size()) {
    return Differs(first.header.sequence, "tick", "a record that was due before this is missing");
  }
  for (const ProposalBytes& proposal : group) {
    Status sound = CheckCanonical(proposal.bytes());
    if (sound.ok()) sound = CheckShape(ProposalReader(proposal.bytes()).get());
    if (!sound.ok()) {
      return Finding{"proposal_malformed", first.header.sequence, sound.error().field,
                     Describe(sound.error())};
    }
  }
  if (group.empty()) ++translations_taken_;
  const engine::Decided decided =
      group.empty()
          ? ledger_.RefuseTranslation(ProposalBytes(first.proposal), first.header.recorded_at)
          : ledger_.Propose(group, first.header.recorded_at);
  if (decided.records.size() != records.size()) {
    return Differs(first.header.sequence, "records",
                   fmt::format("the log has {} where the rules give {} ({})", records.size(),
                               decided.records.size(), DescribeAnswer(decided)));
  }
  for (size_t i = 0; i < records.size(); ++i) {
    if (auto finding = Compare(records[i], decided.records[i], visit)) {
      finding->detail += "; the rules say: " + DescribeAnswer(decided);
      return finding;
    }
  }
  return std::nullopt;
}

std::optional<Finding> Redecider::Compare(const RecordView& record, const engine::Emitted& made,
                                          const Visit& visit) const {
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
  visit(record, made.effects);
  return std::nullopt;
}

}  // namespace longmen::replay
