// Blocks for tests of the log: whole and valid, with proposals of random bytes.
//
// A block is a function of its seed and its place, so that a test that lost its memory (a killed
// child, a cut power) can make again what was intended and compare byte by byte.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/log/event_log.h"

namespace longmen::testing {

struct BlockShape {
  uint32_t records_max = 5;
  uint32_t proposal_bytes_max = 400;
};

// A block that fits on `head`.
std::vector<uint8_t> MakeBlock(uint64_t seed, uint64_t epoch, const engine::LogHead& head,
                               const BlockShape& shape = {});
// One record whose block has about `bytes`, at most 64 KiB, or several that together do.
std::vector<uint8_t> MakeBlockOfBytes(uint64_t seed, uint64_t epoch, const engine::LogHead& head,
                                      size_t bytes);

// The head after it.
engine::LogHead HeadAfter(Bytes block);

// Every block of a log, byte for byte, each checked and chained. An Error as ForEachRecord's.
Result<std::vector<std::vector<uint8_t>>> AllBlocks(const engine::LogReader& log);

// Where two lists of blocks part, for a failing test: "3 blocks and 4, the same up to 3".
std::string Compare(const std::vector<std::vector<uint8_t>>& a,
                    const std::vector<std::vector<uint8_t>>& b);

// LONGMEN_SEED, or `fallback`; printed either way.
uint64_t SeedOr(uint64_t fallback);

// An empty directory that goes away with its test.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }
  // A new empty directory inside.
  std::string Sub(const std::string& name) const;

 private:
  std::string path_;
};

}  // namespace longmen::testing
