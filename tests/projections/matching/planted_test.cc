// Random months with breaks planted in known places: all are found, none is invented, and nothing
// depends on the order in which anything arrived.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "tests/projections/matching/items.h"
#include "tests/support/generator/run.h"

namespace longmen::projections {
namespace {

constexpr int kDays = 30;

class Planting {
 public:
  explicit Planting(uint64_t seed) : random_(seed) {
    books_.rule().edge_minutes = 60;
    for (int day = 0; day < kDays; ++day) {
      const int items = Between(0, 60);
      for (int i = 0; i < items; ++i) Plant(day);
    }
    books_.Cover(0, kDays);
  }

  Books& books() { return books_; }
  const std::multiset<std::string>& planted() const { return planted_; }

 private:
  int Between(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }

  void Plant(int day) {
    const std::string number = fmt::format("{}", ++number_);
    const int sign = Between(0, 4) == 0 ? -1 : 1;
    // Few amounts, so that many are equal.
    Given given{.reference = "4200-" + number,
                .minor = sign * 100 * Between(1, 9),
                .day = day,
                .minute = Between(0, 24 * 60 - 1),
                .order = "PK" + number};
    Given theirs = given;
    switch (Between(0, 19)) {
      case 0:
        Expect("short", {books_.Ours(given)}, {});
        return;
      case 1:
        Expect("long", {}, {Line(theirs)});
        return;
      case 2:
        theirs.minor += sign * Between(1, 99);
        Expect("amount", {books_.Ours(given)}, {Line(theirs)});
        return;
      case 3:
        theirs.outcome = schema::Outcome::FAILED;
        Expect("status", {books_.Ours(given)}, {Line(theirs)});
        return;
      case 4: {
        books_.Ours(given);
        Line(theirs);
        Expect("duplicate", {}, {Line(theirs)});
        return;
      }
      case 5:  // of the last hour, in the next file
        given.minute = theirs.minute = 24 * 60 - Between(1, 60);
        books_.Ours(given);
        Line(theirs, day + 1);
        return;
      case 6: {  // one of ours, two of theirs
        books_.Ours(given);
        theirs.minor = given.minor - sign * 50;
        Line(theirs);
        theirs.minor = sign * 50;
        Line(theirs);
        return;
      }
      case 7:  // they know our number only
        given.reference.clear();
        books_.Ours(given);
        Line(theirs);
        return;
      default:
        books_.Ours(given);
        Line(theirs);
    }
  }

  std::string Line(const Given& given, std::optional<int> listed = std::nullopt) {
    const uint32_t line = books_.Theirs(given, listed);
    return fmt::format("file{}:{}", listed.value_or(given.day), line);
  }
  void Expect(const std::string& kind, const std::vector<uint64_t>& ours,
              const std::vector<std::string>& theirs) {
    std::string text = kind;
    for (const uint64_t sequence : ours) text += fmt::format(" m{}", sequence);
    for (const std::string& line : theirs) text += " " + line;
    planted_.insert(text);
  }

  std::mt19937_64 random_;
  Books books_;
  std::multiset<std::string> planted_;
  int number_ = 0;
};

std::multiset<std::string> Found(const MatchResult& result) {
  std::multiset<std::string> found;
  for (const Break& each : result.breaks) {
    std::string text(BreakKindName(each.kind));
    for (const auto* items : {&each.ours, &each.theirs}) {
      for (const MatchItem& item : *items) text += " " + NameOf(item);
    }
    found.insert(text);
  }
  return found;
}

TEST(Planted, AreAllFoundAndNoneIsInventedWhateverTheOrder) {
  const uint64_t seed = generator::SeedOfRun();
  const size_t cases = generator::CasesOfRun(100);
  for (size_t i = 0; i < cases; ++i) {
    SCOPED_TRACE(fmt::format("case {} of LONGMEN_SEED={}", i, seed));
    Planting planting(seed + i);
    const MatchResult result = planting.books().Match();
    ASSERT_EQ(Found(result), planting.planted());
    std::mt19937_64 random(seed + i);
    for (auto* side : {&planting.books().ours(), &planting.books().theirs()}) {
      for (auto& [day, items] : *side) std::ranges::shuffle(items, random);
    }
    const MatchResult again = planting.books().Match();
    ASSERT_EQ(Say(again), Say(result));
    ASSERT_EQ(again.matched_ours, result.matched_ours);
    ASSERT_EQ(again.across_days, result.across_days);
  }
}

}  // namespace
}  // namespace longmen::projections
