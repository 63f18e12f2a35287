// The two secrets of a node: bearer tokens, of which only a hash is kept, and the key of the
// tokens that stand for personal facts.
#pragma once

#include <string>
#include <string_view>

#include "events/base/hash.h"
#include "events/base/result.h"

namespace longmen::adapters {

// 64 hexadecimal digits from the system's random source.
std::string NewToken();
Digest256 TokenHash(std::string_view token);

// DIR/keys/token.key, readable by the owner alone. A key has 64 characters.
Status WriteTokenKey(const std::string& directory, std::string_view key);
Result<std::string> ReadTokenKey(const std::string& directory);

}  // namespace longmen::adapters
