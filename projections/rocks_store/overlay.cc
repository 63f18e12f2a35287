#include "projections/rocks_store/overlay.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "events/base/check.h"
#include "events/base/hash.h"
#include "events/base/seed.h"

namespace longmen::projections {
namespace {

constexpr size_t kSlotsAtFirst = 1u << 12;
constexpr size_t kChunkBytes = 1u << 20;
constexpr size_t kChunksKept = 64;

// Sorted by the bytes in which most keys differ: those are compared as a number, kept beside the
// pointer, before anybody follows it.
struct Place {
  unsigned __int128 head;
  const Overlay::Entry* entry;
};

unsigned __int128 HeadOf(std::string_view key) {
  uint64_t halves[2] = {};
  std::memcpy(halves, key.data(), std::min(key.size(), sizeof halves));
  return static_cast<unsigned __int128>(__builtin_bswap64(halves[0])) << 64 |
         __builtin_bswap64(halves[1]);
}

// How far all keys are the same.
size_t CommonSize(std::span<const Place> places) {
  const std::string_view first = places.front().entry->key();
  size_t common = first.size();
  for (const Place& place : places) {
    const std::string_view key = place.entry->key().substr(0, common);
    const auto differ = std::mismatch(key.begin(), key.end(), first.begin());
    common = static_cast<size_t>(differ.first - key.begin());
  }
  return common;
}

void Sort(std::span<Place> places) {
  if (places.empty()) return;
  const size_t common = CommonSize(places);
  for (Place& place : places) place.head = HeadOf(place.entry->key().substr(common));
  std::ranges::sort(places, [](const Place& a, const Place& b) {
    return a.head != b.head ? a.head < b.head : a.entry->key() < b.entry->key();
  });
}

size_t FirstByte(const Overlay::Entry& entry) {
  return entry.key_size == 0 ? 0 : static_cast<uint8_t>(entry.key().front());
}

}  // namespace

// Counts the bytes of an entry anew after a change.
class Overlay::Counting {
 public:
  Counting(Overlay& overlay, const Entry& entry) : overlay_(overlay), entry_(entry) {
    overlay_.changed_bytes_ -= bytes();
  }
  ~Counting() { overlay_.changed_bytes_ += bytes(); }
  Counting(const Counting&) = delete;
  Counting& operator=(const Counting&) = delete;

 private:
  size_t bytes() const {
    return entry_.changed() ? entry_.key_size + entry_.value_size : size_t{0};
  }

  Overlay& overlay_;
  const Entry& entry_;
};

Overlay::Overlay() : seed_(NewSeed()), slots_(kSlotsAtFirst) {}

uint64_t Overlay::HashOf(std::string_view key) const { return Xxh3Seeded(AsBytes(key), seed_); }

char* Overlay::Allocate(size_t size) {
  size = (size + alignof(Entry) - 1) & ~(alignof(Entry) - 1);
  if (size > static_cast<size_t>(free_end_ - free_)) {
    if (size > kChunkBytes / 4) {
      return large_.emplace_back(std::make_unique_for_overwrite<char[]>(size)).get();
    }
    if (chunks_used_ == chunks_.size()) {
      chunks_.push_back(std::make_unique_for_overwrite<char[]>(kChunkBytes));
    }
    free_ = chunks_[chunks_used_++].get();
    free_end_ = free_ + kChunkBytes;
  }
  return std::exchange(free_, free_ + size);
}

void Overlay::Grow() {
  std::vector<Slot> larger(2 * slots_.size());
  const size_t mask = larger.size() - 1;
  for (const Slot& slot : entries_) {
    size_t at = slot.hash & mask;
    while (larger[at].entry != nullptr) at = (at + 1) & mask;
    larger[at] = slot;
  }
  slots_ = std::move(larger);
}

Overlay::Entry& Overlay::At(std::string_view key) {
  const uint64_t hash = HashOf(key);
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  for (; slots_[at].entry != nullptr; at = (at + 1) & mask) {
    if (slots_[at].hash == hash && slots_[at].entry->key() == key) return *slots_[at].entry;
  }
  auto* entry = new (Allocate(sizeof(Entry) + key.size())) Entry;
  std::memcpy(reinterpret_cast<char*>(entry + 1), key.data(), key.size());
  entry->key_size = static_cast<uint32_t>(key.size());
  slots_[at] = {hash, entry};
  entries_.push_back(slots_[at]);
  if (entries_.size() > slots_.size() / 4 * 3) Grow();
  return *entry;
}

const Overlay::Entry* Overlay::Find(std::string_view key) {
  const uint64_t hash = HashOf(key);
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask; slots_[at].entry != nullptr; at = (at + 1) & mask) {
    if (slots_[at].hash != hash || slots_[at].entry->key() != key) continue;
    slots_[at].entry->was_read = true;
    return slots_[at].entry;
  }
  return nullptr;
}

void Overlay::Reserve(Entry& entry, size_t room) {
  if (room <= entry.value_room) return;
  char* bytes = Allocate(room);
  if (entry.value_size != 0) std::memcpy(bytes, entry.value_data, entry.value_size);
  entry.value_data = bytes;
  entry.value_room = static_cast<uint32_t>(room);
}

void Overlay::SetValue(Entry& entry, std::string_view value) {
  entry.value_size = 0;
  Reserve(entry, value.size());
  entry.value_size = static_cast<uint32_t>(value.size());
  if (!value.empty()) std::memcpy(entry.value_data, value.data(), value.size());
}

