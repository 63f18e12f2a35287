// NullNode: everything that a node does with proposals but decide and keep them. What a server in
// front of it costs is what the door costs.
#pragma once

#include "adapters/node/node.h"

namespace longmen::bench {

std::unique_ptr<adapters::Node> MakeNullNode(std::string token, std::string source);

}  // namespace longmen::bench
