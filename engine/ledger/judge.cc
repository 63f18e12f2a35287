#include "engine/ledger/judge.h"

#include "engine/ledger/ticks.h"

namespace longmen::engine {
namespace {

Error Wrong(std::string field, std::string message) {
  return Error{Code::CORRUPT, std::move(field), std::move(message)};
}

bool SameBytes(Bytes a, Bytes b) { return AsText(a) == AsText(b); }

Status JudgeFirst(const RecordView& record, schema::Proposal::Reader proposal) {
  if (record.header.sequence != 1) return Wrong("registration.ledger", "not the first record");
  const auto ledger = proposal.getBody().getRegistration().getLedger();
  const ProposalBytes first =
      FirstRecord(View(proposal.getKey()), ledger.getUtcOffsetMinutes(), record.header.recorded_at);
  if (!SameBytes(first.bytes(), record.proposal)) {
    return Wrong("registration.ledger", "not as the engine writes it");
  }
  return Ok();
}

Status JudgeRefusal(schema::Proposal::Reader proposal) {
  const auto refusal = proposal.getBody().getRefusal();
  if (refusal.getTranslation()) {
    if (!proposal.hasSource() || !proposal.hasId()) {
      return Wrong("refusal.translation", "without the identity of the record");
    }
    return Ok();
  }
  const auto proposals = refusal.getProposals();
  if (proposals.size() == 0 || refusal.getIndex() >= proposals.size()) {
    return Wrong("refusal.index", "outside the refused group");
  }
  for (auto data : proposals) {
    const ProposalBytes bytes(Bytes(data.begin(), data.size()));
    if (auto canonical = CheckCanonical(bytes.bytes()); !canonical.ok()) return canonical;
    const ProposalReader reader(bytes.bytes());
    if (auto shape = CheckShape(reader.get()); !shape.ok()) return shape;
  }
  return Ok();
}

Status JudgeTick(const State& state, const RecordView& record) {
  const auto due = NextTick(state, record.header.recorded_at);
  if (!due || !SameBytes(due->bytes(), record.proposal)) {
    return Wrong("tick", "the engine would not have written this then");
  }
  return Ok();
}

}  // namespace

Status JudgeRecord(const State& state, const RecordView& record, const Opened& opened) {
  const auto proposal = opened.proposal;
  const auto body = proposal.getBody();
  if (body.isRefusal()) return JudgeRefusal(proposal);
  if (record.header.sequence == 1 || (body.isRegistration() && body.getRegistration().isLedger())) {
    if (!body.isRegistration() || !body.getRegistration().isLedger()) {
      return Wrong("registration.ledger", "the first record begins no ledger");
    }
    return JudgeFirst(record, proposal);
  }
  if (!proposal.hasSource()) return JudgeTick(state, record);
  if (auto shape = CheckShape(proposal); !shape.ok()) return shape;
  if (FindIdentity(state, opened) != nullptr) {
    return Wrong("id", "recorded before");
  }
  const Decision decision = Decide(Asked(state, opened, record.header.recorded_at));
  if (!decision.accepted()) {
    return Wrong(decision.field,
                 fmt::format("accepted, but the rules say {}", CodeName(decision.code)));
  }
  if (decision.exception != record.header.exception) {
    return Wrong("exception",
                 fmt::format("{} where the rules say {}", CodeName(record.header.exception),
                             CodeName(decision.exception)));
  }
  return Ok();
}

}  // namespace longmen::engine
