#include "engine/sequencer/conflicts.h"

#include "engine/log/record_block.h"

namespace longmen::engine {
namespace {

bool SameIdentity(schema::Proposal::Reader a, schema::Proposal::Reader b) {
  return a.getSource() == b.getSource() && a.getId() == b.getId();
}

// The difference to the stored record, or to the member of a stored refusal with that identity.
std::string DifferenceTo(schema::Proposal::Reader stored, schema::Proposal::Reader proposal) {
  if (SameIdentity(stored, proposal)) return FirstDifference(stored, proposal).value_or("");
  if (!stored.getBody().isRefusal()) return "";
  for (auto data : stored.getBody().getRefusal().getProposals()) {
    const ProposalBytes bytes(Bytes(data.begin(), data.size()));
    const ProposalReader reader(bytes.bytes());
    if (SameIdentity(reader.get(), proposal)) {
      return FirstDifference(reader.get(), proposal).value_or("");
    }
  }
  return "";
}

std::string NameOne(const LogReader& log, Sequence sequence, schema::Proposal::Reader proposal) {
  const auto block = RecordBlock::Read(log, sequence);
  if (!block.ok()) return "";
  const ProposalReader stored(block->record(sequence).proposal);
  return DifferenceTo(stored.get(), proposal);
}

}  // namespace

void CollectConflicts(const std::vector<ProposalBytes>& group, const Answers& answers, size_t job,
                      std::vector<Conflict>& conflicts) {
  for (size_t member = 0; member < group.size() && member < answers.size(); ++member) {
    if (answers[member].kind == AnswerKind::kConflict && answers[member].field.empty()) {
      conflicts.push_back({job, member, group[member]});
    }
  }
}

void NameConflicts(const LogReader& log, const std::vector<Conflict>& conflicts,
                   std::vector<Answers>& answers) {
  for (const Conflict& conflict : conflicts) {
    Answer& answer = answers[conflict.job][conflict.member];
    const ProposalReader reader(conflict.proposal.bytes());
    answer.field = NameOne(log, answer.sequence, reader.get());
  }
}

}  // namespace longmen::engine
