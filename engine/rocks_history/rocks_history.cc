#include "engine/rocks_history/rocks_history.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <filesystem>
#include <utility>

#include "engine/log/record_block.h"
#include "engine/rocks_history/partition.h"
#include "events/base/behind.h"
#include "events/base/seed.h"
#include "events/block/little_endian.h"
#include "events/rocks/append_operator.h"
#include "events/rocks/no_notes.h"

namespace longmen::engine {
namespace {

constexpr uint64_t kFormat = 0x484c4d0000000004;  // "HLM" and a number
constexpr size_t kChunkBytes = 1u << 14;
constexpr size_t kSizeBytes = 4;  // before each bundle
using Chunk = std::string;
// Entries are taken in so many at a time: meanwhile what they need comes out of memory.
constexpr size_t kArriving = 32;
constexpr std::string_view kAbout = "about";
constexpr const char* kBundles = "bundles";

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }

std::array<char, 2> PageKey(size_t number) {
  return {static_cast<char>(number >> 8), static_cast<char>(number)};
}
std::array<char, 8> ChunkKey(uint64_t number) {
  std::array<char, 8> key{};
  for (size_t i = 0; i < 8; ++i) key[i] = static_cast<char>(number >> (56 - 8 * i));
  return key;
}
uint64_t NumberOfChunk(std::string_view key) {
  uint64_t number = 0;
  for (const char c : key) number = number << 8 | static_cast<uint8_t>(c);
  return number;
}
template <size_t kSize>
rocksdb::Slice ToSlice(const std::array<char, kSize>& key) {
  return {key.data(), key.size()};
}

Error ToError(const rocksdb::Status& status) {
  Code code = Code::STORAGE_FAILED;
  if (status.IsNoSpace()) code = Code::STORAGE_FULL;
  if (status.IsCorruption()) code = Code::CORRUPT;
  if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
    code = Code::LOCKED;
  }
  return {code, "", "history: " + status.ToString()};
}

rocksdb::WriteOptions Unlogged() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}

