// What belongs together, and what each kind of break is (domain B9).
#include <gtest/gtest.h>

#include <set>

#include "tests/projections/matching/items.h"

namespace longmen::projections {
namespace {

using Said = std::vector<std::string>;

// How each match was found, and its items.
struct Matches final : MatchVisitor {
  void Matched(MatchBy by, std::span<const MatchItem* const> ours,
               std::span<const MatchItem* const> theirs) override {
    std::string text(MatchByName(by));
    for (const auto& items : {ours, theirs}) {
      for (const MatchItem* item : items) text += " " + NameOf(*item);
    }
    all.push_back(text);
  }
  Said all;
};

TEST(Matching, PairsByTheChannelsReference) {
  Books books;
  books.Cover(0, 0);
  books.Ours({"4200-1", 20'00});
  books.Ours({"4200-2", -15'00});
  books.Theirs({"4200-2", -15'00});
  books.Theirs({"4200-1", 20'00});
  Matches matches;
  const MatchResult result = books.Match(&matches);
  EXPECT_EQ(matches.all, (Said{"reference m2 file0:1", "reference m1 file0:2"}));
  EXPECT_TRUE(result.breaks.empty());
  EXPECT_EQ(result.matched_ours, result.ours);
  EXPECT_EQ(result.matched_theirs, result.theirs);
}

TEST(Matching, PairsByOurReferenceWhereTheyKeepOurNumber) {
  Books books;
  books.Cover(0, 0);
  books.Ours({.reference = "PK1/r1", .minor = -15'00, .order = "PK1"});
  books.Theirs({.reference = "5000-7", .minor = -15'00, .order = "PK1/r1"});
  EXPECT_TRUE(books.Match().breaks.empty());
}

TEST(Matching, PairsByOurNumberOfTheOrderAndKeepsDirectionsApart) {
  Books books;
  books.Cover(0, 0);
  books.Ours({.minor = 20'00, .order = "PK1"});
  books.Ours({.minor = -20'00, .order = "PK1"});
  books.Theirs({.reference = "4200-2", .minor = -20'00, .order = "PK1"});
  books.Theirs({.reference = "4200-1", .minor = 20'00, .order = "PK1"});
  Matches matches;
  EXPECT_TRUE(books.Match(&matches).breaks.empty());
  EXPECT_EQ(matches.all, (Said{"order m2 file0:1", "order m1 file0:2"}));
}

TEST(Matching, SumsSeveralWithOneReference) {
  Books books;
  books.Cover(0, 0);
  books.Ours({"A", 60'00});
  books.Ours({"A", 40'00});
  books.Theirs({"A", 100'00});
  books.Ours({"B", 100'00});
  books.Theirs({"B", 70'00});
  books.Theirs({"B", 30'00});
  Matches matches;
  EXPECT_TRUE(books.Match(&matches).breaks.empty());
  EXPECT_EQ(matches.all, (Said{"group m1 m2 file0:1", "group m4 file0:2 file0:3"}));
}

TEST(Matching, SumsABatch) {
  Books books;
  books.Cover(0, 0);
  books.Ours({.reference = "T1", .minor = 60'00, .batch = "B202103010001"});
  books.Ours({.reference = "T2", .minor = -10'00, .batch = "B202103010001"});
  books.Theirs({.reference = "B202103010001", .minor = 50'00});
  EXPECT_TRUE(books.Match().breaks.empty());
}

TEST(Matching, PairsByAmountAndDayWhereNothingSpeaksAgainstIt) {
  Books books;
  books.Cover(0, 1);
  books.rule().day_tolerance = 1;
  books.Ours({.minor = 20'00, .day = 1, .order = "PK2"});
  books.Ours({.minor = 20'00, .day = 0, .order = "PK1"});
  books.Theirs({.reference = "bank-9", .minor = 20'00, .day = 1});
  books.Theirs({.reference = "bank-8", .minor = 20'00, .day = 1});
  Matches matches;
  EXPECT_TRUE(books.Match(&matches).breaks.empty());
  // The nearest day first.
  EXPECT_EQ(matches.all, (Said{"amount_and_day m1 file1:1", "amount_and_day m2 file1:2"}));
}

TEST(Matching, DoesNotPairByAmountWhatHasReferencesOfBothSides) {
  Books books;
  books.Cover(0, 0);
  books.Ours({"4200-1", 20'00});
  books.Theirs({"4200-2", 20'00});
  const MatchResult result = books.Match();
  EXPECT_EQ(Say(result), (Said{"short m1 amount 20.00/", "long file0:1 amount /20.00"}));
  // But each is suggested for the other.
  EXPECT_EQ(result.breaks[0].candidate, "file0:1");
  EXPECT_EQ(result.breaks[1].candidate, "m1");
}

TEST(Matching, TakesALineForAllThatIsLeftOfADay) {
  Books books;
  books.Cover(0, 1);
  books.rule().day_tolerance = 1;
  books.Ours({"T1", 60'00});
  books.Ours({"T2", 45'00});
  books.Ours({"T3", -5'00});
  books.Theirs({.reference = "bank-1", .minor = 100'00, .day = 1});
  Matches matches;
  EXPECT_TRUE(books.Match(&matches).breaks.empty());
  EXPECT_EQ(matches.all, (Said{"day_total m1 m2 m3 file1:1"}));
}

TEST(Matching, ToleratesWhatItsRuleSays) {
  Books books;
  books.Cover(0, 0);
  books.Ours({"A", 20'00});
  books.Theirs({"A", 19'98});
  EXPECT_EQ(Say(books.Match()), (Said{"amount m1 file0:1 amount 20.00/19.98"}));
  books.rule().amount_tolerance = 2;
  EXPECT_TRUE(books.Match().breaks.empty());
}

TEST(Matching, AddsTheFeeToNetAmounts) {
  Books books;
  books.Cover(0, 0);
  books.rule().net_of_fees = true;
  books.Ours({"A", 20'00});
  books.Theirs({.reference = "A", .minor = 19'88, .fee = 12});
  books.Ours({"B", -15'00});
  books.Theirs({.reference = "B", .minor = -14'91, .fee = -9});
  EXPECT_TRUE(books.Match().breaks.empty());
}

TEST(Matching, ConsumesALineOnceAndCallsTheSecondADuplicate) {
  Books books;
  books.Cover(0, 1);
  books.Ours({"A", 20'00});
  books.Theirs({"A", 20'00});
  books.Theirs({"A", 20'00});
  books.Theirs({.reference = "A", .minor = 20'00, .day = 1});
  EXPECT_EQ(Say(books.Match()),
            (Said{"duplicate file0:2 amount /20.00", "duplicate file1:1 amount /20.00"}));
}

TEST(Matching, CallsOursADuplicateTooAndTheFirstOfTwoWithoutCounterpartLong) {
  Books books;
  books.Cover(0, 0);
  books.Ours({"A", 20'00});
  books.Ours({"A", 20'00});
  books.Theirs({"A", 20'00});
  books.Theirs({"B", 5'00});
  books.Theirs({"B", 5'00});
  EXPECT_EQ(Say(books.Match()), (Said{"duplicate m2 amount 20.00/", "long file0:2 amount /5.00",
                                      "duplicate file0:3 amount /5.00"}));
}

TEST(Matching, SaysWhichFieldsDifferAndByHowMuch) {
  Books books;
  books.Cover(0, 1);
  books.Ours({"A", 20'00});
  books.Theirs({.reference = "A", .minor = 25'00, .day = 1});
  books.Ours({"B", 10'00});
  books.Theirs({"B", -10'00});
  const MatchResult result = books.Match();
  EXPECT_EQ(Say(result), (Said{"amount m1 file1:1 amount 20.00/25.00 day 2021-03-01/2021-03-02",
                               "amount m3 file0:1 direction credit/debit"}));
  EXPECT_EQ(result.breaks[0].difference, -5'00);
  EXPECT_EQ(result.breaks[1].difference, 20'00);
}

TEST(Matching, ComparesWhatBothSayOfTheOutcome) {
  using enum schema::Outcome;
  Books books;
  books.Cover(0, 0);
  books.Ours({.reference = "A", .minor = 20'00});
  books.Theirs({.reference = "A", .minor = 20'00, .outcome = FAILED});
  books.Ours({.reference = "B", .minor = 30'00, .outcome = UNKNOWN});  // bank more (domain A1.6)
  books.Theirs({.reference = "B", .minor = 30'00});
  books.Ours({.reference = "C", .minor = 40'00, .outcome = UNKNOWN});  // it did not happen
  books.Ours({.reference = "D", .minor = -5'00});
  books.Theirs({.reference = "D", .minor = -5'00, .outcome = PENDING});  // a snapshot
  books.Theirs({.reference = "E", .minor = 1'00, .outcome = FAILED});    // nothing happened
  books.Ours({.reference = "F", .minor = 60'00, .outcome = UNKNOWN});
  books.Theirs({.reference = "F", .minor = 60'00, .outcome = FAILED});
  const MatchResult result = books.Match();
  EXPECT_EQ(Say(result),
            (Said{"status m1 file0:1 outcome succeeded/failed",
                  "status m3 file0:2 outcome unknown/succeeded", "status m5 outcome unknown/",
                  "status m9 file0:5 outcome unknown/failed"}));
  EXPECT_EQ(result.nothing.count, 1);
  EXPECT_EQ(result.breaks[0].suggestion, Suggestion::kSuspend);
  for (const size_t unsure : {1, 2, 3}) {
    EXPECT_EQ(result.breaks[unsure].suggestion, Suggestion::kAdjust);
  }
  EXPECT_EQ(result.breaks[0].difference, 20'00);
  EXPECT_EQ(result.breaks[1].difference, -30'00);
}

TEST(Matching, WaitsForAStatementUntilItIsDue) {
  Books books;
  books.Ours({"A", 20'00});
  books.Until(At(1, 12 * 60));
  EXPECT_EQ(Say(books.Match()), (Said{"not_yet_due m1 statement 2021-03-01/"}));
  books.Until(At(2, 0) + 1);  // a day after the end of its day
  EXPECT_EQ(Say(books.Match()), (Said{"short m1 statement 2021-03-01/"}));
}

TEST(Matching, HidesNothingOfWhatWeAreNotSureOf) {
  Books books;
  books.Ours({.reference = "A", .minor = 20'00, .outcome = schema::Outcome::UNKNOWN});
  books.Until(At(1, 12 * 60));
  EXPECT_EQ(Say(books.Match()), (Said{"not_yet_due m1 statement 2021-03-01/ outcome unknown/"}));
  books.Until(At(2, 0) + 1);
  const MatchResult overdue = books.Match();
  EXPECT_EQ(Say(overdue), (Said{"status m1 statement 2021-03-01/ outcome unknown/"}));
  EXPECT_EQ(overdue.breaks[0].suggestion, Suggestion::kAsk) << "no statement says that it failed";
}

TEST(Matching, LinksNothingAcrossCurrencies) {
  Books books;
  books.Cover(0, 0);
  books.Ours({"A", 20'00});
  books.Theirs({"A", 20'00});
  books.theirs().begin()->second.front().currency = Currency{840};
  EXPECT_EQ(Say(books.Match()), (Said{"short m1 amount 20.00/", "long file0:1 amount /20.00"}));
}

TEST(Matching, WaitsForTheNextStatementAtTheEdgeOfADayOnly) {
  Books books;
  books.Cover(0, 0);
  books.Until(At(1, 9 * 60));
  books.Ours({.reference = "A", .minor = 20'00, .minute = 23 * 60 + 45});
  books.Ours({.reference = "B", .minor = 20'00, .minute = 12 * 60});
  EXPECT_EQ(Say(books.Match()), (Said{"cut_off m1 amount 20.00/", "short m2 amount 20.00/"}));
  // A day later it is in the next file, and matches by itself.
  books.Cover(1, 1);
  books.Theirs({.reference = "A", .minor = 20'00, .minute = 23 * 60 + 45}, 1);
  const MatchResult result = books.Match();
  EXPECT_EQ(Say(result), (Said{"short m2 amount 20.00/"}));
  EXPECT_EQ(result.across_days, 1);
}

TEST(Matching, WaitsForOurOwnRecordOfALineAtTheEdge) {
  Books books;
  books.Cover(0, 0);
  books.Until(At(1, 9 * 60));
  books.Theirs({.reference = "A", .minor = 20'00, .minute = 23 * 60 + 45});
  books.Theirs({.reference = "B", .minor = 30'00});
  EXPECT_EQ(Say(books.Match()),
            (Said{"cut_off file0:1 amount /20.00", "long file0:2 amount /30.00"}));
  books.Until(At(2, 0));
  EXPECT_EQ(Say(books.Match()), (Said{"long file0:1 amount /20.00", "long file0:2 amount /30.00"}));
}

TEST(Matching, StaysLinearWhereManyShareAReferenceAndDoNotAgree) {
  Books books;
  books.Cover(0, 0);
  for (int i = 0; i < 30'000; ++i) {
    books.Ours({.reference = "BATCH", .minor = 100 + i, .order = "K"});
    books.Theirs({.reference = "BATCH", .minor = 50'000 + i, .order = "K"});
  }
  const MatchResult result = books.Match();
  EXPECT_EQ(result.matched_ours.count, 0);
  EXPECT_EQ(result.breaks.size(), 30'000) << "linked in their order";
}

TEST(Matching, ListsTenThousandEqualAmountsOfADay) {
  Books books;
  books.Cover(0, 0);
  for (int i = 0; i < 10'000; ++i) {
    books.Ours({.minor = 10'00, .order = fmt::format("PK{}", i)});
    if (i % 2 == 0) books.Theirs({.reference = fmt::format("bank-{}", i), .minor = 10'00});
  }
  const MatchResult result = books.Match();
  EXPECT_EQ(result.matched_theirs.count, 5'000);
  EXPECT_EQ(result.breaks.size(), 5'000);
  for (const Break& each : result.breaks) EXPECT_EQ(each.kind, BreakKind::kShort);
}

}  // namespace
}  // namespace longmen::projections
