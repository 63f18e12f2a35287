// Table: the rows of one kind, flat, with undo for groups.
//
// A row stands at a place that never moves, and is referred to by Ref: its number. Numbers are
// given out in order and those of erased rows again, last erased first, so they are a function of
// the log: whoever applies the same records gets the same numbers, groups undone in between or
// not. Finding a row by its key takes one look into an open-addressing index of 8 bytes a cell and
// one at the row, whose whole key is compared.
//
// A row has `using Key = ...`, `Key RowKey() const`, `bool Is(const Key&)`, `void Name(const
// Key&)`, `static uint32_t HashOf(const Key&)` and Fields for the archive.
//
// Between Begin and Commit every row is copied before it changes, so that Rollback restores it.
#pragma once

#include <bit>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "engine/ledger/archive.h"
#include "events/base/check.h"

namespace longmen::engine {

// The number of a row, from 1; 0: none.
template <typename Row>
struct Ref {
  uint32_t number = 0;

  bool empty() const { return number == 0; }
  auto operator<=>(const Ref&) const = default;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.number);
  }
};

template <typename Row>
class Table {
 public:
  using Key = typename Row::Key;

  Ref<Row> RefOf(const Key& key) const {
    if (cells_.empty()) return {};
    const uint32_t hash = Row::HashOf(key);
    for (size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Cell& cell = cells_[at];
      if (cell.number == 0) return {};
      if (cell.hash == hash && RowAt(cell.number).Is(key)) return {cell.number};
    }
  }
  // Before a look for the key soon.
  void Prefetch(const Key& key) const {
    if (!cells_.empty()) __builtin_prefetch(&cells_[Row::HashOf(key) & mask_]);
  }
  // The row of a number that is soon looked at, and then the cell that leads to it, before it is
  // erased.
  void PrefetchRow(Ref<Row> ref) const {
    if (!IsThere(ref)) return;
    const char* row = reinterpret_cast<const char*>(&RowAt(ref.number));
    for (size_t at = 0; at < sizeof(Row); at += kLineBytes) __builtin_prefetch(row + at);
  }
  void PrefetchCell(Ref<Row> ref) const {
    if (IsThere(ref)) Prefetch(RowAt(ref.number).RowKey());
  }
  const Row* Find(const Key& key) const {
    const Ref<Row> ref = RefOf(key);
    return ref.empty() ? nullptr : &RowAt(ref.number);
  }
  const Row* Find(Ref<Row> ref) const { return ref.empty() ? nullptr : &RowAt(ref.number); }
  // The row of a reference, which is not empty.
  const Row& operator[](Ref<Row> ref) const { return RowAt(ref.number); }

  // The row to change; it exists.
  Row& Mutable(Ref<Row> ref) {
    CHECK(!ref.empty(), "table.mutable");
    Row& row = RowAt(ref.number);
    if (recording_) undo_.push_back({ref.number, Undo::kChanged, row});
    return row;
  }

  // Null: there is no row of that number (any more).
  Row* MutableIfThere(Ref<Row> ref) { return IsThere(ref) ? &Mutable(ref) : nullptr; }

  // The row of the key, made if it is not there.
  Ref<Row> Upsert(const Key& key) {
    const Ref<Row> found = RefOf(key);
    return found.empty() ? Insert(key) : found;
  }

  // A row for a key that has none.
  Ref<Row> Insert(const Key& key) {
    const auto what = free_.empty() ? Undo::kAppended : Undo::kInserted;
    const uint32_t number = Take();
    RowAt(number).SetKey(key);
    if (recording_) undo_.push_back({number, what, std::nullopt});
    AddCell({Row::HashOf(key), number});
    return {number};
  }

  void Erase(Ref<Row> ref) {
    CHECK(!ref.empty(), "table.erase");
    if (recording_) undo_.push_back({ref.number, Undo::kErased, RowAt(ref.number)});
    Remove(ref.number);
  }

  size_t size() const { return live_count_; }
  // The largest that was given out.
  size_t numbers() const { return live_.size(); }