rocksdb::DBOptions DbOptions() {
  rocksdb::DBOptions db;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.atomic_flush = true;
  db.max_background_jobs = 2;
  db.max_open_files = -1;
  db.bytes_per_sync = 1u << 20;
  db.info_log = std::make_shared<NoNotes>();
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

// Writing never waits for what goes on behind it.
rocksdb::ColumnFamilyOptions FamilyOptions() {
  rocksdb::ColumnFamilyOptions family;
  family.write_buffer_size = 32u << 20;
  family.max_write_buffer_number = 8;
  family.level0_slowdown_writes_trigger = 1'000;
  family.level0_stop_writes_trigger = 2'000;
  family.soft_pending_compaction_bytes_limit = 0;
  family.hard_pending_compaction_bytes_limit = 0;
  family.compression_per_level.clear();
  return family;
}

// Chunks come in the order of their keys: tables never overlap.
rocksdb::ColumnFamilyOptions BundleOptions() {
  rocksdb::ColumnFamilyOptions family = FamilyOptions();
  family.compression = rocksdb::kLZ4Compression;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = kChunkBytes;
  table.no_block_cache = true;
  table.format_version = 5;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return family;
}

// Every table has every partition: runs of about one size are merged, and nothing is compressed,
// because hashes cannot be.
rocksdb::ColumnFamilyOptions IndexOptions() {
  rocksdb::ColumnFamilyOptions family = FamilyOptions();
  family.compaction_style = rocksdb::kCompactionStyleUniversal;
  family.compaction_options_universal.size_ratio = 20;
  family.compaction_options_universal.max_size_amplification_percent = 400;
  family.level0_file_num_compaction_trigger = 6;
  family.compression = rocksdb::kNoCompression;
  family.merge_operator = std::make_shared<AppendOperator>("longmen.history.append");
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 4u << 10;
  table.no_block_cache = true;
  table.format_version = 5;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return family;
}

struct About {
  uint64_t format = kFormat;
  Sequence window = 0;
  uint64_t seed = 0;
  Sequence seen = 0;
  Sequence mark = 0;
  Hash128 log_there;
};
constexpr size_t kAboutBytes = 56;

std::string Encode(const About& about) {
  std::string bytes(kAboutBytes, '\0');
  auto* at = reinterpret_cast<uint8_t*>(bytes.data());
  PutLittle(at, about.format);
  PutLittle(at + 8, about.window);
  PutLittle(at + 16, about.seed);
  PutLittle(at + 24, about.seen);
  PutLittle(at + 32, about.mark);
  PutLittle(at + 40, about.log_there.low);
  PutLittle(at + 48, about.log_there.high);
  return bytes;
}
std::optional<About> DecodeAbout(std::string_view bytes) {
  if (bytes.size() != kAboutBytes) return std::nullopt;
  const auto* at = reinterpret_cast<const uint8_t*>(bytes.data());
  About about;
  about.format = GetLittle<uint64_t>(at);
  about.window = GetLittle<uint64_t>(at + 8);
  about.seed = GetLittle<uint64_t>(at + 16);
  about.seen = GetLittle<uint64_t>(at + 24);
  about.mark = GetLittle<uint64_t>(at + 32);
  about.log_there = {GetLittle<uint64_t>(at + 40), GetLittle<uint64_t>(at + 48)};
  return about;
}

// The bundle at a place of a chunk.
std::optional<Bytes> BundleAt(std::string_view chunk, size_t at) {
  const Bytes bytes = AsBytes(chunk);
  if (bytes.size() < kSizeBytes || at > bytes.size() - kSizeBytes) return std::nullopt;
  const size_t size = GetLittle<uint32_t>(bytes.data() + at);
  const Bytes rest = bytes.subspan(at + kSizeBytes);
  return size <= rest.size() ? std::optional(rest.first(size)) : std::nullopt;
}

// The block of the log that was read last.
class RecordCache {
 public:
  explicit RecordCache(const LogReader& log) : log_(log) {}

  Result<RecordView> Read(Sequence sequence) {
    if (!block_ || !block_->Holds(sequence)) {
      block_.reset();
      auto read = RecordBlock::Read(log_, sequence);
      if (!read.ok()) return read.error();
      block_ = std::move(*read);
    }
    return block_->record(sequence);
  }
  // Of the record and all blocks before its own.
  Result<Hash128> Checksum(Sequence sequence) {
    auto record = Read(sequence);
    if (!record.ok()) return record.error();
    std::string bytes(AsText(block_->view().header().previous));
    bytes.append(AsText(record->leaf));
    return Xxh3(AsBytes(bytes));
  }

 private:
  const LogReader& log_;
  std::optional<RecordBlock> block_;
};

}  // namespace

struct RocksHistory::Impl {
  Impl(RocksHistoryOptions how, const LogReader& reader)
      : options(std::move(how)), log(reader), records(reader), records_behind(reader) {}
  ~Impl() { Close(); }
  void Close() {
    behind.Stop();
    for (auto* family : std::exchange(families, {})) (void)db->DestroyColumnFamilyHandle(family);
    db.reset();
  }

  Status OpenDb(bool for_reading);
  Status ReadAbout();
  Status CheckLog();
  Status ReadNextChunk();
  Status LoadIfSmall();
  void Note(const rocksdb::Status& status) {
    if (!status.ok()) Note(ToError(status));
  }
  // No failure yet, here or behind.
  bool Sound() {
    if (failure.ok() && behind.failed()) failure = behind.failure();
    return failure.ok();
  }
  void Note(Error error) {
    if (failure.ok()) failure = std::move(error);
  }

  std::optional<Page> ReadPage(size_t number);
  void Keep(size_t number, Page page) {
    kept_number = number;
    kept = std::move(page);
  }
  // With the filter over all that is on disk, made now.
  void Load(size_t number);
  void TakeIn();
  void CloseChunk();
  const Chunk* FindClosed(uint64_t number) const;
  void WriteWaiting(size_t most);

  // What goes to disk together, in this order.
  struct Portion {
    Sequence seen = 0;
    std::vector<std::pair<uint64_t, Chunk>> chunks;              // before anything names them
    std::vector<std::pair<size_t, std::vector<Entry>>> entries;  // by partition
    std::optional<Sequence> mark;                                // where a round is over
  };
  Status Write(const Portion& portion);
  Status WriteAbout();
  Status StartFlush(bool wait);

  const RocksHistoryOptions options;
  const LogReader& log;
  RecordCache records;
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;  // index, bundles
  bool read_only = false;
  bool begins_empty = false;  // no partition had anything on disk when it was opened
  Status failure = Ok();

