#include "engine/rocks_history/partition.h"

#include <algorithm>
#include <cstring>

namespace longmen::engine {
namespace {

constexpr size_t kHalfBytes = 6;
constexpr size_t kEntryBytes = 2 * kHalfBytes;
// A filter has room for so many entries at least, and doubles up to so many: each growing reads all
// pages.
constexpr size_t kEntriesMin = 500;
constexpr size_t kEntriesDoubled = 4'000;

uint64_t RestOf(uint64_t hash) { return hash & kNumberMax; }

uint64_t Half(const char* at) {
  uint64_t value = 0;
  std::memcpy(&value, at, kHalfBytes);
  return value;
}

// One bit a word of the block: six bits of the hash each, mixed so that they are not those that
// choose the block.
uint64_t BitsOf(uint64_t rest) { return (rest ^ (rest >> 23)) * 0x2127599bf4325c37 >> 16; }

}  // namespace

Partition::Block& Partition::BlockOf(uint64_t rest) const {
  const uint64_t mixed = rest * 0x9e3779b97f4a7c15 >> 32;
  return filter_[mixed * blocks_ >> 32];
}

void Partition::Add(uint64_t rest) {
  Block& block = BlockOf(rest);
  uint64_t bits = BitsOf(rest);
  for (uint64_t& word : block.words) {
    word |= uint64_t{1} << (bits & 63);
    bits >>= 6;
  }
}

bool Partition::MayHave(uint64_t hash) const {
  const Block& block = BlockOf(RestOf(hash));
  uint64_t bits = BitsOf(RestOf(hash));
  uint64_t all = 1;
  for (const uint64_t word : block.words) {
    all &= word >> (bits & 63);
    bits >>= 6;
  }
  return (all & 1) != 0;
}

void Partition::PrefetchFilter(uint64_t hash) const {
  if (loaded_) __builtin_prefetch(&BlockOf(RestOf(hash)), 1);
}

void Partition::PrefetchPut(uint64_t hash) const {
  PrefetchFilter(hash);
  __builtin_prefetch(waiting_.data() + waiting_.size(), 1);
}

void Partition::Load(const std::array<Page, kPagesOfAPartition>& pages) {
  loaded_ = true;
  size_t entries = waiting_.size();
  for (const Page& page : pages) entries += page.size() / kEntryBytes;
  entries_ = static_cast<uint32_t>(entries);
  const size_t wanted =
      std::max({kEntriesMin, std::min(2 * entries, kEntriesDoubled), entries + entries / 4});
  blocks_ = static_cast<uint32_t>((wanted * kBitsPerEntry + 511) / 512);
  filter_ = std::make_unique<Block[]>(blocks_);
  for (const Page& page : pages) {
    for (size_t at = 0; at < page.size(); at += kEntryBytes) Add(Half(page.data() + at));
  }
  for (const Entry& entry : waiting_) Add(RestOf(entry.hash));
}

void Partition::Put(uint64_t hash, uint64_t number) {
  waiting_.push_back({hash, number});
  if (!loaded_) return;
  Add(RestOf(hash));
  ++entries_;
}

void Partition::FindWaiting(uint64_t hash, Numbers& numbers) const {
  for (const Entry& entry : waiting_) {
    if (entry.hash == hash) numbers.push_back(entry.number);
  }
}

std::vector<Entry> Partition::TakeWaiting() {
  std::vector<Entry> taken;
  taken.reserve(waiting_.size());  // as many will wait again
  taken.swap(waiting_);
  return taken;
}

void AppendTo(std::array<Page, kPagesOfAPartition>& pages, const std::vector<Entry>& entries) {
  for (const Entry& entry : entries) {
    char bytes[kEntryBytes];
    const uint64_t rest = RestOf(entry.hash);
    std::memcpy(bytes, &rest, kHalfBytes);
    std::memcpy(bytes + kHalfBytes, &entry.number, kHalfBytes);
    pages[PageOf(entry.hash) % kPagesOfAPartition].append(bytes, kEntryBytes);
  }
}

void FindInPage(std::string_view page, uint64_t hash, Numbers& numbers) {
  const uint64_t rest = RestOf(hash);
  for (size_t at = 0; at < page.size(); at += kEntryBytes) {
    if (Half(page.data() + at) == rest) numbers.push_back(Half(page.data() + at + kHalfBytes));
  }
}

}  // namespace longmen::engine
