// A history in memory, over records that somebody else keeps.
#pragma once

#include <functional>
#include <map>

#include "engine/ledger/history.h"

namespace longmen::engine {

class MemoryHistory final : public History {
 public:
  using Records = std::function<std::optional<RecordView>(Sequence)>;
  MemoryHistory(Sequence window, Records records) : window_(window), records_(std::move(records)) {}

  Sequence window() const override { return window_; }
  uint64_t seed() const override { return 7; }
  void Prefetch(uint64_t) const override {}
  Numbers Find(uint64_t hash) override {
    Numbers numbers;
    // Sixteen hashes only, so that names collide all the time.
    const auto [first, last] = index.equal_range(hash % 16);
    for (auto it = first; it != last; ++it) numbers.push_back(it->second);
    return numbers;
  }
  std::optional<std::vector<uint8_t>> Fetch(uint64_t place) override { return pile.at(place); }
  void ForEachStored(const std::function<bool(uint64_t, Bytes)>& visit) override {
    for (size_t place = 0; place < pile.size(); ++place) {
      if (!visit(place, pile[place])) return;
    }
  }
  std::optional<RecordView> Record(Sequence sequence) override { return records_(sequence); }

  bool read_only() const override { return read_only_; }
  uint64_t Store(Bytes bytes) override {
    pile.emplace_back(bytes.begin(), bytes.end());
    return pile.size() - 1;
  }
  void Put(uint64_t hash, uint64_t number) override { index.emplace(hash % 16, number); }
  Sequence mark() const override { return mark_; }
  void SetMark(Sequence mark, Sequence) override { mark_ = std::max(mark_, mark); }

  void Advance(size_t) override {}
  Status Flush() override { return status_; }
  Status Recover() override { return status_ = Ok(); }
  Status status() const override { return status_; }
  void Fail(Error error) override { status_ = std::move(error); }

  void set_read_only(bool read_only) { read_only_ = read_only; }

  // As somebody would change them who can write the disk.
  std::multimap<uint64_t, uint64_t> index;
  std::vector<std::vector<uint8_t>> pile;

 private:
  const Sequence window_;
  const Records records_;
  Sequence mark_ = 0;
  bool read_only_ = false;
  Status status_ = Ok();
};

}  // namespace longmen::engine