  // As it is on disk, or will be at the next flush. Once this is open, whoever writes behind has it
  // to himself, but for what never changes.
  About about;
  Sequence mark = 0;
  Sequence seen = 0;
  Sequence round_mark = 0;  // as the round began
  size_t cursor = 0;        // the next partition of the round
  double credit = 0;        // partitions that are due
  std::vector<Partition> partitions{kPartitions};
  std::vector<std::pair<uint64_t, uint64_t>> arriving;  // hashes and numbers put last
  uint64_t chunk_number = 0;
  Chunk chunk;                                     // the one being filled
  std::vector<std::pair<uint64_t, Chunk>> closed;  // full ones, not written yet
  // The page that was read last, where pages do not change: who looks all up goes by hash.
  size_t kept_number = kPages;
  Page kept;
  RecordCache records_behind;  // used behind, as the next
  std::array<Page, kPagesOfAPartition> pages_behind;
  Behind behind;  // deciding does not wait for RocksDB
};

Status RocksHistory::Impl::OpenDb(bool for_reading) {
  read_only = for_reading;
  const std::vector<rocksdb::ColumnFamilyDescriptor> descriptors = {
      {rocksdb::kDefaultColumnFamilyName, IndexOptions()}, {kBundles, BundleOptions()}};
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status =
      for_reading
          ? rocksdb::DB::OpenForReadOnly(DbOptions(), options.directory, descriptors, &families,
                                         &opened)
          : rocksdb::DB::Open(DbOptions(), options.directory, descriptors, &families, &opened);
  if (!status.ok()) return ToError(status);
  db.reset(opened);
  RETURN_IF_ERROR(ReadAbout());
  RETURN_IF_ERROR(CheckLog());
  RETURN_IF_ERROR(ReadNextChunk());
  return read_only || begins_empty ? Ok() : LoadIfSmall();
}

Status RocksHistory::Impl::ReadAbout() {
  std::string bytes;
  const rocksdb::Status status = db->Get({}, families[0], ToSlice(kAbout), &bytes);
  if (status.IsNotFound()) {
    std::unique_ptr<rocksdb::Iterator> any(db->NewIterator({}, families[0]));
    any->SeekToFirst();
    if (any->Valid()) return Error{Code::CORRUPT, "history", "does not say what it is"};
    begins_empty = true;
    about.window = options.window;
    about.seed = NewSeed();
    return read_only ? Ok() : WriteAbout();
  }
  if (!status.ok()) return ToError(status);
  const auto read = DecodeAbout(bytes);
  if (!read || read->format != kFormat || read->window != options.window) {
    return Error{Code::CORRUPT, "history", "of another format or window"};
  }
  about = *read;
  mark = round_mark = about.mark;
  return Ok();
}

Status RocksHistory::Impl::CheckLog() {
  const Error other{Code::CORRUPT, "history", "of another log"};
  if (std::max(about.mark, about.seen) > log.AckedFrontier()) return other;
  if (about.mark == 0) return Ok();
  auto there = records.Checksum(about.mark);
  if (!there.ok()) return there.error();
  if (*there != about.log_there) return other;
  return Ok();
}

Status RocksHistory::Impl::ReadNextChunk() {
  std::unique_ptr<rocksdb::Iterator> last(db->NewIterator({}, families[1]));
  last->SeekToLast();
  if (!last->status().ok()) return ToError(last->status());
  if (!last->Valid()) return Ok();
  chunk_number = NumberOfChunk(last->key().ToStringView()) + 1;
  return Ok();
}

Status RocksHistory::Impl::LoadIfSmall() {
  uint64_t bytes = 0;
  db->GetIntProperty(families[0], rocksdb::DB::Properties::kTotalSstFilesSize, &bytes);
  if (bytes > options.read_at_opening_max) return Ok();
  std::unique_ptr<rocksdb::Iterator> at(db->NewIterator({}, families[0]));
  at->SeekToFirst();
  for (size_t number = 0; number < kPages; number += kPagesOfAPartition) {
    std::array<Page, kPagesOfAPartition> pages;
    for (size_t i = 0; i < kPagesOfAPartition; ++i) {
      const auto key = PageKey(number + i);
      if (at->Valid() && at->key() == ToSlice(kAbout)) at->Next();
      if (!at->Valid() || at->key() != ToSlice(key)) continue;
      pages[i] = at->value().ToString();
      at->Next();
    }
    partitions[number / kPagesOfAPartition].Load(pages);
  }
  return at->status().ok() ? Ok() : Status(ToError(at->status()));
}

