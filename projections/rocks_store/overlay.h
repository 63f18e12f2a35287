// Overlay: what a fold wrote and is not yet committed, and what it read on the way.
//
// Look-ups go through one flat table; bytes lie in one arena. Keys are put in order only for
// whoever asks: once a commit, and for a Scan (which pays for what was added since the last one).
//
// What was read is kept as it was found, so that a key is fetched once however often it is read;
// Renew keeps what was read since the Renew before, with what became of it.
//
// Threading: one thread. What a look-up gave is valid until the next change.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace longmen::projections {

class Overlay {
 public:
  enum class Kind : uint8_t {
    kStored,  // as it is stored
    kAbsent,  // as it is stored, which is not at all
    kPut,
    kDeleted,
    kAppended,  // `value` comes after whatever is stored
  };
  struct Entry {
    const char* key_data = nullptr;
    char* value_data = nullptr;
    uint32_t key_size = 0;
    uint32_t value_size = 0;
    uint32_t value_room = 0;
    Kind kind = Kind::kAbsent;
    bool was_read = false;

    std::string_view key() const { return {key_data, key_size}; }
    std::string_view value() const { return {value_data, value_size}; }
    bool changed() const { return kind != Kind::kStored && kind != Kind::kAbsent; }
  };

  Overlay();
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  void Append(std::string_view key, std::string_view bytes);
  // Marks it as read. Nothing where the key is not here.
  const Entry* Find(std::string_view key);
  // What the store has under a key that is not here.
  void NoteRead(std::string_view key, std::optional<std::string_view> value);

  // All entries by key, those only read among them.
  std::span<const Entry* const> Sorted();
  // Of keys and values written since Renew.
  size_t changed_bytes() const { return changed_bytes_; }
  // All changes are stored now.
  void Renew();

 private:
  struct Hash {
    using is_avalanching = void;
    size_t operator()(std::string_view key) const;
  };

  Entry& At(std::string_view key, Kind kind_if_new);
  void Reserve(Entry& entry, size_t room);
  char* Allocate(size_t size);

  // The first bytes are kept from Renew to Renew: fresh pages cost more than what is put there.
  std::unique_ptr<char[]> kept_;
  std::pmr::monotonic_buffer_resource arena_;
  boost::unordered_flat_map<std::string_view, Entry*, Hash> index_;
  std::vector<Entry*> entries_;
  std::vector<const Entry*> sorted_;  // the first of entries_, as far as somebody asked
  size_t changed_bytes_ = 0;
};

}  // namespace longmen::projections