  // Every row, by number: `visit(ref, row)`.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (uint32_t number = 1; number <= live_.size(); ++number) {
      if (live_[number - 1]) visit(Ref<Row>{number}, RowAt(number));
    }
  }

  void Begin() { recording_ = true; }
  void Commit() {
    undo_.clear();
    recording_ = false;
  }
  void Rollback() {
    recording_ = false;
    for (auto it = undo_.rbegin(); it != undo_.rend(); ++it) {
      switch (it->what) {
        case Undo::kAppended:
          Remove(it->number);
          free_.pop_back();
          live_.pop_back();
          break;
        case Undo::kInserted:
          Remove(it->number);
          break;
        case Undo::kErased:
          CHECK(Take() == it->number, "table.undo", it->number);
          RowAt(it->number) = std::move(*it->before);
          AddCell({Row::HashOf(RowAt(it->number).RowKey()), it->number});
          break;
        case Undo::kChanged:
          RowAt(it->number) = std::move(*it->before);
          break;
      }
    }
    undo_.clear();
  }

  void Write(ArchiveWriter& archive) const {
    archive(static_cast<uint32_t>(live_.size()));
    archive(free_);
    ForEach([&archive](Ref<Row>, const Row& row) { archive(row); });
  }
  void Read(ArchiveReader& archive) {
    *this = Table();
    const uint32_t numbers = archive.Count(1);
    archive(free_);
    if (!archive.ok() || !TakeNumbers(numbers)) return archive.Fail();
    for (uint32_t number = 1; number <= numbers && archive.ok(); ++number) {
      if (live_[number - 1]) archive(RowAt(number));
    }
    Resize();
    ForEach([this](Ref<Row> ref, const Row& row) {
      Place({Row::HashOf(row.RowKey()), ref.number});
    });
  }

 private:
  // The low bits of the hash are the cell's place, so that growing and closing gaps need no row.
  struct Cell {
    uint32_t hash = 0;
    uint32_t number = 0;  // 0: free
  };
  struct Undo {
    enum What : uint8_t { kAppended, kInserted, kErased, kChanged };
    uint32_t number;
    What what;
    std::optional<Row> before;
  };
  static constexpr size_t kChunkRows = 256;
  static constexpr size_t kLineBytes = 64;

  bool IsThere(Ref<Row> ref) const { return ref.number <= live_.size() && live_[ref.number - 1]; }
  const Row& RowAt(uint32_t number) const {
    return chunks_[(number - 1) / kChunkRows][(number - 1) % kChunkRows];
  }
  Row& RowAt(uint32_t number) {
    return chunks_[(number - 1) / kChunkRows][(number - 1) % kChunkRows];
  }

  uint32_t Take() {
    ++live_count_;
    if (!free_.empty()) {
      const uint32_t number = free_.back();
      free_.pop_back();
      live_[number - 1] = true;
      return number;
    }
    if (live_.size() == chunks_.size() * kChunkRows) {
      chunks_.push_back(std::make_unique<Row[]>(kChunkRows));
    }
    live_.push_back(true);
    return static_cast<uint32_t>(live_.size());
  }

  // Numbers 1 to `numbers`, those in free_ free. False: they cannot be.
  bool TakeNumbers(uint32_t numbers) {
    live_.assign(numbers, true);
    for (const uint32_t number : free_) {
      if (number == 0 || number > numbers || !live_[number - 1]) return false;
      live_[number - 1] = false;
    }
    live_count_ = numbers - free_.size();
    for (size_t first = 0; first < numbers; first += kChunkRows) {
      chunks_.push_back(std::make_unique<Row[]>(kChunkRows));
    }
    return true;
  }

  void Remove(uint32_t number) {
    RemoveCell({Row::HashOf(RowAt(number).RowKey()), number});
    std::destroy_at(&RowAt(number));
    std::construct_at(&RowAt(number));
    live_[number - 1] = false;
    free_.push_back(number);
    --live_count_;
  }

  void AddCell(Cell cell) {
    if ((live_count_ + 1) * 4 > cells_.size() * 3) {
      const std::vector<Cell> before = std::move(cells_);
      Resize();
      for (const Cell& old : before) {
        if (old.number != 0) Place(old);
      }
    }
    Place(cell);
  }

  // Empties the index and makes it large enough.
  void Resize() {
    cells_.assign(std::max<size_t>(16, std::bit_ceil((live_count_ + 1) * 2)), Cell{});
    mask_ = cells_.size() - 1;
  }

  void Place(Cell cell) {
    size_t at = cell.hash & mask_;
    while (cells_[at].number != 0) at = (at + 1) & mask_;
    cells_[at] = cell;
  }

  // Closes the gap, so that no search ends before its row.
  void RemoveCell(Cell cell) {
    size_t gap = cell.hash & mask_;
    while (cells_[gap].number != cell.number) gap = (gap + 1) & mask_;
    for (size_t at = (gap + 1) & mask_; cells_[at].number != 0; at = (at + 1) & mask_) {
      const size_t home = cells_[at].hash & mask_;
      if (((at - home) & mask_) < ((at - gap) & mask_)) continue;
      cells_[gap] = cells_[at];
      gap = at;
    }
    cells_[gap] = Cell{};
  }

  std::vector<std::unique_ptr<Row[]>> chunks_;
  std::vector<bool> live_;
  std::vector<uint32_t> free_;
  std::vector<Cell> cells_;
  size_t mask_ = 0;
  size_t live_count_ = 0;
  std::vector<Undo> undo_;
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
