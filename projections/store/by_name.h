// ByName: what a fold gathers for each account or participant until it is finished.
//
// A name is one pointer for the life of the process, so that finding its entry costs no look at the
// text. Entries stay in the order of their coming.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "events/base/name.h"

namespace longmen::projections {

template <typename T>
class ByName {
 public:
  struct Entry {
    Name name;
    T value;
  };

  // Made where it is missing. Valid until the next name is added.
  T& operator[](const Name& name) {
    size_t at = Begin(name);
    for (; slots_[at] != 0; at = (at + 1) & mask()) {
      Entry& entry = entries_[slots_[at] - 1];
      if (entry.name == name) return entry.value;
    }
    entries_.push_back({name, T{}});
    slots_[at] = static_cast<uint32_t>(entries_.size());
    if (entries_.size() > slots_.size() / 2) Grow();
    return entries_.back().value;
  }
  std::vector<Entry>& entries() { return entries_; }
  void Clear() {
    if (entries_.size() > slots_.size() / 16) {
      std::ranges::fill(slots_, 0);
    } else {
      for (uint32_t i = 0; i < entries_.size(); ++i) {
        size_t at = Begin(entries_[i].name);
        while (slots_[at] != i + 1) at = (at + 1) & mask();
        slots_[at] = 0;
      }
    }
    entries_.clear();
  }

 private:
  size_t mask() const { return slots_.size() - 1; }
  size_t Begin(const Name& name) const {
    const auto pointer = reinterpret_cast<uintptr_t>(&name.text());
    return (pointer * 0x9E37'79B9'7F4A'7C15u >> 32) & mask();
  }
  void Grow() {
    slots_.assign(2 * slots_.size(), 0);
    for (uint32_t i = 0; i < entries_.size(); ++i) {
      size_t at = Begin(entries_[i].name);
      while (slots_[at] != 0) at = (at + 1) & mask();
      slots_[at] = i + 1;
    }
  }

  std::vector<uint32_t> slots_ = std::vector<uint32_t>(256);  // index in entries_ + 1; 0: free
  std::vector<Entry> entries_;
};

}  // namespace longmen::projections
