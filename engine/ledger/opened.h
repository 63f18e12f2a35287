// Opened: a proposal read in place, with what is looked at first in every one: read and hashed
// once for all who look it up.
#pragma once

#include "engine/ledger/state.h"

namespace longmen::engine {

// Texts are the proposal's own, whose bytes stay where they are.
struct Opened {
  Opened(const State& state, Bytes canonical) : Opened(state, canonical, ReadNames(canonical)) {}

  std::string_view id() const { return identity.id; }
  std::string_view key() const { return order.name; }
  schema::Scenario scenario() const { return order.scenario; }

  Bytes bytes;
  schema::Proposal::Reader proposal;
  std::string_view source;
  Ref<SourceNameRow> named;     // empty: nothing was recorded of the source when it was opened
  IdentifiedRow::Key identity;  // where `named` is not empty
  ScopedRow::Key order;         // scenario and key, whether there is such an order or not

 private:
  Opened(const State& state, Bytes canonical, const ProposalNames& names)
      : bytes(canonical),
        proposal(ReadCanonical(canonical)),
        source(names.source),
        named(state.source_names.RefOf(source)),
        identity(named, names.id),
        order(proposal.getScenario(), names.key) {}
};

// The name of its source, which is recorded from now on.
inline Ref<SourceNameRow> NameSource(State& state, const Opened& opened) {
  return opened.named.empty() ? state.source_names.Upsert(opened.source) : opened.named;
}

// What is known of its identity; null: nothing.
inline const IdentityRow* FindIdentity(const State& state, const Opened& opened) {
  return opened.named.empty() ? nullptr : state.ids.Find(opened.identity);
}

}  // namespace longmen::engine
