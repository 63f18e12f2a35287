#include "events/base/name.h"

#include <mutex>
#include <unordered_set>

namespace longmen {
namespace {

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// Never destroyed: other statics may still hold names when the process ends.
struct Kept {
  std::mutex mutex;
  std::unordered_set<std::string, TextHash, std::equal_to<>> texts;
};
Kept& KeptNames() {
  static auto* const kept = new Kept;
  return *kept;
}

}  // namespace

const std::string* Name::Empty() {
  static const auto* const empty = new std::string;
  return empty;
}

const std::string* Name::Keep(std::string_view text) {
  if (text.empty()) return Empty();
  Kept& kept = KeptNames();
  const std::lock_guard lock(kept.mutex);
  const auto found = kept.texts.find(text);
  return found != kept.texts.end() ? &*found : &*kept.texts.emplace(text).first;
}

}  // namespace longmen
