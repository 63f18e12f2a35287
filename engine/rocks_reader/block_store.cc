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

Error ReadError(const rocksdb::Status& status, Sequence at) {
  return StorageError(status, "log", fmt::format("reading the block at sequence {}", at));
}

// `missing` is nowhere; the next block there is, if any, is where the iterator stands.
Error Gap(Sequence missing, const rocksdb::Iterator& next) {
  const auto there = next.Valid() ? SequenceOfKey(next.key().ToStringView()) : std::nullopt;
  return Corrupt("log.gap",
                 there ? fmt::format("sequence {} is missing: records {} to {} are gone", missing,
                                     missing, *there - 1)
                       : fmt::format("sequence {} is missing: the log ends before it", missing));
}

// Of the block at the iterator, which is stored as the one that begins at `first`. Nothing where
// it is not a block that does.
std::optional<Sequence> LastSequence(const rocksdb::Iterator& it, Sequence first) {
  const auto header = ReadBlockHeader(AsBytes(it.value().ToStringView()));
  if (!header.ok() || header->first_sequence != first || header->count == 0) return std::nullopt;
  return header->last_sequence();
}

// From the block at the iterator to the next one, which must begin where it ends.
Status Step(rocksdb::Iterator& it) {
  const auto first = SequenceOfKey(it.key().ToStringView());
  if (!first) return ForeignKey(it.key());
  const auto last = LastSequence(it, *first);
  if (!last) {
    return Corrupt("log", fmt::format("what is stored at sequence {} is no block of it", *first));
  }
  it.Next();
  if (!it.status().ok()) return ReadError(it.status(), *last + 1);
  if (it.Valid() && it.key() != rocksdb::Slice(BlockKey(*last + 1))) return Gap(*last + 1, it);
  return Ok();
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
  // The block that holds `from` is the last one that starts at or before it.
  it->SeekForPrev(BlockKey(from));
  if (!it->Valid() && it->status().ok()) {
    it->SeekToFirst();
    if (it->Valid()) return Gap(1, *it);
  }
  Sequence next = from;  // the block to come holds it; from the second on, it begins there
  size_t bytes = 0;
  for (; it->Valid() && (found.empty() || bytes < max_bytes); it->Next()) {
    const auto first = SequenceOfKey(it->key().ToStringView());
    if (!first) return ForeignKey(it->key());
    if (*first > frontier) break;
    const auto last = LastSequence(*it, *first);
    if (found.empty() && last && *last < from) {
      it->Next();
      return it->status().ok() ? Gap(*last + 1, *it) : ReadError(it->status(), from);
    }
    // What lies before a gap is good, as what lies before damage is: it is handed out, and the next
    // call begins at the gap and names it. A block that is none is named by who reads it.
    if (!found.empty() && *first != next) break;
    found.emplace_back(AsBytes(it->value().ToStringView()));
    bytes += it->value().size();
    if (!last) break;
    next = *last + 1;
  }
  if (it->status().ok() || !found.empty()) return found;
  return ReadError(it->status(), from);
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

Status CheckGaps(rocksdb::DB& db) {
  std::vector<rocksdb::LiveFileMetaData> tables;
  db.GetLiveFilesMetaData(&tables);
  std::vector<std::string> ends;
  for (const auto& table : tables) ends.push_back(table.largestkey);
  std::sort(ends.begin(), ends.end());

  const auto it = NewIterator(db);
  it->SeekToFirst();
  if (!it->status().ok()) return ReadError(it->status(), 1);
  if (!it->Valid()) return Ok();
  if (it->key() != rocksdb::Slice(BlockKey(1))) return Gap(1, *it);
  for (const std::string& end : ends) {
    // Not there itself where the table ends with a block that was taken out again (RocksLog).
    it->SeekForPrev(end);
    if (!it->status().ok()) return ReadError(it->status(), SequenceOfKey(end).value_or(0));
    if (!it->Valid()) it->SeekToFirst();
    if (it->Valid()) RETURN_IF_ERROR(Step(*it));
  }
  while (it->Valid()) RETURN_IF_ERROR(Step(*it));
  return Ok();
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
  if (chain.ok()) RETURN_IF_ERROR(CheckGaps(db));
  return chain;
}

}  // namespace longmen::engine
