// FlatStore: a store in memory for whoever folds all of a log at once.
//
// Look-ups go through one flat table, and what is stored lies in chunks that are given back with
// the store; nothing is in order until somebody scans. A pair costs about 40 bytes beside its own,
// and a fold a third of what MapStore takes.
//
// Threading: as MapStore, but a Scan changes the store.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "projections/store/store.h"

namespace longmen::projections {

class FlatStore final : public Store {
 public:
  FlatStore();
  FlatStore(const FlatStore&) = delete;
  FlatStore& operator=(const FlatStore&) = delete;

  std::optional<std::string> Get(std::string_view key) const override;
  void Scan(std::string_view prefix, std::string_view after,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override;
  void Put(std::string_view key, std::string_view value) override;
  void Delete(std::string_view key) override;
  void Append(std::string_view key, std::string_view bytes) override;
  void Amend(std::string_view key, std::string_view head, std::string_view tail) override;

  // Whether another store has the very same pairs. That one is read in its own order, and nothing
  // is put in order here.
  bool SameAs(const ReadStore& other) const;

 private:
  // Its key lies behind it.
  struct Entry {
    char* value_data;
    uint32_t value_size;
    uint32_t value_room;
    uint32_t key_size;
    bool there;

    std::string_view key() const { return {reinterpret_cast<const char*>(this + 1), key_size}; }
    std::string_view value() const { return {value_data, value_size}; }
  };
  struct Slot {
    uint64_t hash = 0;
    Entry* entry = nullptr;
  };
  using Run = std::vector<const Entry*>;
  // Of large pages, where the system has them: history is looked up all over the place, and half of
  // what that costs is to find the page.
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  template <typename T>
  using Large = std::unique_ptr<T[], Free>;
  class Comparison;

  const Entry* Find(std::string_view key) const;
  uint64_t HashOf(std::string_view key) const;
  Slot& SlotOf(std::string_view key, uint64_t hash) const;
  size_t Last() const { return slot_count_ - 1; }
  Entry& At(std::string_view key);
  void Grow();
  static Large<Slot> FreeSlots(size_t count);
  void Reserve(Entry& entry, size_t room);
  void Extend(Entry& entry, std::string_view bytes);
  char* Allocate(size_t size);
  void Order() const;

  const uint64_t seed_;  // so that nobody can choose ids whose keys collide
  Large<Slot> slots_;
  size_t slot_count_;  // a power of two; at most three quarters are taken
  size_t pairs_ = 0;   // entries that are there
  std::vector<Large<char>> chunks_;
  char* free_ = nullptr;
  char* free_end_ = nullptr;

  // All entries, deleted ones too. Those behind ordered_ are in no run yet. Runs are merged as they
  // reach each other's size, so that many scans of a growing store stay cheap.
  std::vector<const Entry*> entries_;
  mutable size_t ordered_ = 0;
  mutable std::vector<Run> runs_;
};

}  // namespace longmen::projections
