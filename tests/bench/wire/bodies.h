// Proposals as bodies of the two doors, encoded before anything is timed.
#pragma once

#include <string>
#include <vector>

#include "events/codec/codec.h"

namespace longmen::bench {

std::string AsMessages(const std::vector<ProposalBytes>& proposals);
std::string AsLines(const std::vector<ProposalBytes>& proposals);

}  // namespace longmen::bench