// Room at its end, to be written.
char* Overlay::Extend(Entry& entry, size_t size) {
  const size_t whole = entry.value_size + size;
  if (whole > entry.value_room) Reserve(entry, entry.value_size == 0 ? whole : 2 * whole);
  char* at = entry.value_data + entry.value_size;
  entry.value_size = static_cast<uint32_t>(whole);
  return at;
}

void Overlay::Put(std::string_view key, std::string_view value) {
  Entry& entry = At(key);
  const Counting counting(*this, entry);
  entry.kind = Kind::kPut;
  SetValue(entry, value);
}

void Overlay::Delete(std::string_view key) {
  Entry& entry = At(key);
  const Counting counting(*this, entry);
  entry.kind = Kind::kDeleted;
  entry.value_size = 0;
}

void Overlay::Append(std::string_view key, std::string_view bytes) {
  Entry& entry = At(key);
  CHECK(entry.kind != Kind::kAmended, "overlay.append", key);
  const Counting counting(*this, entry);
  if (!entry.changed()) {
    entry.kind = Kind::kAppended;
    entry.value_size = 0;
  } else if (entry.kind == Kind::kDeleted) {
    entry.kind = Kind::kPut;
  }
  char* end = Extend(entry, bytes.size());
  if (!bytes.empty()) std::memcpy(end, bytes.data(), bytes.size());
}

void Overlay::Amend(std::string_view key, const AmendedRow& by) {
  Entry& entry = At(key);
  CHECK(entry.kind != Kind::kAppended, "overlay.amend", key);
  const Counting counting(*this, entry);
  if (!entry.changed()) {
    entry.kind = Kind::kAmended;
    entry.value_size = 0;
  } else if (entry.kind == Kind::kDeleted) {
    entry.kind = Kind::kPut;
  }
  if (entry.value_size == 0) return SetAmendedRow(entry, by.head, {}, by.tail);
  const AmendedRow before = ReadAmendedRow(entry.value());
  if (!by.head.empty()) {
    if (by.head.size() != before.head.size()) {
      return SetAmendedRow(entry, by.head, std::string(before.tail), by.tail);
    }
    std::memcpy(const_cast<char*>(before.head.data()), by.head.data(), by.head.size());
  }
  char* end = Extend(entry, by.tail.size());
  if (!by.tail.empty()) std::memcpy(end, by.tail.data(), by.tail.size());
}

void Overlay::SetAmendedRow(Entry& entry, std::string_view head, std::string_view tail,
                            std::string_view more_tail) {
  entry.value_size = 0;
  Reserve(entry, kHeadSizeMax + head.size() + tail.size() + 2 * more_tail.size());
  char* at = WriteHeadSize(head.size(), entry.value_data);
  for (const std::string_view part : {head, tail, more_tail}) {
    at = std::copy(part.begin(), part.end(), at);
  }
  entry.value_size = static_cast<uint32_t>(at - entry.value_data);
}

void Overlay::NoteRead(std::string_view key, std::optional<std::string_view> value) {
  Entry& entry = At(key);
  entry.was_read = true;
  entry.kind = value ? Kind::kStored : Kind::kAbsent;
  if (value) SetValue(entry, *value);
}

std::span<const Overlay::Entry* const> Overlay::Sorted() {
  if (sorted_.size() == entries_.size()) return sorted_;
  // By the first byte, of which there are few, then each part by where its keys begin to differ:
  // the keys of one projection have much in common.
  std::array<size_t, 257> ends{};
  for (const Slot& slot : entries_) ++ends[FirstByte(*slot.entry) + 1];
  for (size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
  std::vector<Place> places(entries_.size());
  std::array<size_t, 257> next = ends;
  for (const Slot& slot : entries_) places[next[FirstByte(*slot.entry)]++].entry = slot.entry;
  sorted_.clear();
  for (size_t i = 0; i + 1 < ends.size(); ++i) {
    Sort(std::span(places).subspan(ends[i], ends[i + 1] - ends[i]));
  }
  for (const Place& place : places) sorted_.push_back(place.entry);
  return sorted_;
}

void Overlay::ClearSlots() {
  if (entries_.size() > slots_.size() / 8) {
    std::ranges::fill(slots_, Slot{});
    return;
  }
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : entries_) {
    size_t at = slot.hash & mask;
    while (slots_[at].entry != slot.entry) at = (at + 1) & mask;
    slots_[at] = {};
  }
}

void Overlay::Renew() {
  std::vector<std::pair<std::string, std::optional<std::string>>> keep;
  for (const auto& [hash, entry] : entries_) {
    if (!entry->was_read || entry->kind == Kind::kAppended || entry->kind == Kind::kAmended) {
      continue;
    }
    const bool there = entry->kind == Kind::kStored || entry->kind == Kind::kPut;
    keep.emplace_back(entry->key(), there ? std::optional<std::string>(entry->value())
                                          : std::optional<std::string>());
  }
  ClearSlots();
  entries_.clear();
  sorted_.clear();
  large_.clear();
  if (chunks_.size() > kChunksKept) chunks_.resize(kChunksKept);
  chunks_used_ = 0;
  free_ = free_end_ = nullptr;
  changed_bytes_ = 0;
  for (const auto& [key, value] : keep) {
    NoteRead(key, value);
    entries_.back().entry->was_read = false;
  }
}

}  // namespace longmen::projections
