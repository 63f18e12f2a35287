#include "engine/rocks_history/partition.h"

#include <algorithm>
#include <cstring>

namespace longmen::engine {
namespace {

constexpr size_t kHalfBytes = 6;
constexpr size_t kProbes = 7;
constexpr uint64_t kRestMask = kNumberMax;

uint64_t Half(const char* at) {
  uint64_t value = 0;
  std::memcpy(&value, at, kHalfBytes);
  return value;
}

// Calls `probe(word, bit)` until it says false. Nine bits of the hash a probe, none of those that
// choose the block.
template <typename Probe>
bool ForEachProbe(uint64_t rest, Probe probe) {
  uint64_t bits = (rest ^ (rest >> 23)) * 0x2127599bf4325c37;
  for (size_t i = 0; i < kProbes; ++i, bits >>= 9) {
    if (!probe(bits >> 6 & 7, uint64_t{1} << (bits & 63))) return false;
  }
  return true;
}

}  // namespace

const Partition::Block& Partition::BlockOf(uint64_t rest) const {
  const uint64_t mixed = rest * 0x9e3779b97f4a7c15 >> 32;
  return filter_[mixed * blocks_ >> 32];
}

void Partition::Add(uint64_t rest) {
  Block& block = const_cast<Block&>(BlockOf(rest));
  ForEachProbe(rest, [&block](size_t word, uint64_t bit) {
    block.words[word] |= bit;
    return true;
  });
}

void Partition::AddAll(std::string_view entries) {
  for (size_t at = 0; at < entries.size(); at += kEntryBytes) Add(Half(entries.data() + at));
}

void Partition::Load(std::string_view page) {
  loaded_ = true;
  entries_ = static_cast<uint32_t>((page.size() + waiting_.size()) / kEntryBytes);
  const size_t wanted = entries_ + std::max<size_t>(1, entries_ / 4);
  blocks_ = static_cast<uint32_t>((wanted * kBitsPerEntry + 511) / 512);
  filter_ = std::make_unique<Block[]>(blocks_);
  AddAll(page);
  AddAll(waiting_);
}

void Partition::Put(uint64_t hash, uint64_t number) {
  const uint64_t rest = hash & kRestMask;
  char entry[kEntryBytes];
  std::memcpy(entry, &rest, kHalfBytes);
  std::memcpy(entry + kHalfBytes, &number, kHalfBytes);
  waiting_.append(entry, kEntryBytes);
  if (!loaded_) return;
  Add(rest);
  ++entries_;
}

bool Partition::MayHave(uint64_t hash) const {
  const uint64_t rest = hash & kRestMask;
  const Block& block = BlockOf(rest);
  return ForEachProbe(
      rest, [&block](size_t word, uint64_t bit) { return (block.words[word] & bit) != 0; });
}

void Partition::FindIn(std::string_view page, uint64_t hash, Numbers& numbers) {
  const uint64_t rest = hash & kRestMask;
  for (size_t at = 0; at < page.size(); at += kEntryBytes) {
    if (Half(page.data() + at) == rest) numbers.push_back(Half(page.data() + at + kHalfBytes));
  }
}

}  // namespace longmen::engine
