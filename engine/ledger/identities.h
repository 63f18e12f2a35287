// What a record says of identities: of its own, or, a refusal, of all that it holds.
#pragma once

#include "engine/ledger/state.h"

namespace longmen::engine {

// As KnownId; texts of the record.
struct Told {
  std::string_view source;
  std::string_view id;
  Sequence sequence = 0;
  Hash128 content;
  Hash128 original;
  Code refused = Code::NONE;
  std::string_view field;
  uint16_t index = 0;
};

inline void FillIn(IdentityRow& row, const Told& told) {
  row.sequence = told.sequence;
  row.content = told.content;
  row.original = told.original;
  row.refused = told.refused;
  row.field = told.field;
  row.index = told.index;
}

// What a proposal that is no refusal says of its own.
inline Told ToldBy(std::string_view source, std::string_view id, schema::Proposal::Reader proposal,
                   Bytes bytes, Sequence sequence) {
  Told told{.source = source, .id = id, .sequence = sequence, .content = ContentHash(bytes)};
  if (proposal.hasOriginal()) {
    const auto original = proposal.getOriginal();
    told.original = Xxh3(Bytes(original.begin(), original.size()));
  }
  return told;
}

// Calls `visit(told)` for each.
template <typename Visit>
void ForEachIdentity(Bytes bytes, schema::Proposal::Reader proposal, Sequence sequence,
                     Visit visit) {
  const auto told_by = [sequence](schema::Proposal::Reader by, Bytes its) {
    return ToldBy(View(by.getSource()), View(by.getId()), by, its, sequence);
  };
  if (!proposal.getBody().isRefusal()) {
    if (proposal.hasId()) visit(told_by(proposal, bytes));
    return;
  }
  const auto refusal = proposal.getBody().getRefusal();
  const auto refused = [&refusal](Told told) {
    told.refused = refusal.getCode();
    told.field = View(refusal.getField());
    return told;
  };
  if (refusal.getTranslation()) {
    visit(refused(told_by(proposal, bytes)));
    return;
  }
  for (auto data : refusal.getProposals()) {
    const ProposalBytes member(Bytes(data.begin(), data.size()));
    Told told = refused(told_by(ReadCanonical(member.bytes()), member.bytes()));
    told.index = static_cast<uint16_t>(refusal.getIndex());
    visit(told);
  }
}

}  // namespace longmen::engine
