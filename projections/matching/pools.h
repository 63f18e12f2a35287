// What a matching has in hand: the items that are open, and the passes over them.
#pragma once

#include <unordered_set>

#include "projections/matching/match.h"

namespace longmen::projections {

// Counts by day; items that follow one another are mostly of one.
class DayCounts {
 public:
  explicit DayCounts(std::map<DayNumber, MatchDay>& days) : days_(days) {}
  MatchDay& operator[](DayNumber day);

 private:
  std::map<DayNumber, MatchDay>& days_;
  MatchDay* last_ = nullptr;
  DayNumber day_ = 0;
};

// Items of one side that no pass has taken yet, in canonical order, earlier days first.
class Pool {
 public:
  // Behind what is open, items of a further day are added here.
  std::vector<MatchItem>& items() { return items_; }
  // Puts what was added into order, and counts it.
  void Take(MatchCount& count, DayCounts& days);
  // Forgets those that were taken.
  void Compact();

  size_t size() const { return items_.size(); }
  const MatchItem& operator[](uint32_t at) const { return items_[at]; }
  bool open(uint32_t at) const { return !taken_[at]; }
  void Consume(uint32_t at) { taken_[at] = true; }
  std::vector<uint32_t> Open() const;

 private:
  std::vector<MatchItem> items_;
  std::vector<uint8_t> taken_;
};

// Items by a hash, in the order of the pool: a table that is made once and then looked at.
class HashIndex {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  // `hash_of(item)`; 0: the item is not in it.
  template <typename HashOf>
  void Make(const Pool& pool, HashOf hash_of) {
    std::vector<std::pair<uint64_t, uint32_t>>& hashes = hashes_;
    hashes.clear();
    for (uint32_t at = 0; at < pool.size(); ++at) {
      if (!pool.open(at)) continue;
      if (const uint64_t hash = hash_of(pool[at]); hash != 0) hashes.emplace_back(hash, at);
    }
    Clear(hashes.size(), pool.size());
    // From the last on, so that each chain begins with the first.
    for (size_t i = hashes.size(); i-- > 0;) Put(hashes[i].first, hashes[i].second);
  }
  // The first of those with the hash that is open still; they follow each other by Next. What was
  // taken in front of it is not looked at again.
  uint32_t First(uint64_t hash, const Pool& pool);
  uint32_t Next(uint32_t at) const { return next_[at]; }
  bool empty() const { return hashes_.empty(); }

 private:
  struct Cell {
    uint64_t hash = 0;
    uint32_t first = kNone;
  };
  void Clear(size_t count, size_t pool);
  void Put(uint64_t hash, uint32_t at);

  std::vector<Cell> cells_;
  std::vector<uint32_t> next_;
  size_t mask_ = 0;
  std::vector<std::pair<uint64_t, uint32_t>> hashes_;
};

// Never 0.
uint64_t HashOfText(std::string_view text);

// How two sides are linked by what they call things, the strongest first.
enum class Link : uint8_t { kReference, kOurReference, kOrder };
inline constexpr Link kLinks[] = {Link::kReference, Link::kOurReference, Link::kOrder};
inline std::string_view OursIn(Link link, const MatchItem& item) {
  return link == Link::kOrder ? item.order_key : item.reference;
}
inline std::string_view TheirsIn(Link link, const MatchItem& item) {
  return link == Link::kReference ? item.reference : item.order_key;
}

class Matching::Pools {
 public:
  Pools(const MatchRule& rule, const MatchCoverage& coverage, MatchVisitor* visitor)
      : rule_(rule), coverage_(coverage), visitor_(visitor) {}

  std::vector<MatchItem>& ours() { return ours_.items(); }
  std::vector<MatchItem>& theirs() { return theirs_.items(); }
  void Day(DayNumber day);
  MatchResult Finish();

 private:
  using Places = std::vector<uint32_t>;
  // Items of the same direction and amount that one line may be; see AmountAndDay.
  class Equals;
  // What was matched on a day, by what a second one of its kind would say.
  struct Seen {
    DayNumber day;
    std::vector<uint64_t> ours;
    std::vector<uint64_t> theirs;
  };

  bool Agree(const MatchItem& ours, const MatchItem& theirs) const;
  // Of what links an item; where amounts have to be the same, of that too. 0: nothing does.
  uint64_t LinkHash(std::string_view text, const MatchItem& item) const;
  bool SumsAgree(int64_t ours, int64_t theirs) const;
  const MatchItem* Consume(Pool& pool, uint32_t at, MatchCount& count,
                           std::vector<uint64_t>& likenesses);
  void Take(MatchBy by, std::span<const uint32_t> ours, std::span<const uint32_t> theirs);
  void Pair(MatchBy by, uint32_t ours, uint32_t theirs);

  void MatchLinked(Link link);
  void MatchGroups(bool by_reference);
  void MatchAmounts();
  void MatchDayTotals();

  // Of what is left at the end.
  void LinkLeftovers(Link link);
  void Retire(const Seen& seen);
  void FindDuplicates();
  Break Linked(const MatchItem& ours, const MatchItem& theirs) const;
  void Classify();
  Break OneSided(const MatchItem& item, bool duplicate) const;
  BreakKind KindOfOurs(const MatchItem& item) const;
  BreakKind KindOfTheirs(const MatchItem& item) const;
  void FindCandidates();

  const MatchRule& rule_;
  const MatchCoverage& coverage_;
  MatchVisitor* visitor_;
  Pool ours_;
  Pool theirs_;
  HashIndex index_;
  std::vector<const MatchItem*> our_items_;  // of the match that is being told
  std::vector<const MatchItem*> their_items_;
  std::deque<Seen> seen_;
  // Names of open items that are like one that was matched.
  std::unordered_set<std::string> duplicates_;
  MatchResult result_;
  DayCounts days_{result_.days};
};

// Of an item, what a second one of it would have too; 0: it has nothing of its own.
uint64_t LikenessOf(const MatchItem& item);

}  // namespace longmen::projections
