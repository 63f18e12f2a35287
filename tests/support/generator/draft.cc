#include "tests/support/generator/draft.h"

namespace longmen::generator {

Draft::Draft(const std::string& source, const std::string& id, Nanos occurred_at,
             const std::string& key, schema::Scenario scenario)
    : message_(std::make_unique<capnp::MallocMessageBuilder>()) {
  auto proposal = message_->initRoot<schema::Proposal>();
  LONGMEN_SET_TEXT(proposal, Source, source);
  LONGMEN_SET_TEXT(proposal, Id, id);
  LONGMEN_SET_TEXT(proposal, Key, key);
  proposal.setOccurredAt(occurred_at);
  proposal.setScenario(scenario);
}

ProposalBytes Draft::Finish() {
  const Status shape = CheckShape(root().asReader());
  CHECK(shape.ok(), "generator.shape", Describe(shape.error()), ToJson(root().asReader()));
  return Canonicalize(root().asReader()).value();
}

}  // namespace longmen::generator