// Nothing: a failure.
std::optional<Page> RocksHistory::Impl::ReadPage(size_t number) {
  if (!Sound()) return std::nullopt;
  behind.Wait();
  Page page;
  const auto key = PageKey(number);
  const rocksdb::Status status = db->Get({}, families[0], ToSlice(key), &page);
  if (status.IsNotFound()) return Page();
  Note(status);
  return status.ok() ? std::optional(std::move(page)) : std::nullopt;
}

void RocksHistory::Impl::Load(size_t number) {
  Partition& partition = partitions[number];
  std::array<Page, kPagesOfAPartition> pages;
  const bool none_written = partition.loaded() ? partition.all_waits() : begins_empty;
  for (size_t i = 0; i < kPagesOfAPartition && !none_written; ++i) {
    pages[i] = ReadPage(number * kPagesOfAPartition + i).value_or(Page());
  }
  partition.Load(pages);
}

// Into the partitions.
void RocksHistory::Impl::TakeIn() {
  for (const auto& [hash, number] : arriving) {
    // What began empty is loaded before anything of it is on disk.
    const size_t in = PartitionOf(hash);
    Partition& partition = partitions[in];
    if (partition.loaded() ? partition.full() : begins_empty) Load(in);
    partition.Put(hash, number);
  }
  arriving.clear();
}

void RocksHistory::Impl::CloseChunk() {
  if (chunk.empty()) return;
  closed.emplace_back(chunk_number++, std::exchange(chunk, {}));
}

const Chunk* RocksHistory::Impl::FindClosed(uint64_t number) const {
  for (const auto& [of, bytes] : closed) {
    if (of == number) return &bytes;
  }
  return nullptr;
}

// Goes on with the round by so many partitions. It has not failed.
void RocksHistory::Impl::WriteWaiting(size_t most) {
  TakeIn();
  if (cursor == 0) round_mark = mark;
  Portion portion;
  portion.seen = seen;
  CloseChunk();
  portion.chunks = std::exchange(closed, {});
  for (; most > 0 && cursor < kPartitions; ++cursor, --most) {
    if (!partitions[cursor].waits()) continue;
    portion.entries.emplace_back(cursor, partitions[cursor].TakeWaiting());
  }
  if (cursor == kPartitions) {
    cursor = 0;
    portion.mark = round_mark;
  }
  behind.Add([this, portion = std::move(portion)] { return Write(portion); });
}

Status RocksHistory::Impl::Write(const Portion& portion) {
  if (portion.seen > about.seen) {
    about.seen = portion.seen;
    RETURN_IF_ERROR(WriteAbout());
  }
  for (const auto& [number, bytes] : portion.chunks) {
    const auto key = ChunkKey(number);
    const rocksdb::Status put = db->Put(Unlogged(), families[1], ToSlice(key), bytes);
    if (!put.ok()) return ToError(put);
  }
  rocksdb::WriteBatch batch;
  for (const auto& [number, entries] : portion.entries) {
    for (Page& page : pages_behind) page.clear();
    AppendTo(pages_behind, entries);
    for (size_t i = 0; i < kPagesOfAPartition; ++i) {
      if (pages_behind[i].empty()) continue;
      const auto key = PageKey(number * kPagesOfAPartition + i);
      const rocksdb::Status merged = batch.Merge(families[0], ToSlice(key), pages_behind[i]);
      if (!merged.ok()) return ToError(merged);
    }
  }
  if (batch.Count() > 0) {
    const rocksdb::Status written = db->Write(Unlogged(), &batch);
    if (!written.ok()) return ToError(written);
  }
  if (portion.mark.value_or(0) <= about.mark) return Ok();
  auto there = records_behind.Checksum(*portion.mark);
  if (!there.ok()) return there.error();
  about.mark = *portion.mark;
  about.log_there = *there;
  RETURN_IF_ERROR(WriteAbout());
  return StartFlush(false);
}

Status RocksHistory::Impl::WriteAbout() {
  const rocksdb::Status put = db->Put(Unlogged(), families[0], ToSlice(kAbout), Encode(about));
  return put.ok() ? Ok() : Status(ToError(put));
}

