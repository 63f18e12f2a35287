// longmen ingest --format: one ISO 20022 message into a ledger that no server has open, and its
// answer.
//
// A message that does not add up is refused whole, before anything of it is proposed; of a sound
// one every transaction is decided by itself. Loading it again changes nothing: what is there is a
// duplicate, and the answer says how things stand by then.
#pragma once

#include <string>
#include <vector>

#include "adapters/node/node.h"

namespace longmen::adapters::cli {

struct IngestMessageOptions {
  std::string directory;
  std::string file;  // "-": standard input
  std::string source;
  std::string format;
  std::string mapping;  // a file; empty: accounts are called what they are here
  std::string status;   // where the answer goes; empty: nowhere
  bool clock_follows_input = false;
  bool refusals_ok = false;
  bool json = false;
};

// "pain.001", "pacs.008" …
std::vector<std::string> MessageFormats();

int IngestMessage(const IngestMessageOptions& options);

// A mistyped name would be refused item by item, and every refusal remembered.
Status CheckSource(Node& node, const std::string& source);

}  // namespace longmen::adapters::cli
