#include "engine/rocks_reader/rocks_reader.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "engine/rocks_reader/block_store.h"
#include "engine/rocks_reader/layout.h"

namespace longmen::engine {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(10);
constexpr auto kBetweenLooks = std::chrono::milliseconds(2);
constexpr auto kHeadPoll = std::chrono::milliseconds(5);

}  // namespace

struct RocksReader::Snapshot {
  std::unique_ptr<ReadOnlyStore> store;  // none where there is a HEAD of an empty log, but no log
  std::optional<HeadSlots> slots;
  std::optional<HeadMark> head;
  Result<HeadReport> report = HeadReport{};
  Sequence frontier = 0;
};

RocksReader::RocksReader(RocksReaderOptions options) : options_(std::move(options)) {}
RocksReader::~RocksReader() = default;

Result<std::unique_ptr<RocksReader>> RocksReader::Open(RocksReaderOptions options) {
  options.file_system = FileSystemOr(std::move(options.file_system));
  std::unique_ptr<RocksReader> reader(new RocksReader(std::move(options)));
  auto snapshot = reader->LookPatiently();
  if (!snapshot.ok()) return snapshot.error();
  if (!(*snapshot)->report.ok() && !reader->options_.accept_damage) {
    return (*snapshot)->report.error();
  }
  reader->snapshot_ = *snapshot;
  return reader;
}

// HEAD is read before the database: it may only lag behind what is found there.
Result<std::shared_ptr<const RocksReader::Snapshot>> RocksReader::Look() const {
  auto snapshot = std::make_shared<Snapshot>();
  auto slots = ReadHeadSlots(*options_.file_system, options_.directory);
  if (slots.ok()) snapshot->slots = *slots;
  auto head = slots.ok() ? NewestMark(options_.directory, *slots)
                         : Result<std::optional<HeadState>>(slots.error());
  if (head.ok() && *head) snapshot->head = (*head)->mark;

  if (!DatabaseExists(*options_.file_system, options_.directory)) {
    const std::string path = LogPath(options_.directory);
    if (!head.ok()) return head.error();
    if (!snapshot->head) return Error{Code::NOT_FOUND, path, "there is no log"};
    if (snapshot->head->last_sequence == 0) return {std::move(snapshot)};
    return Error{Code::CORRUPT, path,
                 fmt::format("HEAD was durable at sequence {}, and there is "
                             "no log",
                             snapshot->head->last_sequence)};
  }
  auto store = ReadOnlyStore::Open(options_.directory, options_.file_system);
  if (!store.ok()) return store.error();
  snapshot->store = std::move(*store);

  auto chain = head.ok() ? CheckTail(snapshot->store->db(), snapshot->head)
                         : Result<BlockChain>(head.error());
  auto tail = TailSequence(snapshot->store->db());
  if (chain.ok()) {
    snapshot->report =
        HeadReport{snapshot->head ? snapshot->head->last_sequence : 0, chain->last_sequence(),
                   std::max(snapshot->head ? snapshot->head->epoch : 0, chain->epoch())};
  } else {
    snapshot->report = chain.error();
  }
  const Sequence durable = snapshot->head ? snapshot->head->last_sequence : 0;
  const Sequence found = tail.ok() ? *tail : durable;
  snapshot->frontier = options_.read_to == ReadTo::kTail ? found : std::min(durable, found);
  return {std::move(snapshot)};
}

// Damage is believed where nothing moved while it was looked at.
Result<std::shared_ptr<const RocksReader::Snapshot>> RocksReader::LookPatiently() const {
  const auto deadline = SteadyClock::now() + kPatience;
  for (;;) {
    const auto before = Names();
    auto snapshot = Look();
    const bool sound = snapshot.ok() && (*snapshot)->report.ok();
    if (sound || Names() == before || SteadyClock::now() > deadline) return snapshot;
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

// The files of the log, which a living writer keeps adding and deleting.
std::vector<std::string> RocksReader::Names() const {
  std::vector<std::string> names;
  // No directory, no names: that is an answer too.
  static_cast<void>(options_.file_system->GetChildren(LogPath(options_.directory),
                                                      rocksdb::IOOptions(), &names, nullptr));
  std::sort(names.begin(), names.end());
  return names;
}

std::shared_ptr<const RocksReader::Snapshot> RocksReader::Current() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

std::optional<HeadSlots> RocksReader::Slots() const { return Current()->slots; }

Result<HeadReport> RocksReader::CheckHead() const { return Current()->report; }

Sequence RocksReader::AckedFrontier() const { return Current()->frontier; }

Result<std::vector<StoredBlock>> RocksReader::Read(Sequence from, size_t max_bytes) const {
  const auto snapshot = Current();
  if (!snapshot->store) return std::vector<StoredBlock>();
  return ReadBlocks(snapshot->store->db(), from, snapshot->frontier, max_bytes);
}

Result<std::vector<StoredBlock>> RocksReader::Follow(Sequence after, size_t max_bytes,
                                                     Nanos timeout) const {
  const auto deadline = SteadyClock::now() + std::chrono::nanoseconds(timeout);
  while (AckedFrontier() <= after) {
    auto head = ReadHead(*options_.file_system, options_.directory);
    if (head.ok() && *head && (*head)->mark.last_sequence > after) {
      auto snapshot = LookPatiently();
      if (!snapshot.ok()) return snapshot.error();
      if (!(*snapshot)->report.ok() && !options_.accept_damage) return (*snapshot)->report.error();
      const std::lock_guard lock(mutex_);
      snapshot_ = *snapshot;
      break;
    }
    if (SteadyClock::now() >= deadline) break;
    std::this_thread::sleep_for(kHeadPoll);
  }
  return Read(after + 1, max_bytes);
}

}  // namespace longmen::engine
