#include "projections/store/refused.h"

#include "events/codec/codec.h"

namespace longmen::projections {

void ForEachRefused(
    schema::Refusal::Reader refusal,
    const std::function<void(uint32_t index, schema::Proposal::Reader proposal)>& visit) {
  uint32_t index = 0;
  for (const auto bytes : refusal.getProposals()) {
    const ProposalBytes copy(Bytes{bytes.begin(), bytes.size()});  // at an aligned address
    if (CheckCanonical(copy.bytes()).ok()) visit(index, ProposalReader(copy.bytes()).get());
    ++index;
  }
}

}  // namespace longmen::projections
