#include "projections/store/flat_store.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <new>

#include "events/base/check.h"
#include "events/base/hash.h"
#include "events/base/seed.h"
#include "projections/store/amended_row.h"

namespace longmen::projections {
namespace {

constexpr size_t kLargePageBytes = 2u << 20;
constexpr size_t kSlotsAtFirst = 1u << 17;  // a large page of them

void* AllocateLarge(size_t bytes) {
  bytes = (bytes + kLargePageBytes - 1) / kLargePageBytes * kLargePageBytes;
  void* memory = std::aligned_alloc(kLargePageBytes, bytes);
  CHECK(memory != nullptr, "flat_store.memory", bytes);
  // Advice: where there are none it works as well.
  static_cast<void>(::madvise(memory, bytes, MADV_HUGEPAGE));
  return memory;
}

}  // namespace

FlatStore::FlatStore()
    : seed_(NewSeed()), slots_(FreeSlots(kSlotsAtFirst)), slot_count_(kSlotsAtFirst) {}

uint64_t FlatStore::HashOf(std::string_view key) const { return Xxh3Seeded(AsBytes(key), seed_); }

FlatStore::Large<FlatStore::Slot> FlatStore::FreeSlots(size_t count) {
  Large<Slot> slots(static_cast<Slot*>(AllocateLarge(count * sizeof(Slot))));
  std::uninitialized_value_construct_n(slots.get(), count);
  return slots;
}

// The key's, or the free one where it belongs.
FlatStore::Slot& FlatStore::SlotOf(std::string_view key, uint64_t hash) const {
  for (size_t at = hash & Last();; at = (at + 1) & Last()) {
    Slot& slot = slots_[at];
    if (slot.entry == nullptr || (slot.hash == hash && slot.entry->key() == key)) return slot;
  }
}

const FlatStore::Entry* FlatStore::Find(std::string_view key) const {
  const Entry* entry = SlotOf(key, HashOf(key)).entry;
  return entry != nullptr && entry->there ? entry : nullptr;
}

void FlatStore::Grow() {
  const Large<Slot> before = std::exchange(slots_, FreeSlots(2 * slot_count_));
  const size_t count = std::exchange(slot_count_, 2 * slot_count_);
  for (size_t i = 0; i < count; ++i) {
    if (before[i].entry == nullptr) continue;
    size_t at = before[i].hash & Last();
    while (slots_[at].entry != nullptr) at = (at + 1) & Last();
    slots_[at] = before[i];
  }
}

char* FlatStore::Allocate(size_t size) {
  size = (size + alignof(Entry) - 1) / alignof(Entry) * alignof(Entry);
  if (size > static_cast<size_t>(free_end_ - free_)) {
    const size_t room = std::max(size, kLargePageBytes);
    free_ = chunks_.emplace_back(static_cast<char*>(AllocateLarge(room))).get();
    free_end_ = free_ + room;
  }
  char* bytes = free_;
  free_ += size;
  return bytes;
}

// It is there from now on; a new one is empty.
FlatStore::Entry& FlatStore::At(std::string_view key) {
  const uint64_t hash = HashOf(key);
  Slot* slot = &SlotOf(key, hash);
  if (slot->entry == nullptr) {
    if (entries_.size() >= slot_count_ / 4 * 3) {
      Grow();
      slot = &SlotOf(key, hash);
    }
    auto* entry = new (Allocate(sizeof(Entry) + key.size())) Entry{};
    std::memcpy(reinterpret_cast<char*>(entry + 1), key.data(), key.size());
    entry->key_size = static_cast<uint32_t>(key.size());
    entries_.push_back(entry);
    *slot = {hash, entry};
  }
  Entry& entry = *slot->entry;
  if (!entry.there) ++pairs_;
  entry.there = true;
  return entry;
}

void FlatStore::Reserve(Entry& entry, size_t room) {
  if (room <= entry.value_room) return;
  CHECK(room <= UINT32_MAX, "flat_store.value", room);
  char* bytes = Allocate(room);
  if (entry.value_size != 0) std::memcpy(bytes, entry.value_data, entry.value_size);
  entry.value_data = bytes;
  entry.value_room = static_cast<uint32_t>(room);
}

void FlatStore::Put(std::string_view key, std::string_view value) {
  Entry& entry = At(key);
  entry.value_size = 0;
  Reserve(entry, value.size());
  if (!value.empty()) std::memcpy(entry.value_data, value.data(), value.size());
  entry.value_size = static_cast<uint32_t>(value.size());
}

void FlatStore::Delete(std::string_view key) {
  Entry* entry = SlotOf(key, HashOf(key)).entry;
  if (entry == nullptr || !entry->there) return;
  entry->there = false;
  entry->value_size = 0;
  --pairs_;
}

void FlatStore::Append(std::string_view key, std::string_view bytes) { Extend(At(key), bytes); }

void FlatStore::Extend(Entry& entry, std::string_view bytes) {
  const size_t size = entry.value_size + bytes.size();
  // Most that is appended to at all is appended to again.
  if (size > entry.value_room) Reserve(entry, entry.value_size == 0 ? size : 2 * size);
  if (!bytes.empty()) std::memcpy(entry.value_data + entry.value_size, bytes.data(), bytes.size());
  entry.value_size = static_cast<uint32_t>(size);
}

// As AmendValue, in place.
void FlatStore::Amend(std::string_view key, std::string_view head, std::string_view tail) {
  Entry& entry = At(key);
  if (entry.value_size == 0 || !head.empty()) {
    char written[kHeadSizeMax];
    const auto written_size = static_cast<size_t>(WriteHeadSize(head.size(), written) - written);
    const size_t grown = ReadAmendedRow(entry.value()).tail.size();
    const size_t tail_was = entry.value_size - grown;
    const size_t tail_is = written_size + head.size();
    const size_t size = tail_is + grown + tail.size();
    if (size > entry.value_room) Reserve(entry, 2 * size);
    if (grown != 0) std::memmove(entry.value_data + tail_is, entry.value_data + tail_was, grown);
    std::memcpy(entry.value_data, written, written_size);
    if (!head.empty()) std::memcpy(entry.value_data + written_size, head.data(), head.size());
    entry.value_size = static_cast<uint32_t>(tail_is + grown);
  }
  Extend(entry, tail);
}

std::optional<std::string> FlatStore::Get(std::string_view key) const {
  const Entry* entry = Find(key);
  if (entry == nullptr) return std::nullopt;
  return std::string(entry->value());
}

// Holds pairs against the store, some at a time: what their look-ups need comes out of memory side
// by side, where one after the other each would be waited for.
class FlatStore::Comparison {
 public:
  explicit Comparison(const FlatStore& store) : store_(store) {}

