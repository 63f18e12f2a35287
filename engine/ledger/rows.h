// The kinds of keys that rows have; what each kind of row holds is in state.h.
#pragma once

#include <string>
#include <string_view>

#include "engine/ledger/table.h"
#include "events/block/record.h"
#include "events/codec/codec.h"

namespace longmen::engine {

// Hashes for the tables of one process: seeded at its start, so that nobody can choose ids which
// collide. They are never written anywhere.
uint32_t HashText(std::string_view text, uint64_t salt = 0);
uint32_t HashNumbers(uint64_t a, uint64_t b, uint64_t c);

template <typename Text>
struct RowUnder {
  Text name;

  using Key = std::string_view;
  Key RowKey() const { return name; }
  bool Is(Key other) const { return std::string_view(name) == other; }
  void SetKey(Key given) { name = Text(given); }
  static uint32_t HashOf(Key key) { return HashText(key); }
};
using NamedRow = RowUnder<Name>;        // what is registered
using TextRow = RowUnder<std::string>;  // anything else

// By a number that grows: neighbours are neighbours in the index, eight at a time. Were they all,
// one run of cells as long as the table would have to be walked whenever the oldest row is removed.
struct NumberedRow {
  Sequence sequence = 0;

  using Key = Sequence;
  Key RowKey() const { return sequence; }
  bool Is(Key other) const { return sequence == other; }
  void SetKey(Key given) { sequence = given; }
  static uint32_t HashOf(Key key) {
    return (static_cast<uint32_t>(key >> 3) * 0x9E3779B1u) << 3 | (key & 7);
  }
};

// By a name within a scenario.
struct ScopedRow {
  schema::Scenario scenario = schema::Scenario::NONE;
  ShortText name;

  // Hashed when it is made, for all who look it up.
  struct Key {
    Key(schema::Scenario in, std::string_view of)
        : scenario(in), hash(HashText(of, static_cast<uint64_t>(in))), name(of) {}
    schema::Scenario scenario;
    uint32_t hash;
    std::string_view name;
  };
  Key RowKey() const { return {scenario, name}; }
  bool Is(const Key& other) const { return scenario == other.scenario && name == other.name; }
  void SetKey(const Key& given) {
    scenario = given.scenario;
    name = given.name;
  }
  static uint32_t HashOf(const Key& key) { return key.hash; }
};

// By a few numbers.
template <typename Numbers>
struct KeyedRow {
  Numbers row_key;

  using Key = Numbers;
  const Key& RowKey() const { return row_key; }
  bool Is(const Key& other) const { return row_key == other; }
  void SetKey(const Key& given) { row_key = given; }
  static uint32_t HashOf(const Key& key) { return key.Hash(); }
};

}  // namespace longmen::engine
