// Queues, resolutions, late items and warnings.
#include <gtest/gtest.h>

#include "projections/all/all.h"
#include "projections/queue/queue.h"
#include "projections/warnings/warnings.h"
#include "tests/projections/hand_log/hand_log.h"

namespace longmen::projections {
namespace {

using testing::Cny;
using testing::HandLog;

constexpr Currency kUsd{840};

// A queue of scheme "hvps", a record at a time.
struct QueueLog {
  HandLog log;
  MapStore store;

  QueueLog() {
    log.Add([](auto proposal) {
      proposal.setKey("hvps");
      proposal.getBody().initRegistration().initScheme();
    });
  }

  Sequence Change(std::vector<WaitingState> waiting,
                  schema::Outcome outcome = schema::Outcome::PENDING, const char* source = "bank") {
    Effects effects;
    effects.movement.emplace();
    effects.movement->sequence = waiting.front().movement;
    effects.movement->key = fmt::format("k{}", waiting.front().movement);
    effects.movement->source = "bank";
    effects.movement->id = fmt::format("p{}", waiting.front().movement);
    effects.movement->outcome = outcome;
    effects.waiting = std::move(waiting);
    return log.Add(
        [&](auto proposal) {
          proposal.setSource(source);
          proposal.getBody().initDebit();
        },
        effects);
  }
  WaitingState Send(const char* from, const char* to, Money amount, uint8_t priority = 0) {
    WaitingState state{.movement = log.records().size() + 1,
                       .scheme = "hvps",
                       .sender = from,
                       .receiver = to,
                       .amount = amount,
                       .status = WaitingStatus::kWaiting,
                       .priority = priority,
                       .rank = static_cast<int64_t>(log.records().size() + 1)};
    Change({state});
    return state;
  }
  void Return(WaitingState state, const char* source = "") {
    state.status = WaitingStatus::kGone;
    Change({state}, schema::Outcome::FAILED, source);
  }
  Sequence Settlement(const std::function<void(schema::Settlement::Builder)>& fill,
                      Effects effects = {}) {
    return log.Add(
        [&](auto proposal) {
          proposal.setKey("H202103010001");
          auto settlement = proposal.getBody().initSettlement();
          settlement.setScheme("hvps");
          fill(settlement);
        },
        std::move(effects));
  }
  Sequence EndWindow() {
    return Settlement(
        [](auto settlement) { settlement.setAction(schema::SettlementAction::WINDOW_ENDED); });
  }
  Sequence Settle(std::vector<WaitingState> chosen, uint32_t count, int64_t value) {
    Effects effects;
    for (WaitingState& state : chosen) state.status = WaitingStatus::kSettled;
    effects.waiting = std::move(chosen);
    return Settlement(
        [&](auto settlement) {
          settlement.setAction(schema::SettlementAction::QUEUE_SETTLED);
          settlement.setMode(schema::ResolutionMode::VALUE);
          settlement.setCurrency(testing::kCny.numeric);
          settlement.setCount(count);
          settlement.setValueMinor(value);
          settlement.setValueMaxMinor(value + 7);
        },
        effects);
  }

