// One part of the index of a history, by the first bits of the hash: what waits to be written, and
// a filter over all of it. On disk a part is several pages, by more bits, so that reading one stays
// cheap; in memory parts are few, so that they stay in the processor's caches.
//
// Entries of a page are 12 bytes, little-endian: 48 bits of the hash (the first 16 are the page's
// number), then a number of 48 bits. They stand in the order in which they were put.
//
// The filter is a Bloom filter of 64-byte blocks, at least 12 bits an entry, so that a look for
// what is not there takes one cache line and finds something in about one of 200 cases. It grows
// from all entries; once it is large by a quarter, so that it stays near that.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger/history.h"

namespace longmen::engine {

inline constexpr size_t kPartitions = 1u << 12;
inline constexpr size_t kPagesOfAPartition = 1u << 4;
inline constexpr size_t kPages = kPartitions * kPagesOfAPartition;
inline constexpr uint64_t kNumberMax = (uint64_t{1} << 48) - 1;

inline size_t PageOf(uint64_t hash) { return hash >> 48; }
inline size_t PartitionOf(uint64_t hash) { return PageOf(hash) / kPagesOfAPartition; }

// The bytes of entries.
using Page = std::string;
// Appends the numbers that a page has under the hash.
void FindInPage(std::string_view page, uint64_t hash, Numbers& numbers);

struct Entry {
  uint64_t hash;
  uint64_t number;
};
// Appends entries of one partition to its pages.
void AppendTo(std::array<Page, kPagesOfAPartition>& pages, const std::vector<Entry>& entries);

class Partition {
 public:
  // Whether the entries on disk are in the filter. Before that nothing may be asked of it.
  bool loaded() const { return loaded_; }
  // For one that is not loaded: whether it was asked so often that loading it pays. Once a page, as
  // by whoever looks all up in their order, is not.
  bool AskedOften() { return ++asked_ > kPagesOfAPartition; }
  // What is on disk, whole.
  void Load(const std::array<Page, kPagesOfAPartition>& pages);
  bool full() const { return entries_ == Capacity(); }
  bool all_waits() const { return waiting_.size() == entries_; }

  // It is not full. Not loaded: the filter is left for Load.
  void Put(uint64_t hash, uint64_t number);
  bool MayHave(uint64_t hash) const;
  // Before a look or a Put of the hash soon.
  void PrefetchFilter(uint64_t hash) const;
  void PrefetchPut(uint64_t hash) const;
  // Appends the numbers that wait under the hash.
  void FindWaiting(uint64_t hash, Numbers& numbers) const;

  bool waits() const { return !waiting_.empty(); }
  // What waited; it counts as being on disk from now on.
  std::vector<Entry> TakeWaiting();

  size_t memory_bytes() const {
    return blocks_ * sizeof(Block) + waiting_.capacity() * sizeof(Entry);
  }

 private:
  static constexpr size_t kBitsPerEntry = 12;
  struct alignas(64) Block {
    uint64_t words[8] = {};
  };

  size_t Capacity() const { return blocks_ * sizeof(Block) * 8 / kBitsPerEntry; }
  Block& BlockOf(uint64_t rest) const;
  void Add(uint64_t rest);

  std::vector<Entry> waiting_;
  std::unique_ptr<Block[]> filter_;
  uint32_t blocks_ = 0;
  uint32_t entries_ = 0;
  uint32_t asked_ = 0;
  bool loaded_ = false;
};

}  // namespace longmen::engine
