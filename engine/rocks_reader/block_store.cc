#include "engine/rocks_reader/block_store.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <limits>

#include "engine/rocks_reader/layout.h"
#include "engine/rocks_reader/pinned_files.h"

namespace longmen::engine {
namespace {

constexpr Sequence kNoFrontier = std::numeric_limits<Sequence>::max();
constexpr size_t kWalkBytes = 8u << 20;

Error Corrupt(std::string field, std::string message) {
  return Error{Code::CORRUPT, std::move(field), std::move(message)};
}

std::unique_ptr<rocksdb::Iterator> NewIterator(rocksdb::DB& db) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;
  return std::unique_ptr<rocksdb::Iterator>(db.NewIterator(options));
}

Error ForeignKey(const rocksdb::Slice& key) {
  return Corrupt("log.key", fmt::format("key {} is no block's", Hex(AsBytes(key.ToStringView()))));
}

// The block that HEAD names, which must be the very one it was written after.
Result<BlockChain> ChainAtHead(rocksdb::DB& db, const HeadMark& head, Sequence tail) {
  if (head.last_sequence == 0) return BlockChain{};
  auto blocks = ReadBlocks(db, head.last_sequence, tail, 1);
  if (!blocks.ok()) return blocks.error();
  auto chain = blocks->empty() ? Result<BlockChain>(Corrupt("log", "it is not there"))
                               : BlockChain::After(blocks->front().bytes());
  if (!chain.ok()) {
    return Corrupt(chain.error().field, fmt::format("block that ends at sequence {}: {}",
                                                    head.last_sequence, chain.error().message));
  }
  if (chain->last_sequence() != head.last_sequence || chain->head().previous != head.last_block) {
    return Corrupt("HEAD", fmt::format("HEAD names {} as the block that ends at sequence {}; the "
                                       "log has {}, which ends at {}",
                                       Hex(head.last_block), head.last_sequence,
                                       Hex(chain->head().previous), chain->last_sequence()));
  }
  return chain;
}

}  // namespace

ReadOnlyStore::ReadOnlyStore() = default;
ReadOnlyStore::~ReadOnlyStore() = default;

Result<std::unique_ptr<ReadOnlyStore>> ReadOnlyStore::Open(
    const std::string& directory, const std::shared_ptr<rocksdb::FileSystem>& file_system) {
  std::unique_ptr<ReadOnlyStore> store(new ReadOnlyStore);
  auto pinned = PinFiles(file_system, LogPath(directory));
  if (!pinned.ok()) return pinned.error();
  store->env_ = rocksdb::NewCompositeEnv(*pinned);
  rocksdb::Options options;
  options.env = store->env_.get();
  options.create_if_missing = false;
  options.max_open_files = -1;  // all at once: a living writer may delete them a moment later
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = true;  // as the writer, or RocksDB asserts
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::OpenForReadOnly(options, LogPath(directory), &db);
  store->db_.reset(db);
  if (!status.ok()) return StorageError(status, LogPath(directory), "opening the log for reading");
  return store;
}

bool DatabaseExists(rocksdb::FileSystem& file_system, const std::string& directory) {
  return file_system.FileExists(LogPath(directory) + "/CURRENT", rocksdb::IOOptions(), nullptr)
      .ok();
}

Result<std::vector<StoredBlock>> ReadBlocks(rocksdb::DB& db, Sequence from, Sequence frontier,
                                            size_t max_bytes) {
  std::vector<StoredBlock> found;
  from = std::max<Sequence>(from, 1);
  if (from > frontier) return found;
  const auto it = NewIterator(db);
  // The block that holds `from` is the last one that starts at or before it. Where the first
  // blocks are lost there is none; the next one is handed out and its reader finds the gap.
  it->SeekForPrev(BlockKey(from));
  if (!it->Valid() && it->status().ok()) it->SeekToFirst();
  size_t bytes = 0;
  for (; it->Valid() && (found.empty() || bytes < max_bytes); it->Next()) {
    const auto first = SequenceOfKey(it->key().ToStringView());
    if (!first) return ForeignKey(it->key());
    if (*first > frontier) break;
    found.emplace_back(AsBytes(it->value().ToStringView()));
    bytes += it->value().size();
  }
  if (it->status().ok()) return found;
  // What was read before the damage is good: it is handed out, and the next call begins at the
  // damaged block and names it.
  if (!found.empty()) return found;
  return StorageError(it->status(), "log", fmt::format("reading the block at sequence {}", from));
}

Result<Sequence> TailSequence(rocksdb::DB& db) {
  const auto it = NewIterator(db);
  it->SeekToLast();
  if (!it->status().ok()) return StorageError(it->status(), "log", "reading the last block");
  if (!it->Valid()) return Sequence{0};
  const auto first = SequenceOfKey(it->key().ToStringView());
  if (!first) return ForeignKey(it->key());
  const StoredBlock block(AsBytes(it->value().ToStringView()));
  auto chain = BlockChain::After(block.bytes());
  if (!chain.ok()) {
    return Corrupt(chain.error().field,
                   fmt::format("last block, at sequence {}: {}", *first, chain.error().message));
  }
  return chain->last_sequence();
}

Result<BlockChain> CheckTail(rocksdb::DB& db, const std::optional<HeadMark>& head) {
  auto tail = TailSequence(db);
  if (!tail.ok()) return tail.error();
  if (!head) {
    if (*tail == 0) return BlockChain{};
    return Corrupt("HEAD", fmt::format("HEAD is missing, though the log goes to sequence {}: "
                                       "whether it went further is unknown",
                                       *tail));
  }
  if (*tail < head->last_sequence) {
    return Corrupt("HEAD", fmt::format("HEAD was durable at sequence {}, the log ends at {}: "
                                       "acknowledged blocks are gone",
                                       head->last_sequence, *tail));
  }
  auto chain = ChainAtHead(db, *head, *tail);
  while (chain.ok() && chain->last_sequence() < *tail) {
    auto blocks = ReadBlocks(db, chain->head().next_sequence, kNoFrontier, kWalkBytes);
    if (!blocks.ok()) return blocks.error();
    for (const StoredBlock& block : *blocks) {
      auto view = chain->Take(block.bytes());
      if (!view.ok()) return view.error();
    }
    if (blocks->empty()) return Corrupt("log", "the log ends before its own tail");
  }
  return chain;
}

}  // namespace longmen::engine
