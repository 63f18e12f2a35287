// Queues: what waits, what is settled by itself and what together (domain B3, E5).
#include "tests/engine/ledger_property/book.h"

namespace longmen::generator {
namespace {

using schema::AccountKind;
using schema::Outcome;
using schema::QueueAction;
using schema::ResolutionMode;

constexpr uint16_t kCny = 156;
constexpr Nanos kMinute = kNanosPerMinute;

struct QueueTerms {
  bool bypasses_fifo = false;
  bool changes_priority = false;
  uint16_t resolve_minutes = 0;
  uint16_t window_minutes = 0;
  std::vector<std::pair<int16_t, int16_t>> hours = {};
};

// Banks with a customer each, and money at the central bank.
class Queue : public testing::Test {
 protected:
  void Open(const std::vector<std::pair<std::string, int64_t>>& banks,
            const QueueTerms& terms = {}) {
    Draft draft = book.New("hvps");
    auto scheme = draft.registration().initScheme();
    scheme.setCyclePrefix("H");
    scheme.setMethod(schema::SettlementMethod::QUEUED);
    scheme.setBypassesFifo(terms.bypasses_fifo);
    scheme.setChangesPriority(terms.changes_priority);
    scheme.setResolveMinutes(terms.resolve_minutes);
    scheme.setWindowMinutes(terms.window_minutes);
    auto hours = scheme.initHours(static_cast<unsigned>(terms.hours.size()));
    for (unsigned i = 0; i < hours.size(); ++i) {
      hours[i].setFromMinute(terms.hours[i].first);
      hours[i].setToMinute(terms.hours[i].second);
    }
    ASSERT_EQ(book.Propose(std::move(draft)), "accepted");
    for (const auto& [bank, money] : banks) {
      book.Participant(bank);
      book.Account(bank + ".c", bank, AccountKind::CUSTOMER);
      book.Account(bank + ".hvps", bank, AccountKind::CLEARING, "hvps");
      book.LimitMoney(bank);
      ASSERT_EQ(book.Fund(bank + ".c", 1'000'000), "accepted");
      if (money > 0) {
        ASSERT_EQ(book.MoveLiquidity(bank, money), "accepted");
      }
    }
  }

  // Gives the id of the payment.
  std::string Send(const std::string& from, const std::string& to, int64_t minor,
                   uint8_t priority = 0) {
    Draft draft = book.New("");
    auto debit = draft.debit();
    SetAmount(debit, minor, kCny);
    debit.setKind(schema::DebitKind::PAYOUT);
    debit.setOutcome(Outcome::SUCCEEDED);
    debit.setPayer(from + ".c");
    debit.setPayee(to + ".c");
    debit.setScheme("hvps");
    debit.setPriority(priority);
    last_answer = book.Propose(std::move(draft));
    return book.last_id();
  }

  std::string Change(const std::string& id, QueueAction action, uint8_t priority = 0) {
    return Resolve(id, Outcome::PENDING, action, priority);
  }
  std::string Resolve(const std::string& id, Outcome outcome,
                      QueueAction action = QueueAction::NONE, uint8_t priority = 0) {
    Draft draft = book.New("");
    auto debit = draft.debit();
    const auto& movement = Movement(id);
    SetAmount(debit, movement.amount, kCny);
    debit.setKind(schema::DebitKind::PAYOUT);
    debit.setOutcome(outcome);
    debit.initResolves().setId(id);
    debit.setQueueAction(action);
    debit.setPriority(priority);
    return book.Propose(std::move(draft));
  }

  std::string AskResolution(ResolutionMode mode = ResolutionMode::FIFO) {
    const auto& state = book.naive().state();
    Draft draft = book.New(state.cycles.at(state.OpenCycle("hvps")).name);
    auto settlement = draft.settlement();
    settlement.setAction(schema::SettlementAction::RESOLUTION_ASKED);
    settlement.setCurrency(kCny);
    settlement.setMode(mode);
    return book.Propose(std::move(draft));
  }

  // Lets the engine do what is due.
  void Tick() {
    book.now += 1;
    book.PassTime();
  }

  const reference::Movement& Movement(const std::string& id) const {
    return book.naive().state().movements.at(book.naive().state().began.at({"op", id}));
  }
  // "settled", "waiting", "back": one for each, in one word each.
  std::string Outcomes(const std::vector<std::string>& ids) const {
    std::string text;
    for (const std::string& id : ids) {
      const Outcome outcome = Movement(id).outcome;
      text += text.empty() ? "" : " ";
      text += outcome == Outcome::SUCCEEDED ? "settled"
              : outcome == Outcome::PENDING ? "waiting"
                                            : "back";
    }
    return text;
  }
  int64_t Money(const std::string& bank) const { return -book.Balance(bank + ".set"); }
  size_t Records(const std::string& what) const {
    size_t count = 0;
    for (const auto& record : book.naive().state().records) count += record.what == what ? 1 : 0;
    return count;
  }

