#include "tests/bench/wire/bodies.h"

namespace longmen::bench {

std::string AsMessages(const std::vector<ProposalBytes>& proposals) {
  std::string body;
  for (const ProposalBytes& proposal : proposals) {
    const Bytes bytes = proposal.bytes();
    const uint32_t table[2] = {0, static_cast<uint32_t>(bytes.size() / sizeof(uint64_t))};
    body.append(reinterpret_cast<const char*>(table), sizeof table);
    body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  return body;
}

std::string AsLines(const std::vector<ProposalBytes>& proposals) {
  std::string body;
  for (const ProposalBytes& proposal : proposals) {
    body += ToJson(ProposalReader(proposal.bytes()).get());
    body += '\n';
  }
  return body;
}

}  // namespace longmen::bench
