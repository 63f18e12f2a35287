#include "projections/rocks_store/overlay.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

#include "events/base/hash.h"

namespace longmen::projections {
namespace {

constexpr size_t kKeptBytes = 32u << 20;

// Most keys differ within their first bytes: those are compared as a number, kept beside the
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

}  // namespace

size_t Overlay::Hash::operator()(std::string_view key) const { return Xxh3Seeded(AsBytes(key), 0); }

Overlay::Overlay()
    : kept_(std::make_unique_for_overwrite<char[]>(kKeptBytes)), arena_(kept_.get(), kKeptBytes) {}

char* Overlay::Allocate(size_t size) { return static_cast<char*>(arena_.allocate(size, 1)); }

Overlay::Entry& Overlay::At(std::string_view key, Kind kind_if_new) {
  if (const auto found = index_.find(key); found != index_.end()) return *found->second;
  char* bytes = Allocate(key.size());
  std::memcpy(bytes, key.data(), key.size());
  auto* entry = new (arena_.allocate(sizeof(Entry), alignof(Entry))) Entry;
  entry->key_data = bytes;
  entry->key_size = static_cast<uint32_t>(key.size());
  entry->kind = kind_if_new;
  entries_.push_back(entry);
  index_.emplace(entry->key(), entry);
  return *entry;
}

void Overlay::Reserve(Entry& entry, size_t room) {
  if (room <= entry.value_room) return;
  char* bytes = Allocate(room);
  if (entry.value_size != 0) std::memcpy(bytes, entry.value_data, entry.value_size);
  entry.value_data = bytes;
  entry.value_room = static_cast<uint32_t>(room);
}

void Overlay::Put(std::string_view key, std::string_view value) {
  changed_bytes_ += key.size() + value.size();
  Entry& entry = At(key, Kind::kPut);
  entry.kind = Kind::kPut;
  entry.value_size = 0;
  Reserve(entry, value.size());
  entry.value_size = static_cast<uint32_t>(value.size());
  if (!value.empty()) std::memcpy(entry.value_data, value.data(), value.size());
}

void Overlay::Delete(std::string_view key) {
  changed_bytes_ += key.size();
  Entry& entry = At(key, Kind::kDeleted);
  entry.kind = Kind::kDeleted;
  entry.value_size = 0;
}

void Overlay::Append(std::string_view key, std::string_view bytes) {
  Entry& entry = At(key, Kind::kAppended);
  changed_bytes_ += bytes.size() + (entry.value_size == 0 ? key.size() : 0);
  if (entry.kind == Kind::kStored || entry.kind == Kind::kAbsent) {
    entry.kind = Kind::kAppended;
    entry.value_size = 0;
  } else if (entry.kind == Kind::kDeleted) {
    entry.kind = Kind::kPut;
  }
  const size_t size = entry.value_size + bytes.size();
  if (size > entry.value_room) Reserve(entry, entry.value_size == 0 ? size : 2 * size);
  if (!bytes.empty()) std::memcpy(entry.value_data + entry.value_size, bytes.data(), bytes.size());
  entry.value_size = static_cast<uint32_t>(size);
}

const Overlay::Entry* Overlay::Find(std::string_view key) {
  const auto found = index_.find(key);
  if (found == index_.end()) return nullptr;
  found->second->was_read = true;
  return found->second;
}

void Overlay::NoteRead(std::string_view key, std::optional<std::string_view> value) {
  Entry& entry = At(key, value ? Kind::kStored : Kind::kAbsent);
  entry.was_read = true;
  if (!value) return;
  Reserve(entry, value->size());
  if (!value->empty()) std::memcpy(entry.value_data, value->data(), value->size());
  entry.value_size = static_cast<uint32_t>(value->size());
}

std::span<const Overlay::Entry* const> Overlay::Sorted() {
  const size_t before = sorted_.size();
  if (before == entries_.size()) return sorted_;
  std::vector<Place> added;
  added.reserve(entries_.size() - before);
  for (size_t i = before; i < entries_.size(); ++i) {
    added.push_back({HeadOf(entries_[i]->key()), entries_[i]});
  }
  std::ranges::sort(added, [](const Place& a, const Place& b) {
    return a.head != b.head ? a.head < b.head : a.entry->key() < b.entry->key();
  });
  for (const Place& place : added) sorted_.push_back(place.entry);
  std::ranges::inplace_merge(sorted_, sorted_.begin() + static_cast<ptrdiff_t>(before), {},
                             [](const Entry* entry) { return entry->key(); });
  return sorted_;
}

void Overlay::Renew() {
  std::vector<std::pair<std::string, std::optional<std::string>>> keep;
  for (const Entry* entry : entries_) {
    if (!entry->was_read || entry->kind == Kind::kAppended) continue;
    const bool there = entry->kind == Kind::kStored || entry->kind == Kind::kPut;
    keep.emplace_back(entry->key(), there ? std::optional<std::string>(entry->value())
                                          : std::optional<std::string>());
  }
  index_.clear();
  entries_.clear();
  sorted_.clear();
  arena_.release();
  changed_bytes_ = 0;
  for (const auto& [key, value] : keep) {
    NoteRead(key, value);
    entries_.back()->was_read = false;
  }
}

}  // namespace longmen::projections