Status RocksHistory::Impl::StartFlush(bool wait) {
  rocksdb::FlushOptions how;
  how.wait = wait;
  how.allow_write_stall = true;
  const rocksdb::Status begun = db->Flush(how, families);
  return begun.ok() ? Ok() : Status(ToError(begun));
}

Result<std::unique_ptr<RocksHistory::Impl>> RocksHistory::OpenImpl(RocksHistoryOptions options,
                                                                   const LogReader& log) {
  const std::string& directory = options.directory;
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) return Error{Code::STORAGE_FAILED, "", directory + ": " + failure.message()};
  for (const bool again : {false, true}) {
    auto impl = std::make_unique<Impl>(options, log);
    const Status opened = impl->OpenDb(false);
    if (opened.ok()) return impl;
    // Whatever is wrong with it, it can be derived again; a lock or a full disk passes.
    const Code code = opened.error().code;
    if (again || code == Code::LOCKED || code == Code::STORAGE_FULL) return opened.error();
    impl.reset();
    const rocksdb::Status gone = rocksdb::DestroyDB(directory, rocksdb::Options(DbOptions(), {}));
    if (!gone.ok()) return ToError(gone);
  }
  return Error{Code::STORAGE_FAILED, "history", "cannot be opened"};
}

Result<std::unique_ptr<RocksHistory>> RocksHistory::Open(RocksHistoryOptions options,
                                                         const LogReader& log) {
  auto impl = OpenImpl(std::move(options), log);
  if (!impl.ok()) return impl.error();
  return std::unique_ptr<RocksHistory>(new RocksHistory(std::move(*impl)));
}

Result<std::unique_ptr<RocksHistory>> RocksHistory::OpenReadOnly(RocksHistoryOptions options,
                                                                 const LogReader& log) {
  if (!std::filesystem::exists(options.directory + "/CURRENT")) {
    return Error{Code::NOT_FOUND, "history", options.directory + " is not there"};
  }
  auto impl = std::make_unique<Impl>(options, log);
  RETURN_IF_ERROR(impl->OpenDb(true));
  return std::unique_ptr<RocksHistory>(new RocksHistory(std::move(impl)));
}

RocksHistory::RocksHistory(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RocksHistory::~RocksHistory() = default;

Sequence RocksHistory::window() const { return impl_->options.window; }
uint64_t RocksHistory::seed() const { return impl_->about.seed; }

void RocksHistory::Prefetch(uint64_t hash) const {
  impl_->partitions[PartitionOf(hash)].PrefetchFilter(hash);
}

Numbers RocksHistory::Find(uint64_t hash) {
  Numbers numbers;
  if (!impl_->Sound()) return numbers;
  if (!impl_->arriving.empty()) impl_->TakeIn();
  if (impl_->kept_number == PageOf(hash)) {
    FindInPage(impl_->kept, hash, numbers);
    return numbers;
  }
  Partition& partition = impl_->partitions[PartitionOf(hash)];
  // Before a filter pays, one page is read and not all of the part.
  if (!partition.loaded() && (impl_->begins_empty || partition.AskedOften())) {
    impl_->Load(PartitionOf(hash));
  }
  if (partition.loaded() && !partition.MayHave(hash)) return numbers;
  if (!partition.loaded() || !partition.all_waits()) {
    if (auto page = impl_->ReadPage(PageOf(hash))) {
      FindInPage(*page, hash, numbers);
      if (impl_->read_only) impl_->Keep(PageOf(hash), std::move(*page));
    }
  }
  partition.FindWaiting(hash, numbers);
  return numbers;
}

std::optional<std::vector<uint8_t>> RocksHistory::Fetch(uint64_t place) {
  if (!impl_->Sound()) return std::nullopt;
  Chunk stored;
  const uint64_t number = place / kChunkBytes;
  const bool open = number == impl_->chunk_number && !impl_->read_only;
  const Chunk* found = open ? &impl_->chunk : impl_->FindClosed(number);
  if (found == nullptr) {
    impl_->behind.Wait();
    const auto key = ChunkKey(number);
    const rocksdb::Status status = impl_->db->Get({}, impl_->families[1], ToSlice(key), &stored);
    if (!status.ok()) {
      impl_->Note(ToError(status));
      return std::nullopt;
    }
    found = &stored;
  }
  const auto bundle = BundleAt(*found, place % kChunkBytes);
  if (bundle) return std::vector<uint8_t>(bundle->begin(), bundle->end());
  impl_->Note(Error{Code::CORRUPT, "history", "names a bundle that is not there"});
  return std::nullopt;
}

void RocksHistory::ForEachStored(const std::function<bool(uint64_t, Bytes)>& visit) {
  if (!impl_->read_only && impl_->Sound()) impl_->WriteWaiting(0);
  impl_->behind.Wait();
  std::unique_ptr<rocksdb::Iterator> at(impl_->db->NewIterator({}, impl_->families[1]));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    const uint64_t place = NumberOfChunk(at->key().ToStringView()) * kChunkBytes;
    const std::string_view chunk(at->value().data(), at->value().size());
    for (size_t next = 0; next < chunk.size();) {
      const auto bundle = BundleAt(chunk, next);
      if (!bundle) {
        return impl_->Note(Error{Code::CORRUPT, "history", "has a chunk that ends in a bundle"});
      }
      if (!visit(place + next, *bundle)) return;
      next += kSizeBytes + bundle->size();
    }
  }
  impl_->Note(at->status());
}

