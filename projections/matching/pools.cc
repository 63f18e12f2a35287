// The passes over the items of a day and what earlier days left over.
#include "projections/matching/pools.h"

#include <algorithm>
#include <array>
#include <map>

#include "events/base/hash.h"

namespace longmen::projections {
namespace {

bool Before(const MatchItem& a, const MatchItem& b) {
  if (a.ours) return std::tie(a.sequence, a.line) < std::tie(b.sequence, b.line);
  return std::tie(a.file, a.line) < std::tie(b.file, b.line);
}

// A channel's list is a snapshot: what it calls under way may have happened since. What failed on
// one side only is no agreement, nor is what only one side is sure of.
bool OutcomesAgree(const MatchItem& ours, const MatchItem& theirs) {
  if (ours.Failed() || theirs.Failed()) return ours.Failed() && theirs.Failed();
  return ours.Happened() || !theirs.Happened();
}

}  // namespace

MatchDay& DayCounts::operator[](DayNumber day) {
  if (last_ == nullptr || day != day_) last_ = &days_[day];
  day_ = day;
  return *last_;
}

void Pool::Take(MatchCount& count, DayCounts& days) {
  const auto added = items_.begin() + static_cast<int64_t>(taken_.size());
  bool sorted = true;
  for (auto item = added; item != items_.end(); ++item) {
    sorted = sorted && (item == added || !Before(*item, *(item - 1)));
    count.Add(*item);
    MatchDay& day = days[item->day];
    ++(item->ours ? day.ours : day.theirs);
  }
  if (!sorted) std::sort(added, items_.end(), Before);
  taken_.resize(items_.size(), false);
}

// Whatever room a day needed stays for the next one.
void Pool::Compact() {
  size_t kept = 0;
  for (size_t at = 0; at < items_.size(); ++at) {
    if (taken_[at]) continue;
    if (kept != at) items_[kept] = std::move(items_[at]);
    ++kept;
  }
  items_.resize(kept);
  taken_.assign(kept, false);
}

std::vector<uint32_t> Pool::Open() const {
  std::vector<uint32_t> places;
  for (uint32_t at = 0; at < items_.size(); ++at) {
    if (!taken_[at]) places.push_back(at);
  }
  return places;
}

uint64_t HashOfText(std::string_view text) {
  return Xxh3({reinterpret_cast<const uint8_t*>(text.data()), text.size()}).low | 1;
}

void HashIndex::Clear(size_t count, size_t pool) {
  const size_t cells = std::bit_ceil(std::max<size_t>(16, 2 * count));
  cells_.assign(cells, Cell{});
  next_.assign(pool, kNone);
  mask_ = cells - 1;
}

void HashIndex::Put(uint64_t hash, uint32_t at) {
  size_t place = hash & mask_;
  while (cells_[place].hash != 0 && cells_[place].hash != hash) place = (place + 1) & mask_;
  next_[at] = cells_[place].first;
  cells_[place] = {hash, at};
}

uint32_t HashIndex::First(uint64_t hash, const Pool& pool) {
  size_t place = hash & mask_;
  while (cells_[place].hash != 0 && cells_[place].hash != hash) place = (place + 1) & mask_;
  uint32_t& first = cells_[place].first;
  while (first != kNone && !pool.open(first)) first = next_[first];
  return first;
}

uint64_t LikenessOf(const MatchItem& item) {
  // An order has several debits; a channel's reference is of one.
  const std::string_view text = !item.reference.empty() ? item.reference.view()
                                : item.ours             ? std::string_view()
                                                        : item.order_key.view();
  if (text.empty()) return 0;
  const uint64_t amount = static_cast<uint64_t>(item.minor) * 0x9E37'79B9'7F4A'7C15u;
  return HashOfText(text) ^ amount ^ static_cast<uint64_t>(item.direction);
}

bool Matching::Pools::SumsAgree(int64_t ours, int64_t theirs) const {
  const __int128 difference = static_cast<__int128>(ours) - theirs;
  return -rule_.amount_tolerance <= difference && difference <= rule_.amount_tolerance;
}

bool Matching::Pools::Agree(const MatchItem& ours, const MatchItem& theirs) const {
  if (ours.direction != theirs.direction || ours.currency != theirs.currency) return false;
  if (!OutcomesAgree(ours, theirs)) return false;
  return SumsAgree(ours.Signed(rule_), theirs.Signed(rule_));
}

const MatchItem* Matching::Pools::Consume(Pool& pool, uint32_t at, MatchCount& count,
                                          std::vector<uint64_t>& likenesses) {
  const MatchItem& item = pool[at];
  pool.Consume(at);
  count.Add(item);
  MatchDay& day = days_[item.day];
  ++(item.ours ? day.matched_ours : day.matched_theirs);
  if (const uint64_t likeness = LikenessOf(item); likeness != 0) likenesses.push_back(likeness);
  return &item;
}

void Matching::Pools::Take(MatchBy by, std::span<const uint32_t> ours,
                           std::span<const uint32_t> theirs) {
  Seen& seen = seen_.back();
  our_items_.clear();
  their_items_.clear();
  for (const uint32_t at : ours) {
    our_items_.push_back(Consume(ours_, at, result_.matched_ours, seen.ours));
  }
  for (const uint32_t at : theirs) {
    their_items_.push_back(Consume(theirs_, at, result_.matched_theirs, seen.theirs));
  }
  if (our_items_.front()->day != their_items_.front()->day) ++result_.across_days;
  if (visitor_ != nullptr) visitor_->Matched(by, our_items_, their_items_);
}

void Matching::Pools::Pair(MatchBy by, uint32_t ours, uint32_t theirs) {
  Take(by, {&ours, 1}, {&theirs, 1});
}

uint64_t Matching::Pools::LinkHash(std::string_view text, const MatchItem& item) const {
  if (text.empty()) return 0;
  const uint64_t hash = HashOfText(text);
  if (rule_.amount_tolerance != 0) return hash;
  return (hash ^ (static_cast<uint64_t>(item.Signed(rule_)) * 0x9E37'79B9'7F4A'7C15u)) | 1;
}

void Matching::Pools::MatchLinked(Link link) {
  index_.Make(ours_, [&](const MatchItem& item) { return LinkHash(OursIn(link, item), item); });
  if (index_.empty()) return;
  const MatchBy by = link == Link::kOrder ? MatchBy::kOrder : MatchBy::kReference;
  for (uint32_t at = 0; at < theirs_.size(); ++at) {
    if (!theirs_.open(at)) continue;
    const MatchItem& theirs = theirs_[at];
    const std::string_view text = TheirsIn(link, theirs);
    const uint64_t hash = LinkHash(text, theirs);
    if (hash == 0) continue;
    for (uint32_t ours = index_.First(hash, ours_); ours != HashIndex::kNone;
         ours = index_.Next(ours)) {
      if (!ours_.open(ours) || OursIn(link, ours_[ours]) != text) continue;
      if (!Agree(ours_[ours], theirs)) continue;
      Pair(by, ours, at);
      break;
    }
  }
}

// Under each text that theirs have and ours have too, as a reference, a number or a batch.
void Matching::Pools::MatchGroups(bool by_reference) {
  struct Bucket {
    Places ours;
    Places theirs;
    __int128 sum = 0;  // ours less theirs
  };
  std::map<std::pair<std::string_view, uint16_t>, Bucket> buckets;
  for (const uint32_t at : theirs_.Open()) {
    const MatchItem& item = theirs_[at];
    const std::string_view text = by_reference ? item.reference : item.order_key;
    if (text.empty() || !item.Happened()) continue;
    Bucket& bucket = buckets[{text, item.currency.numeric}];
    bucket.theirs.push_back(at);
    bucket.sum -= item.Signed(rule_);
  }
  if (buckets.empty()) return;
  for (const uint32_t at : ours_.Open()) {
    const MatchItem& item = ours_[at];
    if (!item.Happened()) continue;
    for (const std::string_view text :
         {item.reference.view(), item.order_key.view(), item.batch.view()}) {
      const auto bucket = buckets.find({text, item.currency.numeric});
      if (text.empty() || bucket == buckets.end()) continue;
      bucket->second.ours.push_back(at);
      bucket->second.sum += item.Signed(rule_);
      break;
    }
  }
  for (const auto& [text, bucket] : buckets) {
    if (bucket.ours.empty() || bucket.ours.size() + bucket.theirs.size() < 3) continue;
    if (bucket.sum < -rule_.amount_tolerance || bucket.sum > rule_.amount_tolerance) continue;
    Take(MatchBy::kGroup, bucket.ours, bucket.theirs);
  }
}

// Ours of one direction, currency and amount: by day, and then by what they are called by, so that
// a line finds the first that nothing speaks against without a look at the others.
class Matching::Pools::Equals {
 public:
  static constexpr size_t kClasses = 4;
  static size_t ClassOf(const MatchItem& item) {
    return (item.reference.empty() ? 0 : 1) + (item.order_key.empty() ? 0 : 2);
  }

  void Add(DayNumber day, size_t of_class, uint32_t at) {
    days_[day][of_class].places.push_back(at);
  }
  // The first of the day that may be a line of the class; kNone: there is none.
  uint32_t Pop(DayNumber day, size_t of_class) {
    const auto found = days_.find(day);
    if (found == days_.end()) return HashIndex::kNone;
    Queue* first = nullptr;
    for (size_t each = 0; each < kClasses; ++each) {
      Queue& queue = found->second[each];
      // Both have a reference, or both a number: they would have been linked by it.
      if ((each & of_class) != 0 || queue.next == queue.places.size()) continue;
      if (first == nullptr || queue.head() < first->head()) first = &queue;
    }
    return first == nullptr ? HashIndex::kNone : first->places[first->next++];
  }

 private:
  struct Queue {
    Places places;
    size_t next = 0;
    uint32_t head() const { return places[next]; }
  };
  std::map<DayNumber, std::array<Queue, kClasses>> days_;
};

void Matching::Pools::MatchAmounts() {
  using Key = std::tuple<int64_t, uint16_t>;
  const auto key_of = [this](const MatchItem& item) {
    return Key{item.Signed(rule_), item.currency.numeric};
  };
  std::map<Key, std::pair<Equals, Places>> amounts;
  for (const uint32_t at : theirs_.Open()) {
    const MatchItem& item = theirs_[at];
    if (item.Happened() && Equals::ClassOf(item) != Equals::kClasses - 1) {
      amounts[key_of(item)].second.push_back(at);
    }
  }
  if (amounts.empty()) return;
  for (const uint32_t at : ours_.Open()) {
    const MatchItem& item = ours_[at];
    const auto found = amounts.find(key_of(item));
    if (!item.Happened() || found == amounts.end()) continue;
    found->second.first.Add(item.day, Equals::ClassOf(item), at);
  }
  for (auto& [key, of_amount] : amounts) {
    auto& [ours, theirs] = of_amount;
    for (int apart = 0; apart <= rule_.day_tolerance; ++apart) {
      for (const int sign : {-1, 1}) {
        for (const uint32_t at : theirs) {
          if (!theirs_.open(at) || (apart == 0 && sign > 0)) continue;
          const MatchItem& line = theirs_[at];
          const uint32_t our = ours.Pop(line.day + sign * apart, Equals::ClassOf(line));
          if (our != HashIndex::kNone) Pair(MatchBy::kAmountAndDay, our, at);
        }
      }
    }
  }
}

// A line without our number that is all we have left of a day, and that is several.
void Matching::Pools::MatchDayTotals() {
  Places lines = theirs_.Open();
  std::erase_if(lines, [this](uint32_t at) {
    return !theirs_[at].order_key.empty() || !theirs_[at].Happened();
  });
  if (lines.empty()) return;
  std::map<std::pair<DayNumber, uint16_t>, std::pair<Places, __int128>> days;
  for (const uint32_t at : ours_.Open()) {
    if (!ours_[at].Happened()) continue;
    auto& [places, sum] = days[{ours_[at].day, ours_[at].currency.numeric}];
    places.push_back(at);
    sum += ours_[at].Signed(rule_);
  }
  for (const uint32_t at : lines) {
    const MatchItem& line = theirs_[at];
    for (int apart = 0; apart <= rule_.day_tolerance; ++apart) {
      const auto day = days.find({line.day - apart, line.currency.numeric});
      if (day == days.end() || day->second.first.size() < 2) continue;
      if (day->second.second != line.Signed(rule_)) continue;
      Take(MatchBy::kDayTotal, day->second.first, {&at, 1});
      days.erase(day);
      break;
    }
  }
}

void Matching::Pools::Day(DayNumber day) {
  ours_.Take(result_.ours, days_);
  theirs_.Take(result_.theirs, days_);
  seen_.push_back({day, {}, {}});
  // Where the statements are far behind, all that is open is on one side.
  if (ours_.size() > 0 && theirs_.size() > 0) {
    for (const Link link : kLinks) MatchLinked(link);
    MatchGroups(true);
    MatchGroups(false);
    MatchAmounts();
    MatchDayTotals();
  }
  ours_.Compact();
  theirs_.Compact();
  while (seen_.front().day + kDuplicateDays < day) {
    Retire(seen_.front());
    seen_.pop_front();
  }
}

Matching::Matching(const MatchRule& rule, const MatchCoverage& coverage, MatchVisitor* visitor)
    : pools_(std::make_unique<Pools>(rule, coverage, visitor)) {}
Matching::~Matching() = default;

std::vector<MatchItem>& Matching::ours() { return pools_->ours(); }
std::vector<MatchItem>& Matching::theirs() { return pools_->theirs(); }
void Matching::Day(DayNumber day) { pools_->Day(day); }
MatchResult Matching::Finish() { return pools_->Finish(); }

}  // namespace longmen::projections
