#include "tests/support/test_blocks/test_blocks.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>

#include "engine/log/block_chain.h"

namespace longmen::testing {
namespace {

std::vector<uint8_t> RandomBytes(std::mt19937_64& random, size_t words) {
  std::vector<uint8_t> bytes(words * 8);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

std::mt19937_64 RandomFor(uint64_t seed, uint64_t epoch, const engine::LogHead& head) {
  std::seed_seq mixed{seed, seed >> 32, epoch, head.next_sequence,
                      static_cast<uint64_t>(head.previous[0])};
  return std::mt19937_64(mixed);
}

RecordHeader HeaderAt(Sequence sequence) {
  RecordHeader header;
  header.sequence = sequence;
  header.recorded_at = static_cast<Nanos>(sequence);
  header.rules_version = 1;
  return header;
}

}  // namespace

std::vector<uint8_t> MakeBlock(uint64_t seed, uint64_t epoch, const engine::LogHead& head,
                               const BlockShape& shape) {
  auto random = RandomFor(seed, epoch, head);
  BlockBuilder builder;
  const uint64_t records = 1 + random() % shape.records_max;
  for (uint64_t i = 0; i < records; ++i) {
    const size_t words = 1 + random() % (shape.proposal_bytes_max / 8);
    builder.Add(HeaderAt(head.next_sequence + i), RandomBytes(random, words));
  }
  return builder.Finish(epoch, head.previous);
}

std::vector<uint8_t> MakeBlockOfBytes(uint64_t seed, uint64_t epoch, const engine::LogHead& head,
                                      size_t bytes) {
  auto random = RandomFor(seed, epoch, head);
  BlockBuilder builder;
  size_t left = std::max(bytes, kBlockHeaderBytes + kRecordHeaderBytes + 8) - kBlockHeaderBytes;
  for (Sequence sequence = head.next_sequence; left >= kRecordHeaderBytes + 8; ++sequence) {
    const size_t proposal = std::min(left - kRecordHeaderBytes, kProposalBytesMax) / 8 * 8;
    builder.Add(HeaderAt(sequence), RandomBytes(random, proposal / 8));
    left -= kRecordHeaderBytes + proposal;
  }
  return builder.Finish(epoch, head.previous);
}

engine::LogHead HeadAfter(Bytes block) {
  const engine::StoredBlock copy(block);
  return engine::BlockChain::After(copy.bytes()).value().head();
}

Result<std::vector<std::vector<uint8_t>>> AllBlocks(const engine::LogReader& log) {
  RETURN_IF_ERROR(engine::ForEachRecord(log, 1, [](const RecordView&) { return Ok(); }));
  std::vector<std::vector<uint8_t>> all;
  for (Sequence next = 1; next <= log.AckedFrontier();) {
    auto blocks = log.Read(next, 1u << 20);
    if (!blocks.ok()) return blocks.error();
    for (const auto& block : *blocks) {
      all.emplace_back(block.bytes().begin(), block.bytes().end());
      next = HeadAfter(block.bytes()).next_sequence;
    }
  }
  return all;
}

std::string Compare(const std::vector<std::vector<uint8_t>>& a,
                    const std::vector<std::vector<uint8_t>>& b) {
  const auto parting = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
  return fmt::format("{} blocks and {}, the same up to {}", a.size(), b.size(),
                     parting - a.begin());
}

uint64_t SeedOr(uint64_t fallback) {
  const char* given = std::getenv("LONGMEN_SEED");
  const uint64_t seed = given == nullptr ? fallback : std::strtoull(given, nullptr, 10);
  std::cout << "LONGMEN_SEED=" << seed << std::endl;
  return seed;
}

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "longmen-XXXXXX").string();
  CHECK(mkdtemp(pattern.data()) != nullptr, "test.directory", pattern);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::Sub(const std::string& name) const {
  std::string sub = path_ + "/" + name;
  std::filesystem::create_directories(sub);
  return sub;
}

}  // namespace longmen::testing
