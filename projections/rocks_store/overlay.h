// Overlay: what a fold wrote and is not yet committed, and what it read on the way.
//
// Look-ups go through one flat table; keys and values lie in one arena. Keys are put in order only
// for whoever asks: once a commit, and for a Scan.
//
// What was read is kept as it was found, so that a key is fetched once however often it is read;
// Renew keeps what was read since the Renew before, with what became of it.
//
// Threading: one thread. What a look-up gave is valid until the next change.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "projections/store/amended_row.h"

namespace longmen::projections {

class Overlay {
 public:
  enum class Kind : uint8_t {
    kStored,  // as it is stored
    kAbsent,  // as it is stored, which is not at all
    kPut,
    kDeleted,
    kAppended,  // `value` comes after whatever is stored
    kAmended,   // `value` is an AmendedRow by which whatever is stored is amended
  };
  // Its key lies behind it: nearly every look-up is over after one line of cache.
  struct Entry {
    char* value_data = nullptr;
    uint32_t key_size = 0;
    uint32_t value_size = 0;
    uint32_t value_room = 0;
    Kind kind = Kind::kAbsent;
    bool was_read = false;

    std::string_view key() const { return {reinterpret_cast<const char*>(this + 1), key_size}; }
    std::string_view value() const { return {value_data, value_size}; }
    bool changed() const { return kind != Kind::kStored && kind != Kind::kAbsent; }
  };

  Overlay();
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  void Append(std::string_view key, std::string_view bytes);
  void Amend(std::string_view key, const AmendedRow& by);
  // Marks it as read. Nothing where the key is not here.
  const Entry* Find(std::string_view key);
  // What the store has under a key that is not here.
  void NoteRead(std::string_view key, std::optional<std::string_view> value);

  // All entries by key, those only read among them.
  std::span<const Entry* const> Sorted();
  // Of the keys and values that are not stored yet.
  size_t changed_bytes() const { return changed_bytes_; }
  // All changes are stored now.
  void Renew();

 private:
  class Counting;
  struct Slot {
    uint64_t hash = 0;
    Entry* entry = nullptr;
  };

  uint64_t HashOf(std::string_view key) const;
  Entry& At(std::string_view key);  // made where it is missing, as kAbsent
  void Grow();
  void ClearSlots();
  void SetValue(Entry& entry, std::string_view value);
  void SetAmendedRow(Entry& entry, std::string_view head, std::string_view tail,
                     std::string_view more_tail);
  char* Extend(Entry& entry, size_t size);
  void Reserve(Entry& entry, size_t room);
  char* Allocate(size_t size);

  const uint64_t seed_;  // so that nobody can choose ids whose keys collide
  // Linear probing, at most three quarters full; a power of two of them.
  std::vector<Slot> slots_;
  std::vector<Slot> entries_;  // in the order of their coming
  std::vector<const Entry*> sorted_;
  // Kept from Renew to Renew: fresh pages cost more than what is put there.
  std::vector<std::unique_ptr<char[]>> chunks_;
  size_t chunks_used_ = 0;
  char* free_ = nullptr;
  char* free_end_ = nullptr;
  std::vector<std::unique_ptr<char[]>> large_;
  size_t changed_bytes_ = 0;
};

}  // namespace longmen::projections