  Book book{0};
  std::string last_answer;
};

TEST_F(Queue, G1SettlesACircleOfThreeThatHaveNothing) {
  Open({{"A", 0}, {"B", 0}, {"C", 0}});
  const std::vector<std::string> ids = {Send("A", "B", 100), Send("B", "C", 100),
                                        Send("C", "A", 100)};
  Tick();
  EXPECT_EQ(Outcomes(ids), "waiting waiting waiting");
  EXPECT_EQ(book.Held("A.c"), 100);
  EXPECT_EQ(AskResolution(), "accepted");
  Tick();
  EXPECT_EQ(Outcomes(ids), "settled settled settled");
  EXPECT_EQ(Records("settlement queue settled"), 1u);
  for (const char* bank : {"A", "B", "C"}) {
    EXPECT_EQ(Money(bank), 0) << bank;
    EXPECT_EQ(book.Balance(std::string(bank) + ".hvps"), 0) << bank;
    EXPECT_EQ(book.Balance(std::string(bank) + ".c"), 1'000'000) << bank;
    EXPECT_EQ(book.Held(std::string(bank) + ".c"), 0) << bank;
  }
  EXPECT_EQ(AskResolution(), "nothing_waits");
  book.ExpectWhole();
}

TEST_F(Queue, G2LeavesEveryBankWhatTheVectorSays) {
  Open({{"A", 20}, {"B", 10}, {"C", 10}});
  const std::vector<std::string> ids = {Send("A", "B", 100), Send("B", "C", 110),
                                        Send("C", "A", 100)};
  EXPECT_EQ(AskResolution(), "accepted");
  Tick();
  EXPECT_EQ(Outcomes(ids), "settled settled settled");
  EXPECT_EQ(Money("A"), 20);
  EXPECT_EQ(Money("B"), 0);
  EXPECT_EQ(Money("C"), 20);
  book.ExpectWhole();
}

TEST_F(Queue, G3IsADeadlockWhichIsSaidAndChangesNothing) {
  Open({{"A", 10}, {"B", 5}, {"C", 0}});
  const std::vector<std::string> ids = {Send("A", "B", 50), Send("A", "C", 40), Send("B", "C", 60),
                                        Send("C", "A", 45), Send("C", "B", 30)};
  EXPECT_EQ(AskResolution(), "accepted");
  Tick();
  EXPECT_EQ(Records("settlement deadlocked"), 1u);
  EXPECT_EQ(Outcomes(ids), "waiting waiting waiting waiting waiting");
  EXPECT_EQ(Money("A"), 10);
  EXPECT_EQ(Money("B"), 5);
  EXPECT_EQ(Money("C"), 0);
  book.ExpectWhole();
}

TEST_F(Queue, G4NeedsMoneyAndThenSettlesOneAfterTheOther) {
  Open({{"A", 0}, {"B", 0}, {"C", 0}});
  const std::vector<std::string> ids = {Send("A", "B", 100), Send("B", "C", 50)};
  EXPECT_EQ(AskResolution(), "accepted");
  Tick();
  EXPECT_EQ(Outcomes(ids), "waiting waiting");
  EXPECT_EQ(book.MoveLiquidity("A", 100), "accepted");
  Tick();
  EXPECT_EQ(Outcomes(ids), "settled settled");
  EXPECT_EQ(Money("A"), 0);
  EXPECT_EQ(Money("B"), 50);
  EXPECT_EQ(Money("C"), 50);
  EXPECT_EQ(Records("settlement queue settled"), 0u);
  book.ExpectWhole();
}

TEST_F(Queue, G5SettlesTheFirstTwoOfAAndOfCAndNoneOfB) {
  Open({{"A", 0}, {"B", 10}, {"C", 20}});
  const std::vector<std::string> ids = {Send("A", "C", 50), Send("A", "C", 50), Send("B", "A", 60),
                                        Send("B", "C", 40), Send("C", "A", 60), Send("C", "A", 40)};
  EXPECT_EQ(AskResolution(), "accepted");
  Tick();
  EXPECT_EQ(Outcomes(ids), "settled settled waiting waiting settled settled");
  EXPECT_EQ(Money("A"), 0);
  EXPECT_EQ(Money("B"), 10);
  EXPECT_EQ(Money("C"), 20);
  book.ExpectWhole();
}

TEST_F(Queue, Q1IsHeldUpInFifoAndPassesWhereItMay) {
  Open({{"A", 60}, {"B", 0}, {"C", 0}});
  const std::vector<std::string> ids = {Send("A", "B", 100), Send("A", "C", 50),
                                        Send("C", "A", 30)};
  Tick();
  EXPECT_EQ(Outcomes(ids), "waiting waiting waiting");
  book.ExpectWhole();
}

TEST_F(Queue, Q1PassesWhatCannotSettleWhereTheSchemeBypasses) {
  Open({{"A", 60}, {"B", 0}, {"C", 0}}, {.bypasses_fifo = true});
  const std::vector<std::string> ids = {Send("A", "B", 100), Send("A", "C", 50),
                                        Send("C", "A", 30)};
  Tick();
  EXPECT_EQ(Outcomes(ids), "waiting settled settled");
  EXPECT_EQ(Money("A"), 40);
  EXPECT_EQ(Money("C"), 20);
  book.ExpectWhole();
}

TEST_F(Queue, GoesByPriorityAndThenByArrival) {
  Open({{"A", 0}, {"B", 0}});
  const std::vector<std::string> ids = {Send("A", "B", 30), Send("A", "B", 30, 1),
                                        Send("A", "B", 30, 1)};
  EXPECT_EQ(book.MoveLiquidity("A", 30), "accepted");
  Tick();
  EXPECT_EQ(Outcomes(ids), "waiting settled waiting");
  EXPECT_EQ(Change(ids[0], QueueAction::PRIORITISE, 2), "priority_fixed");
  EXPECT_EQ(book.MoveLiquidity("A", 30), "accepted");
  Tick();
  EXPECT_EQ(Outcomes(ids), "waiting settled settled");
  // Money would be there for a small one; but others were before it.
  EXPECT_EQ(book.MoveLiquidity("A", 10), "accepted");
  const std::string small = Send("A", "B", 5);
  Tick();
  EXPECT_EQ(Outcomes({small}), "waiting");
  const std::string urgent = Send("A", "B", 5, 9);
  EXPECT_EQ(Outcomes({urgent}), "settled");
  book.ExpectWhole();
}

TEST_F(Queue, HoldsMovesAndTakesBackWhatWaits) {
  Open({{"A", 0}, {"B", 0}}, {.changes_priority = true});
  const std::vector<std::string> ids = {Send("A", "B", 30), Send("A", "B", 40), Send("A", "B", 50)};
  EXPECT_EQ(Change(ids[0], QueueAction::HOLD), "accepted");
  EXPECT_EQ(book.MoveLiquidity("A", 40), "accepted");
  Tick();
  EXPECT_EQ(Outcomes(ids), "waiting settled waiting");  // the first is passed over
  EXPECT_EQ(Change(ids[2], QueueAction::HOLD), "accepted");
  EXPECT_EQ(Change(ids[0], QueueAction::RELEASE), "accepted");
  EXPECT_EQ(Change(ids[2], QueueAction::RELEASE), "accepted");
  EXPECT_EQ(Change(ids[2], QueueAction::FIRST), "accepted");
  EXPECT_EQ(book.MoveLiquidity("A", 50), "accepted");
  Tick();
  EXPECT_EQ(Outcomes(ids), "waiting settled settled");
  EXPECT_EQ(Resolve(ids[0], Outcome::SUCCEEDED), "waits_in_queue");
  EXPECT_EQ(Resolve(ids[0], Outcome::FAILED), "accepted");
  EXPECT_EQ(Outcomes(ids), "back settled settled");
  EXPECT_EQ(book.Held("A.c"), 0);
  EXPECT_EQ(Change(ids[0], QueueAction::HOLD), "already_resolved");
  const std::string low = Send("A", "B", 10);
  const std::string high = Send("A", "B", 20);
  EXPECT_EQ(Change(high, QueueAction::PRIORITISE, 5), "accepted");
  EXPECT_EQ(book.MoveLiquidity("A", 20), "accepted");
  Tick();
  EXPECT_EQ(Outcomes({low, high}), "waiting settled");
  book.ExpectWhole();
}

TEST_F(Queue, IsTriedByItselfAndOnlyAfterSomethingHasChanged) {
  Open({{"A", 0}, {"B", 0}, {"C", 0}}, {.resolve_minutes = 10});
  const std::vector<std::string> ids = {Send("A", "B", 100), Send("B", "C", 100)};
  book.now += 11 * kMinute;
  book.PassTime();
  EXPECT_EQ(Records("settlement deadlocked"), 1u);
  book.now += 60 * kMinute;
  book.PassTime();
  EXPECT_EQ(Records("settlement deadlocked"), 1u);
  const std::string last = Send("C", "A", 100);
  book.now += 9 * kMinute;
  book.PassTime();
  EXPECT_EQ(Outcomes(ids), "waiting waiting");
  book.now += 2 * kMinute;
  book.PassTime();
  EXPECT_EQ(Outcomes({ids[0], ids[1], last}), "settled settled settled");
  book.ExpectWhole();
}

TEST_F(Queue, TakesPaymentsInItsHoursAndReturnsWhatIsLeftAtTheEndOfItsWindow) {  // domain B3
  // kStart is at 23:00: open from 20:30 of the evening before to 17:15, and a quarter of an hour
  // more to settle.
  Open({{"A", 0}, {"B", 0}, {"C", 0}}, {.window_minutes = 15, .hours = {{-210, 17 * 60 + 15}}});
  const std::vector<std::string> ids = {Send("A", "B", 100), Send("B", "A", 90), Send("A", "C", 7),
                                        Send("B", "C", 5)};
  EXPECT_EQ(Change(ids[3], QueueAction::HOLD), "accepted");
  book.now = kStart + (18 * 60 + 16) * kMinute;  // 17:16
  Send("A", "B", 1);
  EXPECT_EQ(last_answer, "scheme_closed");
  EXPECT_EQ(Outcomes(ids), "waiting waiting waiting waiting");
  EXPECT_EQ(book.MoveLiquidity("A", 10), "accepted");
  book.now = kStart + 18 * 60 * kMinute + 31 * kMinute;  // 17:31
  book.PassTime();
  EXPECT_EQ(Records("settlement window ended"), 1u);
  EXPECT_EQ(Outcomes(ids), "settled settled back back");
  EXPECT_EQ(book.Held("A.c"), 0);
  EXPECT_EQ(book.Held("B.c"), 0);
  book.ExpectWhole();
}

TEST_F(Queue, TakesTheMostValueWhereThatIsAsked) {
  Open({{"A", 0}, {"B", 0}});
  // In order, nothing settles together: the first of A is too large.
  const std::vector<std::string> ids = {Send("A", "B", 500), Send("A", "B", 100),
                                        Send("B", "A", 60), Send("B", "A", 100)};
  EXPECT_EQ(AskResolution(), "accepted");
  Tick();
  EXPECT_EQ(Records("settlement deadlocked"), 1u);
  EXPECT_EQ(AskResolution(ResolutionMode::VALUE), "accepted");
  Tick();
  EXPECT_EQ(Outcomes(ids), "waiting settled waiting settled");
  book.ExpectWhole();
}

TEST_F(Queue, DoesNotLetWaitWhatGoesToSeveralBanks) {
  Open({{"A", 10}, {"B", 0}, {"C", 0}});
  Draft draft = book.New("");
  auto debit = draft.debit();
  SetAmount(debit, 100, kCny);
  debit.setKind(schema::DebitKind::PAYOUT);
  debit.setOutcome(Outcome::SUCCEEDED);
  debit.setPayer("A.c");
  debit.setPayee("B.c");
  debit.setScheme("hvps");
  SetSplits(debit, {{"C.c", 50}});
  EXPECT_EQ(book.Propose(std::move(draft)), "insufficient_liquidity");
  book.ExpectWhole();
}

TEST_F(Queue, GivesBackToAnOrderWhatItHeldAndLetsItBePaidLater) {
  Open({{"A", 0}, {"B", 0}});
  std::vector<Draft> group;
  group.push_back(book.Order("o", 500, "A.c", "B.c", "hvps"));
  group.push_back(book.Grant("o", 500));
  group.push_back(book.Payment("o", 500));
  EXPECT_EQ(book.Propose(std::move(group)), "accepted");
  const std::string id = book.last_id();
  EXPECT_EQ(Outcomes({id}), "waiting");
  EXPECT_EQ(book.StatusOf("o"), OrderStatus::kOpen);
  EXPECT_EQ(book.Held("A.c"), 500);
  EXPECT_EQ(book.MoveLiquidity("A", 500), "accepted");
  Tick();
  EXPECT_EQ(book.StatusOf("o"), OrderStatus::kPaid);
  EXPECT_EQ(book.Held("A.c"), 0);
  // And it can be refunded as any other, if the money is there.
  EXPECT_EQ(book.Propose(book.Refund("o", id, 200)), "accepted");
  EXPECT_EQ(Money("A"), 200);
  EXPECT_EQ(book.Propose(book.Refund("o", id, 200)), "accepted");
  book.ExpectWhole();
}

}  // namespace
}  // namespace longmen::generator
