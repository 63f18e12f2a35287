// What no pass has matched: what it is, why, and what is suggested.
#include <algorithm>
#include <map>

#include "projections/matching/pools.h"
#include "projections/store/body.h"

namespace longmen::projections {
namespace {

constexpr int kCandidateDays = 7;

std::string_view DirectionName(schema::Direction direction) {
  switch (direction) {
    case schema::Direction::CREDIT:
      return "credit";
    case schema::Direction::DEBIT:
      return "debit";
    case schema::Direction::UNSTATED:
      break;
  }
  return "";
}

std::string OutcomeOf(const MatchItem& item) {
  const std::string outcome = EnumName(item.outcome);
  return item.status.empty() ? outcome : fmt::format("{} ({})", outcome, item.status);
}

// Of an item near the end or the beginning of its day: the day in whose statement it may be too.
// Nothing: it can be in that of its own day only.
std::optional<DayNumber> Neighbour(const MatchRule& rule, const MatchItem& item) {
  if (rule.edge_minutes == 0) return item.day + 1;
  const Nanos edge = rule.edge_minutes * kNanosPerMinute;
  if (item.occurred_at < rule.StartOf(item.day) + edge) return item.day - 1;
  if (item.occurred_at >= rule.StartOf(item.day + 1) - edge) return item.day + 1;
  return std::nullopt;
}

using Place = std::tuple<DayNumber, uint64_t, std::string_view, uint32_t>;
Place PlaceOf(const Break& of) {
  const uint64_t ours = of.ours.empty() ? UINT64_MAX : of.ours.front().sequence;
  if (of.theirs.empty()) return {of.day, ours, {}, 0};
  return {of.day, ours, of.theirs.front().file, of.theirs.front().line};
}

}  // namespace

// What is open is little, what was matched on a day is much: so the former is what is sorted.
void Matching::Pools::Retire(const Seen& seen) {
  const auto retire = [this](const Pool& pool, const std::vector<uint64_t>& likenesses) {
    std::vector<std::pair<uint64_t, uint32_t>> open;
    for (const uint32_t at : pool.Open()) {
      if (const uint64_t likeness = LikenessOf(pool[at]); likeness != 0) {
        open.emplace_back(likeness, at);
      }
    }
    if (open.empty()) return;
    std::ranges::sort(open);
    for (const uint64_t likeness : likenesses) {
      auto like = std::ranges::lower_bound(open, std::pair(likeness, uint32_t{0}));
      for (; like != open.end() && like->first == likeness; ++like) {
        duplicates_.insert(NameOf(pool[like->second]));
      }
    }
  };
  retire(ours_, seen.ours);
  retire(theirs_, seen.theirs);
}

Break Matching::Pools::Linked(const MatchItem& ours, const MatchItem& theirs) const {
  Break found;
  found.day = std::min(ours.day, theirs.day);
  const int64_t our_amount = ours.Signed(rule_);
  const int64_t their_amount = theirs.Signed(rule_);
  const bool same_direction = ours.direction == theirs.direction;
  if (!same_direction) {
    found.reasons.push_back({"direction", std::string(DirectionName(ours.direction)),
                             std::string(DirectionName(theirs.direction))});
  }
  if (same_direction && !SumsAgree(our_amount, their_amount)) {
    found.reasons.push_back({"amount", FormatMinor(std::abs(our_amount), ours.currency),
                             FormatMinor(std::abs(their_amount), theirs.currency)});
  }
  found.kind = found.reasons.empty() ? BreakKind::kStatus : BreakKind::kAmount;
  // What an outcome that we are not sure of becomes is what theirs is, where the amounts agree.
  const bool settles = !ours.Happened() && (theirs.Happened() || theirs.Failed());
  found.suggestion = settles && found.reasons.empty() ? Suggestion::kAdjust : Suggestion::kSuspend;
  if (ours.Happened() != theirs.Happened() || ours.Failed() != theirs.Failed()) {
    found.reasons.push_back({"outcome", OutcomeOf(ours), OutcomeOf(theirs)});
  }
  if (ours.day != theirs.day) {
    found.reasons.push_back({"day", FormatDate(ours.day), FormatDate(theirs.day)});
  }
  // What did not happen on one side weighs nothing there.
  // A list is a snapshot: what it calls under way is not updated any more, and counts.
  found.difference = (ours.Happened() ? our_amount : 0) - (theirs.Failed() ? 0 : their_amount);
  found.ours.push_back(ours);
  found.theirs.push_back(theirs);
  return found;
}

void Matching::Pools::LinkLeftovers(Link link) {
  index_.Make(ours_, [link](const MatchItem& item) {
    const std::string_view text = OursIn(link, item);
    return text.empty() ? 0 : HashOfText(text);
  });
  if (index_.empty()) return;
  for (const uint32_t at : theirs_.Open()) {
    const MatchItem& theirs = theirs_[at];
    const std::string_view text = TheirsIn(link, theirs);
    if (text.empty() || duplicates_.contains(NameOf(theirs))) continue;
    for (uint32_t ours = index_.First(HashOfText(text), ours_); ours != HashIndex::kNone;
         ours = index_.Next(ours)) {
      if (!ours_.open(ours) || OursIn(link, ours_[ours]) != text) continue;
      // A refund is no payment of the same order.
      if (link == Link::kOrder && ours_[ours].direction != theirs.direction) continue;
      if (ours_[ours].currency != theirs.currency) continue;
      if (duplicates_.contains(NameOf(ours_[ours]))) continue;
      result_.breaks.push_back(Linked(ours_[ours], theirs));
      ours_.Consume(ours);
      theirs_.Consume(at);
      break;
    }
  }
}

// Of several that are alike and have no counterpart the first is one-sided, the others repeat it.
void Matching::Pools::FindDuplicates() {
  for (const Pool* pool : {&ours_, &theirs_}) {
    std::unordered_set<uint64_t> seen;
    for (const uint32_t at : pool->Open()) {
      const uint64_t likeness = LikenessOf((*pool)[at]);
      if (likeness != 0 && !seen.insert(likeness).second) {
        duplicates_.insert(NameOf((*pool)[at]));
      }
    }
  }
}

BreakKind Matching::Pools::KindOfOurs(const MatchItem& item) const {
  const auto due = [this](DayNumber day) {
    return rule_.StartOf(day + 1) + rule_.due_days * kNanosPerDay;
  };
  const Nanos now = coverage_.ours_until;
  if (!coverage_.Covers(item.day)) {
    return now <= due(item.day) ? BreakKind::kNotYetDue : BreakKind::kShort;
  }
  const auto neighbour = Neighbour(rule_, item);
  if (neighbour && !coverage_.Covers(*neighbour) && now <= due(*neighbour)) {
    return BreakKind::kCutOff;
  }
  return BreakKind::kShort;
}

// A line may be there before we know of it: our record of an item near the end of a day is of the
// next day.
BreakKind Matching::Pools::KindOfTheirs(const MatchItem& item) const {
  const bool edge = Neighbour(rule_, item).has_value();
  const Nanos known_by = edge ? rule_.StartOf(item.day + 2) : item.occurred_at;
  return coverage_.ours_until < known_by ? BreakKind::kCutOff : BreakKind::kLong;
}

Break Matching::Pools::OneSided(const MatchItem& item, bool duplicate) const {
  Break found;
  found.day = item.day;
  const int64_t amount = item.Signed(rule_);
  const std::string figure = FormatMinor(std::abs(amount), item.currency);
  if (item.ours) {
    found.kind = KindOfOurs(item);
    found.ours.push_back(item);
    const bool covered = coverage_.Covers(item.day);
    if (!covered) {
      found.reasons.push_back({"statement", FormatDate(item.day), ""});
    } else if (item.Happened()) {
      found.reasons.push_back({"amount", figure, ""});
    }
    if (item.Happened()) {
      found.difference = amount;
    } else {
      // Nobody told us what became of it: that their statement has it not is an answer.
      found.reasons.push_back({"outcome", OutcomeOf(item), ""});
      if (found.kind == BreakKind::kShort) found.kind = BreakKind::kStatus;
      if (covered) found.suggestion = Suggestion::kAdjust;
    }
  } else {
    found.kind = KindOfTheirs(item);
    found.theirs.push_back(item);
    found.difference = -amount;
    found.reasons.push_back({"amount", "", figure});
    found.suggestion = Suggestion::kSuspend;
  }
  if (duplicate) {
    found.kind = BreakKind::kDuplicate;
    found.suggestion = Suggestion::kAsk;
  }
  if (IsWaiting(found.kind)) found.suggestion = Suggestion::kWait;
  return found;
}

void Matching::Pools::Classify() {
  for (const Pool* pool : {&ours_, &theirs_}) {
    for (const uint32_t at : pool->Open()) {
      const MatchItem& item = (*pool)[at];
      if (!item.ours && item.Failed()) {
        result_.nothing.Add(item);
      } else {
        result_.breaks.push_back(OneSided(item, duplicates_.contains(NameOf(item))));
      }
    }
  }
}

// Of what is one-sided: the nearest open item of the other side with the same amount.
void Matching::Pools::FindCandidates() {
  struct Named {
    DayNumber day;
    std::string name;
  };
  const auto one_sided = [](const Break& each) {
    return each.ours.size() + each.theirs.size() == 1 && each.kind != BreakKind::kStatus;
  };
  const auto item_of = [](const Break& each) -> const MatchItem& {
    return each.ours.empty() ? each.theirs.front() : each.ours.front();
  };
  std::map<std::tuple<bool, int64_t, uint16_t>, std::vector<Named>> places;
  const auto key_of = [this](bool ours, const MatchItem& item) {
    return std::tuple(ours, item.Signed(rule_), item.currency.numeric);
  };
  for (const Break& each : result_.breaks) {
    if (!one_sided(each)) continue;
    const MatchItem& item = item_of(each);
    places[key_of(item.ours, item)].push_back({item.day, NameOf(item)});
  }
  for (auto& [key, of_key] : places) {
    std::ranges::stable_sort(of_key, {}, &Named::day);
  }
  for (Break& each : result_.breaks) {
    if (!one_sided(each)) continue;
    const MatchItem& item = item_of(each);
    const auto found = places.find(key_of(!item.ours, item));
    if (found == places.end()) continue;
    const auto near = std::ranges::lower_bound(found->second, item.day, {}, &Named::day);
    const Named* best = near == found->second.end() ? nullptr : &*near;
    if (near != found->second.begin()) {
      const Named& before = *(near - 1);
      if (best == nullptr || item.day - before.day < best->day - item.day) best = &before;
    }
    if (best != nullptr && std::abs(best->day - item.day) <= kCandidateDays) {
      each.candidate = best->name;
    }
  }
}

MatchResult Matching::Pools::Finish() {
  for (const Seen& seen : seen_) Retire(seen);
  seen_.clear();
  FindDuplicates();
  for (const Link link : kLinks) LinkLeftovers(link);
  Classify();
  std::ranges::sort(result_.breaks,
                    [](const Break& a, const Break& b) { return PlaceOf(a) < PlaceOf(b); });
  FindCandidates();
  return std::move(result_);
}

}  // namespace longmen::projections