std::optional<RecordView> RocksHistory::Record(Sequence sequence) {
  if (!impl_->Sound()) return std::nullopt;
  auto record = impl_->records.Read(sequence);
  if (record.ok()) return *record;
  impl_->Note(record.error());
  return std::nullopt;
}

bool RocksHistory::read_only() const { return impl_->read_only; }

uint64_t RocksHistory::Store(Bytes bytes) {
  CHECK(!impl_->read_only, "history.store");
  std::string& chunk = impl_->chunk;
  if (chunk.size() >= kChunkBytes) impl_->CloseChunk();
  const uint64_t place = impl_->chunk_number * kChunkBytes + chunk.size();
  uint8_t size[kSizeBytes];
  PutLittle(size, static_cast<uint32_t>(bytes.size()));
  chunk.append(reinterpret_cast<const char*>(size), sizeof size);
  chunk.append(AsText(bytes));
  return place;
}

void RocksHistory::Put(uint64_t hash, uint64_t number) {
  CHECK(!impl_->read_only && number <= kNumberMax, "history.put", number);
  impl_->partitions[PartitionOf(hash)].PrefetchPut(hash);
  impl_->arriving.push_back({hash, number});
  if (impl_->arriving.size() == kArriving) impl_->TakeIn();
}

Sequence RocksHistory::mark() const { return impl_->mark; }
void RocksHistory::SetMark(Sequence mark, Sequence seen) {
  impl_->mark = std::max(impl_->mark, mark);
  impl_->seen = std::max(impl_->seen, seen);
}

void RocksHistory::Advance(size_t records) {
  if (impl_->read_only || !impl_->Sound()) return;
  impl_->credit += static_cast<double>(records * kPartitions) /
                   static_cast<double>(impl_->options.round_records);
  const auto due = static_cast<size_t>(impl_->credit);
  if (due == 0) return;
  impl_->credit -= static_cast<double>(due);
  impl_->WriteWaiting(due);
}

Status RocksHistory::Flush() {
  if (impl_->read_only || !impl_->Sound()) return impl_->failure;
  if (impl_->cursor != 0) impl_->WriteWaiting(kPartitions);
  impl_->WriteWaiting(kPartitions);
  impl_->behind.Wait();
  if (!impl_->Sound()) return impl_->failure;
  if (const Status flushed = impl_->StartFlush(true); !flushed.ok()) impl_->Note(flushed.error());
  return impl_->failure;
}

Status RocksHistory::status() const {
  (void)impl_->Sound();
  return impl_->failure;
}

Status RocksHistory::Recover() {
  const RocksHistoryOptions options = impl_->options;
  const LogReader& log = impl_->log;
  const Status failed = impl_->failure;
  impl_->Close();  // its lock goes with it
  auto impl = OpenImpl(options, log);
  if (!impl.ok()) return failed;
  impl_ = std::move(*impl);
  return Ok();
}
void RocksHistory::Fail(Error error) { impl_->Note(std::move(error)); }

size_t RocksHistory::memory_bytes() const {
  size_t bytes = 0;
  for (const Partition& partition : impl_->partitions) bytes += partition.memory_bytes();
  return bytes;
}

}  // namespace longmen::engine
