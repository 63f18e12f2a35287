// What a matching has in hand: the items that are open, and the passes over them.
#pragma once

#include <unordered_set>

#include "projections/matching/match.h"

namespace longmen::projections {

// Items of one side that no pass has taken yet, in canonical order, earlier days first.
class Pool {
 public:
  // Behind what is open, items of a further day are added here.
  std::vector<MatchItem>& items() { return items_; }
  // Puts what was added into order, and counts it.
  void Take(MatchCount& count);
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

// Items by a text, in the order of the pool: a table that is made once and then looked at.
class TextIndex {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  template <typename TextOf>
  void Make(const Pool& pool, TextOf text_of) {
    size_t count = 0;
    for (uint32_t at = 0; at < pool.size(); ++at) {
      if (pool.open(at) && !text_of(pool[at]).empty()) ++count;
    }
    Clear(count, pool.size());
    // From the last on, so that each chain begins with the first.
    for (uint32_t at = static_cast<uint32_t>(pool.size()); at-- > 0;) {
      if (pool.open(at) && !text_of(pool[at]).empty()) Put(HashOf(text_of(pool[at])), at);
    }
  }
  // The first of those whose text may be this one; they follow each other by Next.
  uint32_t First(std::string_view text) const;
  uint32_t Next(uint32_t at) const { return next_[at]; }
  bool empty() const { return count_ == 0; }

  static uint64_t HashOf(std::string_view text);

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
  size_t count_ = 0;
};

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
  TextIndex index_;
  std::vector<const MatchItem*> our_items_;  // of the match that is being told
  std::vector<const MatchItem*> their_items_;
  std::deque<Seen> seen_;
  // Names of open items that are like one that was matched.
  std::unordered_set<std::string> duplicates_;
  MatchResult result_;
};

// Of an item, what a second one of it would have too; 0: it has nothing of its own.
uint64_t LikenessOf(const MatchItem& item);

}  // namespace longmen::projections
