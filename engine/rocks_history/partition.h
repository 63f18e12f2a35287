// One part of the index of a history, by the first bits of the hash: what waits to be written, and
// a filter over all of it.
//
// Entries are 12 bytes, little-endian: 48 bits of the hash (the first 16 are the partition's
// number), then a number of 48 bits. On disk they stand in the order in which they were put.
//
// The filter is a Bloom filter of 64-byte blocks, at least 12 bits an entry, so that a look for
// what is not there takes one cache line and finds something in about one of 200 cases. It grows by
// a quarter, from all entries, so that it stays near that.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger/history.h"

namespace longmen::engine {

inline constexpr size_t kPartitionBits = 16;
inline constexpr size_t kPartitions = size_t{1} << kPartitionBits;
inline constexpr uint64_t kNumberMax = (uint64_t{1} << 48) - 1;

inline size_t PartitionOf(uint64_t hash) { return hash >> (64 - kPartitionBits); }

class Partition {
 public:
  // Whether the entries on disk are in the filter. Before that nothing may be asked of it.
  bool loaded() const { return loaded_; }
  // What is on disk, whole.
  void Load(std::string_view page);
  bool full() const { return entries_ == Capacity(); }
  bool all_waits() const { return waiting_.size() == entries_ * kEntryBytes; }

  // It is not full. Not loaded: the filter is left for Load.
  void Put(uint64_t hash, uint64_t number);
  bool MayHave(uint64_t hash) const;
  // Appends what waits and has the hash to `numbers`.
  void FindWaiting(uint64_t hash, Numbers& numbers) const { FindIn(waiting_, hash, numbers); }
  // The same for what is on disk.
  static void FindIn(std::string_view page, uint64_t hash, Numbers& numbers);

  std::string_view waiting() const { return waiting_; }
  // What waited is on disk.
  void Written() { waiting_.clear(); }

  size_t memory_bytes() const { return blocks_ * sizeof(Block) + waiting_.capacity(); }

 private:
  static constexpr size_t kEntryBytes = 12;
  static constexpr size_t kBitsPerEntry = 12;
  struct alignas(64) Block {
    uint64_t words[8] = {};
  };

  size_t Capacity() const { return blocks_ * sizeof(Block) * 8 / kBitsPerEntry; }
  const Block& BlockOf(uint64_t rest) const;
  void AddAll(std::string_view entries);
  void Add(uint64_t rest);

  std::string waiting_;
  std::unique_ptr<Block[]> filter_;
  uint32_t blocks_ = 0;
  uint32_t entries_ = 0;
  bool loaded_ = false;
};

}  // namespace longmen::engine
