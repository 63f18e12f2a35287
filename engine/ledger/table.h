// Table: a map of the state, with undo for groups.
//
// Pointers and references to values stay valid until the entry is erased or rolled back.
// Between Begin and Commit every entry that changes is copied once, so that Rollback restores it.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/ledger/archive.h"
#include "events/base/check.h"

namespace longmen::engine {

struct KeyHash {
  using is_transparent = void;
  size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
  size_t operator()(uint64_t key) const { return std::hash<uint64_t>{}(key); }
};

template <typename Key, typename Value>
class Table {
 public:
  using Map = std::unordered_map<Key, Value, KeyHash, std::equal_to<>>;

  template <typename K>
  const Value* Find(const K& key) const {
    const auto it = rows_.find(key);
    return it == rows_.end() ? nullptr : &it->second;
  }

  // The row to change; it exists.
  template <typename K>
  Value& Mutable(const K& key) {
    const auto it = rows_.find(key);
    CHECK(it != rows_.end(), "table.mutable", key);
    Remember(it->first, it->second);
    return it->second;
  }

  // The row to change, made if it is not there.
  Value& Upsert(const Key& key) {
    const auto [it, inserted] = rows_.try_emplace(key);
    if (inserted) {
      Remember(key, std::nullopt);
    } else {
      Remember(key, it->second);
    }
    return it->second;
  }

  void Erase(const Key& key) {
    const auto it = rows_.find(key);
    CHECK(it != rows_.end(), "table.erase", key);
    Remember(key, it->second);
    rows_.erase(it);
  }

  void Begin() { recording_ = true; }
  void Commit() { Forget(); }
  void Rollback() {
    for (auto& [key, before] : before_) {
      if (before) {
        rows_.insert_or_assign(key, std::move(*before));
      } else {
        rows_.erase(key);
      }
    }
    Forget();
  }

  size_t size() const { return rows_.size(); }
  const Map& rows() const { return rows_; }

  std::vector<const typename Map::value_type*> Sorted() const {
    std::vector<const typename Map::value_type*> sorted;
    sorted.reserve(rows_.size());
    for (const auto& row : rows_) sorted.push_back(&row);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return a->first < b->first; });
    return sorted;
  }

  void Write(ArchiveWriter& archive) const {
    archive(static_cast<uint32_t>(rows_.size()));
    for (const auto* row : Sorted()) {
      archive(row->first);
      archive(row->second);
    }
  }
  void Read(ArchiveReader& archive) {
    const uint32_t count = archive.Count(2);
    rows_.clear();
    rows_.reserve(count);
    for (uint32_t i = 0; i < count && archive.ok(); ++i) {
      Key key{};
      archive(key);
      archive(rows_[key]);
    }
  }

 private:
  void Remember(const Key& key, std::optional<Value> value) {
    if (recording_) before_.try_emplace(key, std::move(value));
  }
  void Forget() {
    before_.clear();
    recording_ = false;
  }

  Map rows_;
  std::unordered_map<Key, std::optional<Value>, KeyHash, std::equal_to<>> before_;
  bool recording_ = false;
};

// An ordered set with the same undo.
template <typename Value>
class OrderedSet {
 public:
  void Insert(const Value& value) {
    if (values_.insert(value).second) Log(value, true);
  }
  void Erase(const Value& value) {
    if (values_.erase(value) > 0) Log(value, false);
  }
  const std::set<Value>& values() const { return values_; }

  void Begin() { recording_ = true; }
  void Commit() { Forget(); }
  void Rollback() {
    for (auto it = log_.rbegin(); it != log_.rend(); ++it) {
      if (it->second) {
        values_.erase(it->first);
      } else {
        values_.insert(it->first);
      }
    }
    Forget();
  }

  void Write(ArchiveWriter& archive) const {
    archive(static_cast<uint32_t>(values_.size()));
    for (const Value& value : values_) archive(value);
  }
  void Read(ArchiveReader& archive) {
    const uint32_t count = archive.Count(2);
    values_.clear();
    for (uint32_t i = 0; i < count && archive.ok(); ++i) {
      Value value{};
      archive(value);
      values_.insert(values_.end(), std::move(value));
    }
  }

 private:
  void Log(const Value& value, bool inserted) {
    if (recording_) log_.emplace_back(value, inserted);
  }
  void Forget() {
    log_.clear();
    recording_ = false;
  }

  std::set<Value> values_;
  std::vector<std::pair<Value, bool>> log_;
  bool recording_ = false;
};

}  // namespace longmen::engine