  // False: some pair is another, or not there.
  bool Add(std::string_view key, std::string_view value) {
    Waiting& waiting = waiting_[count_++];
    waiting.hash = store_.HashOf(key);
    waiting.key.assign(key);
    waiting.value.assign(value);
    __builtin_prefetch(&store_.slots_[waiting.hash & store_.Last()]);
    return count_ < waiting_.size() || Settle();
  }
  bool Settle() {
    for (size_t i = 0; i < count_; ++i) {
      waiting_[i].entry = store_.slots_[waiting_[i].hash & store_.Last()].entry;
      __builtin_prefetch(waiting_[i].entry);
    }
    for (size_t i = 0; i < count_; ++i) {
      if (waiting_[i].entry != nullptr) __builtin_prefetch(waiting_[i].entry->value_data);
    }
    for (size_t i = 0; i < count_; ++i) {
      const Entry* entry = store_.SlotOf(waiting_[i].key, waiting_[i].hash).entry;
      if (entry == nullptr || !entry->there || entry->value() != waiting_[i].value) return false;
    }
    count_ = 0;
    return true;
  }

 private:
  struct Waiting {
    uint64_t hash;
    const Entry* entry;  // where a look begins, and nearly always ends
    std::string key;
    std::string value;
  };

  const FlatStore& store_;
  std::array<Waiting, 32> waiting_;
  size_t count_ = 0;
};

bool FlatStore::SameAs(const ReadStore& other) const {
  Comparison comparison(*this);
  bool same = true;
  size_t pairs = 0;
  other.Scan({}, {}, [&](std::string_view key, std::string_view value) {
    ++pairs;
    same = comparison.Add(key, value);
    return same;
  });
  // A store has a key once: where as many are the same as there are, all are.
  return same && comparison.Settle() && pairs == pairs_;
}

void FlatStore::Order() const {
  constexpr auto kKeyOf = [](const Entry* entry) { return entry->key(); };
  if (ordered_ == entries_.size()) return;
  Run run(entries_.begin() + static_cast<ptrdiff_t>(ordered_), entries_.end());
  ordered_ = entries_.size();
  std::ranges::sort(run, {}, kKeyOf);
  while (!runs_.empty() && runs_.back().size() < 2 * run.size()) {
    Run merged(runs_.back().size() + run.size());
    std::ranges::merge(runs_.back(), run, merged.begin(), {}, kKeyOf, kKeyOf);
    run = std::move(merged);
    runs_.pop_back();
  }
  runs_.push_back(std::move(run));
}

void FlatStore::Scan(std::string_view prefix, std::string_view after,
                     const std::function<bool(std::string_view, std::string_view)>& visit) const {
  constexpr auto kKeyOf = [](const Entry* entry) { return entry->key(); };
  Order();
  using Rest = std::span<const Entry* const>;
  std::vector<Rest> rests;
  for (const Run& run : runs_) {
    const auto at = after.empty() || after < prefix
                        ? std::ranges::lower_bound(run, prefix, {}, kKeyOf)
                        : std::ranges::upper_bound(run, after, {}, kKeyOf);
    if (at != run.end()) rests.emplace_back(at, run.end());
  }
  while (!rests.empty()) {
    const auto least =
        std::ranges::min_element(rests, {}, [](const Rest& rest) { return rest.front()->key(); });
    const Entry& entry = *least->front();
    if (!entry.key().starts_with(prefix)) return;  // and whatever follows is greater still
    if (entry.there && !visit(entry.key(), entry.value())) return;
    *least = least->subspan(1);
    if (least->empty()) rests.erase(least);
  }
}

}  // namespace longmen::projections