  // What has been folded once is passed over.
  const MapStore& Folded() {
    for (const auto& record : log.records()) {
      EXPECT_TRUE(Fold(record.view(), record.effects, store).ok());
    }
    return store;
  }
  // "A>B 100 waiting" each, in the order of the queue.
  std::vector<std::string> Lines() {
    std::vector<std::string> lines;
    const auto queue = QueueOf(Folded(), "hvps");
    for (const QueuedPayment& each : queue->payments) {
      lines.push_back(fmt::format("{}>{} {} {}", each.sender, each.receiver, each.amount.minor,
                                  WaitingStatusName(each.status)));
    }
    return lines;
  }
};

using Lines = std::vector<std::string>;

TEST(Queue, IsByCurrencyAndSenderInTheOrderInWhichPaymentsGo) {
  QueueLog queue;
  queue.Send("B", "A", {50, kUsd});
  queue.Send("B", "A", Cny(40));
  queue.Send("A", "B", Cny(10));
  queue.Send("A", "B", Cny(20), 9);
  WaitingState first = queue.Send("A", "C", Cny(30));
  first.rank = -100;
  queue.Change({first});
  EXPECT_EQ(queue.Lines(), (Lines{"A>B 20 waiting", "A>C 30 waiting", "A>B 10 waiting",
                                  "B>A 40 waiting", "B>A 50 waiting"}));
}

TEST(Queue, SaysSinceWhenAPaymentWaitsWhateverWasDoneWithItSince) {
  QueueLog queue;
  WaitingState sent = queue.Send("A", "B", Cny(10), 3);
  const Nanos since = queue.log.records().back().header.recorded_at;
  sent.status = WaitingStatus::kHeld;
  sent.priority = 4;
  queue.Change({sent});
  const auto waiting = QueueOf(queue.Folded(), "hvps");
  ASSERT_TRUE(waiting.ok());
  ASSERT_EQ(waiting->payments.size(), 1u);
  const QueuedPayment expected{.movement = sent.movement,
                               .sender = "A",
                               .receiver = "B",
                               .amount = Cny(10),
                               .status = WaitingStatus::kHeld,
                               .priority = 4,
                               .rank = sent.rank,
                               .since = since,
                               .key = fmt::format("k{}", sent.movement),
                               .source = "bank",
                               .id = fmt::format("p{}", sent.movement)};
  EXPECT_TRUE(waiting->payments[0] == expected);
}

TEST(Queue, IsLeftByWhatSettlesAloneOrTogetherAndByWhatIsTakenBack) {
  QueueLog queue;
  const WaitingState alone = queue.Send("A", "B", Cny(10));
  const WaitingState together = queue.Send("A", "B", Cny(20));
  WaitingState held = queue.Send("A", "B", Cny(30));
  queue.Send("B", "A", Cny(40));
  const WaitingState back = queue.Send("B", "A", {50, kUsd});
  held.status = WaitingStatus::kHeld;
  queue.Change({held});
  WaitingState gone = alone;
  gone.status = WaitingStatus::kGone;
  queue.Change({gone}, schema::Outcome::SUCCEEDED);
  queue.Settle({together}, 1, 20);
  queue.Return(back, "bank");
  EXPECT_EQ(queue.Lines(), (Lines{"A>B 30 held", "B>A 40 waiting"}));
  // What had settled with others is booked, which changes nothing here.
  gone = together;
  gone.status = WaitingStatus::kGone;
  queue.Change({gone}, schema::Outcome::SUCCEEDED);
  held.status = WaitingStatus::kWaiting;
  queue.Change({held});
  EXPECT_EQ(queue.Lines(), (Lines{"A>B 30 waiting", "B>A 40 waiting"}));
}

TEST(Queue, SaysWhatEachWouldSendAndReceive) {
  QueueLog queue;
  queue.Send("A", "B", Cny(100));
  queue.Send("B", "C", Cny(60));
  queue.Send("A", "C", Cny(5));
  Lines lines;
  const auto waiting = QueueOf(queue.Folded(), "hvps");
  for (const auto& [participant, currency, flow] : waiting->participants) {
    lines.push_back(fmt::format("{} {} out {} {} in {} {}", participant, currency.alphabetic(),
                                flow.out_count, flow.out.value(), flow.in_count, flow.in.value()));
  }
  EXPECT_EQ(lines,
            (Lines{"A CNY out 2 105 in 0 0", "B CNY out 1 60 in 1 100", "C CNY out 0 0 in 2 65"}));
}

TEST(Queue, OfASchemeIsItsOwnAndAnUnknownOneHasNone) {
  QueueLog queue;
  queue.Send("A", "B", Cny(1));
  queue.log.Add([](auto proposal) {
    proposal.setKey("hvps2");
    proposal.getBody().initRegistration().initScheme();
  });
  EXPECT_EQ(QueueOf(queue.Folded(), "hvps")->payments.size(), 1u);
  EXPECT_TRUE(QueueOf(queue.store, "hvps2")->payments.empty());
  EXPECT_EQ(QueueOf(queue.store, "hvp").error().code, Code::NOT_FOUND);
  EXPECT_EQ(Resolutions(queue.store, "hvp").error().code, Code::NOT_FOUND);
}

// G2 of domain E5: B ends with 10 less, C with 10 more, and 310 have moved.
TEST(Resolutions, SaveWhatTheNetsOfTheirPaymentsDoNotTake) {
  QueueLog queue;
  const std::vector<WaitingState> chosen = {queue.Send("A", "B", Cny(100)),
                                            queue.Send("B", "C", Cny(110)),
                                            queue.Send("C", "A", Cny(100))};
  queue.Send("A", "C", Cny(1'000));
  const Sequence settled = queue.Settle(chosen, 3, 310);
  const auto resolutions = Resolutions(queue.Folded(), "hvps");
  ASSERT_EQ(resolutions->size(), 1u);
  const QueueResolution expected{.sequence = settled,
                                 .recorded_at = queue.log.records().back().header.recorded_at,
                                 .result = ResolutionResult::kSettled,
                                 .mode = schema::ResolutionMode::VALUE,
                                 .currency = testing::kCny,
                                 .count = 3,
                                 .value = 310,
                                 .value_max = 317,
                                 .saved = 300};
  EXPECT_TRUE(resolutions->front() == expected) << resolutions->front().saved;
  EXPECT_EQ(queue.Lines(), (Lines{"A>C 1000 waiting"}));
}

TEST(Resolutions, SayThatNothingCouldSettle) {
  QueueLog queue;
  queue.Send("A", "B", Cny(100));
  queue.Settlement([](auto settlement) {
    settlement.setAction(schema::SettlementAction::QUEUE_DEADLOCKED);
    settlement.setCurrency(testing::kCny.numeric);
    settlement.setCount(1);
    settlement.setValueMinor(100);
  });
  const auto resolutions = Resolutions(queue.Folded(), "hvps");
  ASSERT_EQ(resolutions->size(), 1u);
  EXPECT_EQ(resolutions->front().result, ResolutionResult::kDeadlocked);
  EXPECT_EQ(resolutions->front().count, 1u);
  EXPECT_EQ(resolutions->front().value, 100);
  EXPECT_EQ(resolutions->front().saved, 0);
  EXPECT_EQ(queue.Lines(), (Lines{"A>B 100 waiting"}));
}

// "window_ended USD 1 50" each.
Lines Windows(const MapStore& store, Sequence after = 0, size_t limit = SIZE_MAX) {
  Lines lines;
  const auto resolutions = Resolutions(store, "hvps", after, limit);
  for (const QueueResolution& each : *resolutions) {
    const bool none = each.currency.numeric == 0;
    lines.push_back(fmt::format("{} {} {} {} {}", each.sequence, ResolutionResultName(each.result),
                                none ? "-" : each.currency.alphabetic(), each.count, each.value));
  }
  return lines;
}

TEST(Resolutions, SayWhatTheEndOfAWindowReturned) {
  QueueLog queue;
  const std::vector<WaitingState> sent = {
      queue.Send("A", "B", Cny(10)), queue.Send("A", "B", Cny(20)), queue.Send("A", "B", Cny(30)),
      queue.Send("B", "A", {40, kUsd})};
  queue.Return(sent[0]);  // before
  const Sequence ended = queue.EndWindow();
  EXPECT_EQ(Windows(queue.Folded()), (Lines{fmt::format("{} window_ended - 0 0", ended)}));
  queue.Return(sent[1]);
  queue.Return(sent[2]);
  queue.Return(sent[3]);
  queue.Return(queue.Send("A", "B", Cny(50)));  // of the next day
  EXPECT_EQ(Windows(queue.Folded()), (Lines{fmt::format("{} window_ended CNY 2 50", ended),
                                            fmt::format("{} window_ended USD 1 40", ended)}));
}

TEST(Resolutions, DoNotCountWhatItsBankTookBackOrWhatSettledAsReturned) {
  QueueLog queue;
  const WaitingState back = queue.Send("A", "B", Cny(10));
  WaitingState settled = queue.Send("A", "B", Cny(20));
  queue.Send("A", "B", Cny(30));
  const Sequence ended = queue.EndWindow();
  queue.Return(back, "bank");
  settled.status = WaitingStatus::kGone;
  queue.Change({settled}, schema::Outcome::SUCCEEDED, "");
  EXPECT_EQ(Windows(queue.Folded()), (Lines{fmt::format("{} window_ended - 0 0", ended)}));
}

TEST(Resolutions, GoOnAfterASequenceAndEndWithTheLastOfARecord) {
  QueueLog queue;
  const std::vector<WaitingState> sent = {queue.Send("A", "B", Cny(10)),
                                          queue.Send("B", "A", {40, kUsd})};
  const Sequence first = queue.EndWindow();
  queue.Return(sent[0]);
  queue.Return(sent[1]);
  queue.Send("A", "B", Cny(10));
  const Sequence second = queue.EndWindow();
  const Lines all = {fmt::format("{} window_ended CNY 1 10", first),
                     fmt::format("{} window_ended USD 1 40", first),
                     fmt::format("{} window_ended - 0 0", second)};
  const MapStore& store = queue.Folded();
  EXPECT_EQ(Windows(store), all);
  EXPECT_EQ(Windows(store, 0, 1), (Lines{all[0], all[1]}));
  EXPECT_EQ(Windows(store, first), (Lines{all[2]}));
  EXPECT_EQ(Windows(store, second), Lines{});
  EXPECT_EQ(Windows(store, UINT64_MAX), Lines{});
}

// As the engine writes it where it occurred before the cut-off of `missed`.
Sequence PayLate(HandLog& log, Sequence into, Sequence missed) {
  Effects effects;
  effects.movement.emplace();
  effects.movement->sequence = log.records().size() + 1;
  effects.movement->key = "o1";
  effects.movement->source = "bank";
  effects.movement->id = "p1";
  effects.movement->occurred_at = 12'345;
  effects.items = {{.cycle = into, .from = "A", .to = "B", .amount = Cny(70)},
                   {.cycle = into, .from = "A", .to = "C", .amount = Cny(30)}};
  effects.late_for = missed;
  return log.Add([](auto proposal) { proposal.getBody().initDebit(); }, effects);
}

TEST(LateItems, AreListedWithTheCycleTheyMissed) {
  HandLog log;
  log.Banks({"A", "B", "C"});
  const Sequence missed = log.OpenCycle("c1");
  log.CloseCycle();
  const Sequence into = log.OpenCycle("c2");
  log.Move({.key = "o0", .from = "A.c", .to = "B.c", .minor = 5});
  const Sequence late = PayLate(log, into, missed);
  MapStore store;
  for (const auto& record : log.records()) {
    EXPECT_TRUE(Fold(record.view(), record.effects, store).ok());
  }
  const auto items = LateItems(store, "c2");
  ASSERT_EQ(items->size(), 2u);
  LateItem expected{.sequence = late,
                    .recorded_at = log.records()[late - 1].header.recorded_at,
                    .movement = late,
                    .key = "o1",
                    .source = "bank",
                    .id = "p1",
                    .from = "A",
                    .to = "B",
                    .amount = Cny(70),
                    .occurred_at = 12'345,
                    .missed = missed,
                    .missed_name = "c1"};
  EXPECT_TRUE(items->front() == expected);
  expected.to = "C";
  expected.amount = Cny(30);
  EXPECT_TRUE(items->back() == expected);
  const auto positions = PositionsOf(store, "c2");
  EXPECT_EQ(positions->late, *items);
  EXPECT_TRUE(positions->positions[0].flow.out.value() == 105);  // they count as the others do
  EXPECT_TRUE(LateItems(store, "c1")->empty());
  EXPECT_EQ(LateItems(store, "c3").error().code, Code::NOT_FOUND);
}

TEST(Warnings, SayWhoOwesNearlyWhatItMay) {
  HandLog log;
  const auto warn = [&](const char* scheme, const char* participant, int64_t net) {
    return log.Add([&](auto proposal) {
      proposal.setKey("B1");
      auto settlement = proposal.getBody().initSettlement();
      settlement.setAction(schema::SettlementAction::CAP_WARNED);
      settlement.setScheme(scheme);
      settlement.setCapMinor(100);
      auto position = settlement.initPositions(1)[0];
      position.setParticipant(participant);
      position.setCurrency(testing::kCny.numeric);
      position.setNet(net);
    });
  };
  const Sequence first = warn("nucc", "A", -90);
  const Sequence second = warn("beps", "B", INT64_MIN);
  MapStore store;
  for (const auto& record : log.records()) {
    EXPECT_TRUE(Fold(record.view(), record.effects, store).ok());
  }
  const auto warnings = CapWarnings(store);
  ASSERT_EQ(warnings->size(), 2u);
  const CapWarning expected{.sequence = first,
                            .recorded_at = log.records()[first - 1].header.recorded_at,
                            .scheme = "nucc",
                            .cycle = "B1",
                            .participant = "A",
                            .currency = testing::kCny,
                            .owed = 90,
                            .cap = 100};
  EXPECT_TRUE(warnings->front() == expected);
  EXPECT_EQ(warnings->back().owed, INT64_MAX);
  EXPECT_EQ(CapWarnings(store, first)->front().sequence, second);
  EXPECT_EQ(CapWarnings(store, 0, 1)->size(), 1u);
  EXPECT_TRUE(CapWarnings(store, second)->empty());
}

}  // namespace
}  // namespace longmen::projections
