#include "adapters/port/ingest.h"

#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace longmen::adapters {
namespace {

using engine::Answer;
using engine::AnswerKind;
using engine::Answers;
using engine::KnownId;

std::string ProposalId(std::string_view record_id, size_t index) {
  return std::string(record_id) + "." + std::to_string(index);
}

Answer FirstAnswer(const KnownId& known) {
  if (known.refused == Code::NONE) return {AnswerKind::kDuplicate, known.sequence};
  return {AnswerKind::kRefused, known.sequence, known.refused, known.field, known.index};
}

// Members of one group follow each other in the log, or lie in one refusal. An id of the same
// form that somebody proposed by hand does neither.
bool SameGroup(const KnownId& first, const KnownId& member, size_t index) {
  if (member.refused != first.refused) return false;
  if (first.refused != Code::NONE) return member.sequence == first.sequence;
  return member.sequence == first.sequence + index;
}

}  // namespace

Answers FirstAnswers(const engine::LedgerView& ledger, std::string_view source,
                     std::string_view record_id) {
  Answers answers;
  std::optional<KnownId> first;
  for (size_t index = 0; index < engine::kGroupProposalsMax; ++index) {
    auto known = ledger.FindId(source, ProposalId(record_id, index));
    if (!known) break;
    if (index == 0) first = known;
    if (!SameGroup(*first, *known, index)) break;
    answers.push_back(FirstAnswer(*known));
  }
  return answers;
}

engine::Decided IngestRecord(engine::Ledger& ledger, const ScenarioAdapter& adapter,
                             const Record& record, std::string_view source, Nanos now) {
  engine::Decided decided;
  if (auto known = ledger.FindId(source, ProposalId(record.id, 0))) {
    if (known->original == Xxh3(AsBytes(record.evidence))) {
      decided.answers = FirstAnswers(ledger, source, record.id);
    } else {
      decided.answers.push_back(
          {.kind = AnswerKind::kConflict, .sequence = known->sequence, .field = "record"});
    }
    return decided;
  }

  // The translation must not see an order as open whose validity is over: what is due comes first.
  decided.records = ledger.Tick(now);
  Translation translation{std::string(source), record, adapter.scenario()};
  adapter.Translate(record, source, ledger, translation);
  auto group = translation.Finish();
  if (!group) {
    decided.answers.push_back(
        {.kind = AnswerKind::kInvalid, .code = group.error().code, .field = group.error().field});
    return decided;
  }
  engine::Decided last = translation.refused() ? ledger.RefuseTranslation(group->front(), now)
                                               : ledger.Propose(*group, now);
  decided.answers = std::move(last.answers);
  std::move(last.records.begin(), last.records.end(), std::back_inserter(decided.records));
  return decided;
}

}  // namespace longmen::adapters
