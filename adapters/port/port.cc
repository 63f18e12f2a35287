#include "adapters/port/port.h"

#include <fmt/format.h>

#include <utility>

namespace longmen::adapters {

Digest256 TokenOf(std::string_view kind, std::string_view fact, const Door& door) {
  return KeyedToken(AsBytes(door.token_key), AsBytes(fmt::format("{} {}", kind, fact)));
}

Translation::Translation(std::string source, const Record& record, schema::Scenario scenario)
    : source_(std::move(source)), record_(record), scenario_(scenario) {}

schema::Proposal::Builder Translation::Add() {
  CHECK(!refused_, "translation.add_after_refusal", record_.id);
  // A word is eight bytes. Most proposals need less: the builder clears its room first.
  constexpr unsigned kWords = 160;
  auto proposal = messages_.emplace_back(std::make_unique<capnp::MallocMessageBuilder>(kWords))
                      ->initRoot<schema::Proposal>();
  proposal.setSource(source_);
  proposal.setId(record_.id + "." + std::to_string(messages_.size() - 1));
  proposal.setOccurredAt(record_.occurred_at);
  proposal.setScenario(scenario_);
  if (messages_.size() == 1) {
    const Bytes evidence = AsBytes(record_.evidence);
    proposal.setOriginal(kj::arrayPtr(evidence.data(), evidence.size()));
  }
  return proposal;
}

void Translation::Refuse(Code code, std::string field, std::string key) {
  // What was built so far is dropped: a record is translated whole, or refused whole.
  messages_.clear();
  refused_ = false;
  auto proposal = Add();
  refused_ = true;
  if (!key.empty()) proposal.setKey(key);
  auto refusal = proposal.initBody().initRefusal();
  refusal.setCode(code);
  refusal.setTranslation(true);
  if (!field.empty()) refusal.setField(field);
}

Result<std::vector<ProposalBytes>> Translation::Finish() {
  if (messages_.empty()) return Error{Code::UNKNOWN_RECORD, "", "the scenario made nothing of it"};
  std::vector<ProposalBytes> group;
  for (const auto& message : messages_) {
    auto proposal = message->getRoot<schema::Proposal>().asReader();
    // A refusal is never proposed, so its shape is not one of CheckShape's; its texts were
    // checked when the record was read (ReadRecord).
    if (!refused_) RETURN_IF_ERROR(CheckShape(proposal));
    auto bytes = Canonicalize(proposal);
    if (!bytes) return bytes.error();
    group.push_back(*std::move(bytes));
  }
  return group;
}

}  // namespace longmen::adapters
