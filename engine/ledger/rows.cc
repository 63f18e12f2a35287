#include "engine/ledger/rows.h"

#include "events/base/hash.h"
#include "events/base/seed.h"

namespace longmen::engine {
namespace {

const uint64_t kSeed = NewSeed();

}  // namespace

uint32_t HashText(std::string_view text, uint64_t salt) {
  return static_cast<uint32_t>(Xxh3Seeded(AsBytes(text), kSeed ^ salt));
}

uint32_t HashNumbers(uint64_t a, uint64_t b, uint64_t c) {
  uint64_t mixed = kSeed;
  for (const uint64_t number : {a, b, c}) {
    mixed = (mixed ^ number) * 0x9e3779b97f4a7c15;
    mixed ^= mixed >> 32;
  }
  return static_cast<uint32_t>(mixed);
}

}  // namespace longmen::engine
