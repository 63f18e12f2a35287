// Numbers and times at the end of their range, and names that meet, through both ledgers.
#include "tests/engine/ledger_property/book.h"

namespace longmen::generator {
namespace {

using schema::AccountKind;

constexpr int64_t kLargest = 100'000'000'000'000'000;  // of a single amount

void OpenBank(Book& book, const std::string& bank) {
  book.Participant(bank);
  book.Account(bank + ".c", bank, AccountKind::CUSTOMER);
  book.Account(bank + ".m", bank, AccountKind::MERCHANT);
}

void OpenScheme(Book& book) {
  book.Scheme("nu");
  for (const char* bank : {"ICBC", "CMB", "BOB"}) {
    OpenBank(book, bank);
    EXPECT_EQ(book.Fund(std::string(bank) + ".c", kLargest), "accepted");
    book.Account(std::string(bank) + ".nu", bank, AccountKind::CLEARING, "nu");
    book.Account(std::string(bank) + ".set", bank, AccountKind::SETTLEMENT);
  }
}

TEST(Overflow, OfABalanceIsRefusedEvenWhenReported) {
  Book book;
  OpenBank(book, "ICBC");
  for (int i = 0; i < 92; ++i) ASSERT_EQ(book.Fund("ICBC.c", kLargest), "accepted");
  EXPECT_EQ(book.Fund("ICBC.c", kLargest), "amount_overflow");
  EXPECT_EQ(book.Fund("ICBC.c", INT64_MAX - 92 * kLargest), "accepted");
  EXPECT_EQ(book.Fund("ICBC.c", 1), "amount_overflow");
  book.ExpectWhole();
}

TEST(Overflow, OfWhatIsHeldIsRefused) {
  Book book;
  OpenBank(book, "ICBC");
  std::string last;
  for (int i = 0; i < 100 && (last.empty() || last == "accepted"); ++i) {
    Draft draft = book.New("");
    auto debit = draft.debit();
    SetAmount(debit, kLargest, 156);
    debit.setKind(schema::DebitKind::TOP_UP);
    debit.setOutcome(schema::Outcome::PENDING);
    debit.setPayer("ICBC.mirror");
    debit.setPayee("ICBC.c");
    last = book.Propose(std::move(draft));
  }
  EXPECT_EQ(last, "amount_overflow");
  book.ExpectWhole();
}

TEST(Overflow, OfAHugeFloorNeverRefusesMoney) {
  Book book;
  OpenBank(book, "ICBC");
  book.Account("deep", "ICBC", AccountKind::CUSTOMER, "", kLargest);
  EXPECT_EQ(book.Fund("deep", kLargest), "accepted");
  EXPECT_EQ(book.Propose(book.Order("o", kLargest, "deep", "ICBC.m")), "accepted");
  EXPECT_EQ(book.Propose(book.Grant("o", kLargest)), "accepted");
  EXPECT_EQ(book.Propose(book.Payment("o", kLargest)), "accepted");
  book.ExpectWhole();
}

TEST(Overflow, OfAMandatesUseIsNotMetByWrapping) {
  Book book;
  OpenBank(book, "ICBC");
  const auto mandate = [&](int64_t total) {
    Draft draft = book.New("m");
    auto given = draft.registration().initMandate();
    given.setAccount("ICBC.c");
    given.setHolder("holder");
    auto limit = given.initLimits(1)[0];
    limit.setWindow(schema::LimitWindow::TOTAL);
    limit.setAmountMinor(total);
    limit.setCount(1'000);
    return draft;
  };
  const auto order = [&](const std::string& key, int64_t minor) {
    Draft draft = book.Order(key, minor, "ICBC.c", "ICBC.m");
    draft.root().getBody().getOrder().setMandate("m");
    return draft;
  };
  ASSERT_EQ(book.Propose(mandate(0)), "accepted");
  for (int i = 0; i < 95; ++i) {
    ASSERT_EQ(book.Propose(order("o" + std::to_string(i), kLargest)), "accepted");
  }
  ASSERT_EQ(book.Propose(mandate(kLargest)), "accepted");
  EXPECT_EQ(book.Propose(order("last", 1)), "exceeds_total_amount");
  book.ExpectWhole();
}

// Sends the largest amount to and fro, so that no balance grows but the cycle's sums do.
std::string SendToAndFro(Book& book, const std::string& a, const std::string& b, int times) {
  std::string last = "accepted";
  for (int i = 0; i < times && last == "accepted"; ++i) {
    Draft draft = book.New("");
    auto debit = draft.debit();
    SetAmount(debit, kLargest, 156);
    debit.setKind(schema::DebitKind::PAYOUT);
    debit.setOutcome(schema::Outcome::SUCCEEDED);
    debit.setPayer((i % 2 == 0 ? a : b) + ".c");
    debit.setPayee((i % 2 == 0 ? b : a) + ".c");
    debit.setScheme("nu");
    last = book.Propose(std::move(draft));
  }
  return last;
}

// Reported payments of one order, each given back: only what it has paid grows.
TEST(Overflow, OfWhatAnOrderHasPaidOrRefundedIsRefused) {
  Book book;
  OpenBank(book, "ICBC");
  ASSERT_EQ(book.Fund("ICBC.c", kLargest), "accepted");
  ASSERT_EQ(book.Propose(book.Order("o", kLargest, "ICBC.c", "ICBC.m")), "accepted");
  std::string last = "accepted";
  for (int i = 0; i < 100 && last == "accepted"; ++i) {
    Draft payment = book.Payment("o", kLargest);
    payment.root().getBody().getDebit().setBasis(schema::Basis::REPORTED);
    last = book.Propose(std::move(payment));
    if (last != "accepted") break;
    last = book.Propose(book.Refund("o", book.last_id(), kLargest));
  }
  EXPECT_EQ(last, "amount_overflow");
  EXPECT_EQ(book.naive().state().movements.size(), 1u + 2 * 92);
  book.ExpectWhole();
}

// Reported refunds of one debit beyond its amount, each sent back by another debit.
TEST(Overflow, OfWhatADebitGaveBackIsRefused) {
  Book book;
  OpenBank(book, "ICBC");
  ASSERT_EQ(book.Fund("ICBC.c", kLargest), "accepted");
  const auto pay = [&] {
    Draft draft = book.New("d");
    auto debit = draft.debit();
    SetAmount(debit, kLargest, 156);
    debit.setKind(schema::DebitKind::PAYOUT);
    debit.setOutcome(schema::Outcome::SUCCEEDED);
    debit.setPayer("ICBC.c");
    debit.setPayee("ICBC.m");
    return book.Propose(std::move(draft));
  };
  ASSERT_EQ(pay(), "accepted");
  const std::string debit = book.last_id();
  std::string last = "accepted";
  for (int i = 0; i < 100 && last == "accepted"; ++i) {
    Draft refund = book.Refund("d", debit, kLargest);
    refund.root().getBody().getRefund().setBasis(schema::Basis::REPORTED);
    last = book.Propose(std::move(refund));
    if (last == "accepted") {
      EXPECT_EQ(pay(), "accepted");
    }
  }
  EXPECT_EQ(last, "amount_overflow");
  book.ExpectWhole();
}

// Two debits of one order, each giving back less than 64 bits hold, together more.
TEST(Overflow, OfWhatTheDebitsOfAnOrderGaveBackIsRefused) {
  Book book;
  OpenBank(book, "ICBC");
  ASSERT_EQ(book.Fund("ICBC.c", kLargest), "accepted");
  ASSERT_EQ(book.Propose(book.Order("o", kLargest, "ICBC.c", "ICBC.m")), "accepted");
  std::vector<std::string> debits;
  for (int i = 0; i < 2; ++i) {
    Draft payment = book.Payment("o", kLargest);
    payment.root().getBody().getDebit().setBasis(schema::Basis::REPORTED);
    ASSERT_EQ(book.Propose(std::move(payment)), "accepted");
    debits.push_back(book.last_id());
  }
  std::string last = "accepted";
  int given_back = 0;
  for (; given_back < 100 && last == "accepted"; ++given_back) {
    Draft refund = book.Refund("o", debits[given_back % 2], kLargest);
    refund.root().getBody().getRefund().setBasis(schema::Basis::REPORTED);
    last = book.Propose(std::move(refund));
  }
  EXPECT_EQ(last, "amount_overflow");
  EXPECT_EQ(given_back, 93);
  book.ExpectWhole();
}

TEST(Overflow, OfAHoldIsRefused) {
  Book book;
  OpenBank(book, "ICBC");
  std::string last = "accepted";
  for (int i = 0; i < 100 && last == "accepted"; ++i) {
    const std::string key = "o" + std::to_string(i);
    ASSERT_EQ(book.Propose(book.Order(key, kLargest, "ICBC.mirror", "ICBC.m")), "accepted");
    last = book.Propose(book.Grant(key, kLargest));
  }
  EXPECT_EQ(last, "amount_overflow");
  book.ExpectWhole();
}

TEST(Overflow, OfWhatOneOwesAnotherInACycleIsRefused) {
  Book book;
  OpenScheme(book);
  EXPECT_EQ(SendToAndFro(book, "ICBC", "CMB", 184), "accepted");
  EXPECT_EQ(SendToAndFro(book, "ICBC", "CMB", 1), "amount_overflow");
  EXPECT_EQ(book.Propose(book.Close("nu202112300001", "second")), "accepted");
  EXPECT_EQ(book.Propose(book.Settle("nu202112300001")), "accepted");
  book.ExpectWhole();
}

// Each pair fits, what the participant sends or receives in all does not: nobody could settle it.
TEST(Overflow, OfAPositionOverSeveralCounterpartiesIsRefused) {
  Book book;
  OpenScheme(book);
  EXPECT_EQ(SendToAndFro(book, "ICBC", "CMB", 100), "accepted");
  EXPECT_EQ(SendToAndFro(book, "ICBC", "BOB", 100), "amount_overflow");
  EXPECT_EQ(book.Propose(book.Close("nu202112300001", "second")), "accepted");
  EXPECT_EQ(book.Propose(book.Settle("nu202112300001")), "accepted");
  book.ExpectWhole();
}

// Sixty thousand amendments: the engine alone, for the naive ledger reads them all each time.
TEST(Overflow, OfAnOrdersVersionIsRefused) {
  engine::Ledger ledger;
  ledger.Begin("test", 0, kStart);
  int ids = 0;
  const auto propose = [&](const std::string& key, const auto& fill) {
    Draft draft("op", "p" + std::to_string(++ids), kStart, key);
    fill(draft);
    const ProposalBytes proposal = draft.Finish();
    return ledger.Propose({&proposal, 1}, kStart).answers.at(0).code;
  };
  propose("op", [](Draft& draft) {
    auto source = draft.registration().initSource();
    source.setAllParticipants(true);
    auto bodies = source.initBodies(2);
    bodies.set(0, schema::BodyKind::REGISTRATION);
    bodies.set(1, schema::BodyKind::ORDER);
  });
  propose("ICBC", [](Draft& draft) { draft.registration().initParticipant(); });
  propose("shop", [](Draft& draft) {
    auto account = draft.registration().initAccount();
    account.setParticipant("ICBC");
    account.setCurrency(156);
  });
  const auto order = [](schema::OrderAction action) {
    return [action](Draft& draft) {
      auto given = draft.order();
      given.setAction(action);
      SetAmount(given, 100, 156);
      if (action == schema::OrderAction::PLACED) given.setPayee("shop");
    };
  };
  ASSERT_EQ(propose("o", order(schema::OrderAction::PLACED)), Code::NONE);
  for (int version = 1; version < 65'535; ++version) {
    ASSERT_EQ(propose("o", order(schema::OrderAction::AMENDED)), Code::NONE) << version;
  }
  EXPECT_EQ(propose("o", order(schema::OrderAction::AMENDED)), Code::AMOUNT_OVERFLOW);
}

TEST(Overflow, OfWhatIsCarriedIsRefused) {
  Book book;
  OpenScheme(book);
  EXPECT_EQ(SendToAndFro(book, "ICBC", "CMB", 100), "accepted");
  EXPECT_EQ(book.Propose(book.Close("nu202112300001", "second")), "accepted");
  EXPECT_EQ(SendToAndFro(book, "ICBC", "CMB", 100), "accepted");
  Draft abort = book.New("nu202112300001");
  auto settlement = abort.settlement();
  settlement.setAction(schema::SettlementAction::ABORTED);
  settlement.setReason("no cover");
  EXPECT_EQ(book.Propose(std::move(abort)), "amount_overflow");
  EXPECT_EQ(book.Propose(book.Settle("nu202112300001")), "accepted");
  book.ExpectWhole();
}

TEST(Times, AtTheEndsOfTheirRangeDoNotWrap) {
  constexpr Nanos kLatest = (Nanos{1} << 62) - 1;
  Book book(1'000'000'000'000'000'000);
  OpenBank(book, "ICBC");
  Draft order = book.Order("o", 100, "ICBC.c", "ICBC.m");
  order.root().getBody().getOrder().setValidUntil(kLatest);
  EXPECT_EQ(book.Propose(std::move(order)), "accepted");
  for (const auto& [instant, code] : {std::pair{Nanos{1}, "too_late"}, {kLatest, "too_early"}}) {
    Draft draft = book.Order("other", 100, "ICBC.c", "ICBC.m");
    draft.root().setOccurredAt(instant);
    EXPECT_EQ(book.Propose(std::move(draft)), code);
  }
  book.now += kNanosPerDay;
  EXPECT_EQ(book.Fund("ICBC.c", 100), "accepted");
  EXPECT_EQ(book.StatusOf("o"), OrderStatus::kOpen);
  book.ExpectWhole();
}

// All of it goes to a split inside the payer's bank; the payee is elsewhere, and a bank reports
// that more was given back than was paid.
TEST(Clearing, IsNeededByAPayeeThatKeepsNothing) {
  Book book;
  OpenScheme(book);
  OpenBank(book, "NEW");  // without accounts in the scheme
  const auto pay = [&](const std::string& key, const std::string& payee) {
    std::vector<Draft> group;
    group.push_back(book.Order(key, 100, "ICBC.c", payee, "nu"));
    SetSplits(group.back().root().getBody().getOrder(), {{"ICBC.m", 100}});
    group.push_back(book.Payment(key, 100));
    return book.Propose(std::move(group));
  };
  EXPECT_EQ(pay("o1", "NEW.m"), "no_clearing_account");
  EXPECT_EQ(pay("o2", "CMB.m"), "accepted");
  const std::string debit = book.last_id();
  EXPECT_EQ(book.Propose(book.Refund("o2", debit, 100)), "accepted");
  Draft excess = book.Refund("o2", debit, 30);
  excess.root().getBody().getRefund().setBasis(schema::Basis::REPORTED);
  EXPECT_EQ(book.Propose(std::move(excess)), "accepted");
  EXPECT_EQ(book.Balance("CMB.m"), -30);
  EXPECT_EQ(book.Balance("CMB.nu"), 30);
  book.ExpectWhole();
}

TEST(CycleNames, ArePromisedOnce) {
  Book book;
  OpenScheme(book);
  book.Scheme("pk");
  ASSERT_EQ(book.Fund("ICBC.c", 100), "accepted");  // the cycles open
  std::vector<Draft> both;
  both.push_back(book.Close("nu202112300001", "same"));
  both.push_back(book.Close("pk202112300001", "same"));
  EXPECT_EQ(book.Propose(std::move(both)), "cycle_exists");
  // A name promised to one scheme is not given to another that opens its first cycle.
  std::vector<Draft> promised;
  promised.push_back(book.Close("pk202112300001", "aa202112300001"));
  Draft scheme = book.New("aa");
  scheme.registration().initScheme().setCyclePrefix("aa");
  promised.push_back(std::move(scheme));
  EXPECT_EQ(book.Propose(std::move(promised)), "accepted");
  ASSERT_EQ(book.Fund("ICBC.c", 100), "accepted");
  EXPECT_EQ(book.naive().state().FindCycle("aa202112300001")->scheme, "pk");
  EXPECT_EQ(book.naive().state().FindCycle("aa202112300002")->scheme, "aa");
  book.ExpectWhole();
}

TEST(Groups, HaveALargestSize) {
  Book book;
  OpenBank(book, "ICBC");
  const auto group_of = [&](size_t count) {
    std::vector<Draft> group;
    for (size_t i = 0; i < count; ++i) {
      group.push_back(book.New("p"));
      group.back().registration().initParticipant().setName("n");
    }
    return book.Propose(std::move(group));
  };
  EXPECT_EQ(group_of(500), "accepted");
  EXPECT_EQ(group_of(600), "not recorded");
  book.ExpectWhole();
}

}  // namespace
}  // namespace longmen::generator
