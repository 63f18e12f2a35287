// Payments between currencies, through both ledgers: domain A6.7 and D2.
#include "engine/ledger/exchange.h"

#include <capnp/message.h>

#include "tests/engine/ledger_property/book.h"

namespace longmen::generator {
namespace {

using schema::AccountKind;

constexpr uint16_t kCny = 156;
constexpr uint16_t kUsd = 840;
constexpr uint16_t kJpy = 392;
constexpr uint16_t kKwd = 414;

std::optional<int64_t> Worth(int64_t minor, uint16_t base, uint16_t to, int64_t mantissa,
                             uint8_t scale) {
  capnp::MallocMessageBuilder message;
  auto rate = message.initRoot<schema::Rate>();
  SetRate(rate, mantissa, scale, base);
  return engine::Worth({minor, Currency{base}}, Currency{to}, rate.asReader());
}

TEST(Rate, RoundsHalfUpToAMinorUnit) {
  EXPECT_EQ(Worth(1'000'000, kUsd, kCny, 720, 2), 7'200'000);  // D2: 10,000.00 at 7.20
  EXPECT_EQ(Worth(997'500, kUsd, kCny, 715, 2), 7'132'125);    // 9,975.00 at 7.15
  EXPECT_EQ(Worth(1, kUsd, kCny, 745, 2), 7);                  // 7.45 fen
  EXPECT_EQ(Worth(1, kUsd, kCny, 75, 1), 8);                   // 7.5 fen
  EXPECT_EQ(Worth(1, kUsd, kCny, 7'499'999, 6), 7);
}

TEST(Rate, HonoursTheExponentsOfBothCurrencies) {
  EXPECT_EQ(Worth(1'000, kJpy, kCny, 48, 3), 4'800);   // 1,000 yen at 0.048
  EXPECT_EQ(Worth(100, kCny, kJpy, 2'083, 2), 21);     // 1.00 yuan at 20.83: 20.83 yen
  EXPECT_EQ(Worth(1'000, kKwd, kUsd, 325, 2), 325);    // 1.000 dinar at 3.25
  EXPECT_EQ(Worth(1, kKwd, kJpy, 500, 0), 1);          // 0.001 dinar at 500: half a yen
  EXPECT_EQ(Worth(100, kUsd, kKwd, 307'692, 6), 308);  // 1.00 dollar at 0.307692
}

TEST(Rate, OfTheLargestAmountsIsExactOrNothing) {
  constexpr int64_t kMost = 100'000'000'000'000'000;
  constexpr int64_t kMantissaMost = 1'000'000'000'000'000;
  EXPECT_EQ(Worth(kMost, kUsd, kCny, kMantissaMost, 12), std::nullopt);
  EXPECT_EQ(Worth(kMost, kUsd, kCny, 92, 0), 9'200'000'000'000'000'000);
  EXPECT_EQ(Worth(kMost, kUsd, kCny, 93, 0), std::nullopt);
  EXPECT_EQ(Worth(kMost, kUsd, kKwd, kMantissaMost, 12), std::nullopt);
  EXPECT_EQ(Worth(kMost - 1, kUsd, kCny, kMantissaMost - 1, 15 - 3), std::nullopt);
  EXPECT_EQ(Worth(kMost, kKwd, kJpy, 999'999'999'999'999, 12), 99'999'999'999'999'900);
}

TEST(Rate, IsJudgedFromItsBase) {
  capnp::MallocMessageBuilder message;
  auto rate = message.initRoot<schema::Rate>();
  SetRate(rate, 720, 2, kUsd);
  const Money dollars{1'000'001, Currency{kUsd}};
  EXPECT_TRUE(engine::AgreeAt(dollars, {7'200'007, Currency{kCny}}, rate));
  EXPECT_TRUE(engine::AgreeAt({7'200'007, Currency{kCny}}, dollars, rate));
  // Divided, it would be 10,000.01 dollars too; but nobody has to believe a rate both ways.
  EXPECT_FALSE(engine::AgreeAt({7'200'008, Currency{kCny}}, dollars, rate));
  EXPECT_FALSE(engine::AgreeAt({720, Currency{kCny}}, {100, Currency{kJpy}}, rate));
}

// ICBC has a student with yuan; it and BOFA have schools that are paid in dollars. Its accounts of
// kind fx show what it gained or lost.
class Exchange : public ::testing::Test {
 protected:
  Exchange() {
    book_.Scheme("up");
    for (const char* bank : {"ICBC", "BOFA"}) {
      book_.Participant(bank);
      for (const uint16_t currency : {kCny, kUsd}) {
        Open(bank, "mirror", AccountKind::MIRROR, currency);
        Open(bank, "up", AccountKind::CLEARING, currency, "up");
        Open(bank, "pboc", AccountKind::SETTLEMENT, currency);
      }
    }
    book_.Account("ann", "ICBC", AccountKind::CUSTOMER);
    book_.Account("abroad", "ICBC", AccountKind::MERCHANT, "", 0, kUsd);
    book_.Account("school", "BOFA", AccountKind::MERCHANT, "", 0, kUsd);
    EXPECT_EQ(book_.Fund("ann", 7'225'000), "accepted");
  }
  ~Exchange() override { book_.ExpectWhole(); }

  void Open(const std::string& bank, const std::string& name, AccountKind kind, uint16_t currency,
            const std::string& scheme = "", int64_t floor = 0) {
    if (name == "mirror" && currency == kCny) return;  // Participant() made it
    const std::string suffix = currency == kCny ? "" : "." + std::to_string(currency);
    std::string account = bank;
    account.append(".").append(name).append(suffix);
    book_.Account(account, bank, kind, scheme, floor, currency);
  }
  void OpenFx(int64_t floor = 100'000'000) {
    Open("ICBC", "fx", AccountKind::FX, kCny, "", floor);
    Open("ICBC", "fx", AccountKind::FX, kUsd, "", floor);
  }

  Draft Order(int64_t yuan, int64_t dollars, const std::string& payee) {
    Draft draft = book_.Order("o", yuan, "ann", payee, payee == "school" ? "up" : "");
    SetCounter(draft.root().getBody().getOrder(), dollars, kUsd);
    return draft;
  }
  Draft Payment(int64_t yuan, int64_t dollars, int64_t rate,
                schema::Outcome outcome = schema::Outcome::SUCCEEDED) {
    Draft draft = book_.Payment("o", yuan, outcome);
    auto debit = draft.root().getBody().getDebit();
    SetCounter(debit, dollars, kUsd);
    SetRate(debit.initRate(), rate, 2, kUsd);
    return draft;
  }
  Draft Return(int64_t dollars, int64_t yuan, int64_t rate,
               schema::Outcome outcome = schema::Outcome::SUCCEEDED) {
    Draft draft = book_.Refund("o", debit_, dollars);
    auto refund = draft.root().getBody().getRefund();
    refund.setOutcome(outcome);
    refund.getAmount().setCurrency(kUsd);
    SetCounter(refund, yuan, kCny);
    SetRate(refund.initRate(), rate, 2, kUsd);
    return draft;
  }
  // 72,000.00 yuan for 10,000.00 dollars at 7.20.
  void PayInFull(const std::string& payee) {
    EXPECT_EQ(book_.Propose(Order(7'200'000, 1'000'000, payee)), "accepted");
    EXPECT_EQ(book_.Propose(Payment(7'200'000, 1'000'000, 720)), "accepted");
    debit_ = book_.last_id();
  }
  void ExpectFx(int64_t yuan, int64_t dollars) {
    EXPECT_EQ(book_.Balance("ICBC.fx"), yuan);
    EXPECT_EQ(book_.Balance("ICBC.fx.840"), dollars);
  }
  std::string Report(Draft draft) {
    auto body = draft.root().getBody();
    if (body.isDebit()) body.getDebit().setBasis(schema::Basis::REPORTED);
    if (body.isRefund()) body.getRefund().setBasis(schema::Basis::REPORTED);
    return book_.Propose(std::move(draft));
  }
  Code LastException() const { return book_.naive().records().back().header.exception; }

  Book book_;
  std::string debit_;
};

TEST_F(Exchange, OfTheHandbookLosesNothingInEitherCurrency) {  // D2
  OpenFx();
  PayInFull("abroad");
  EXPECT_EQ(book_.Balance("ann"), 25'000);
  EXPECT_EQ(book_.Balance("abroad"), 1'000'000);
  ExpectFx(7'200'000, -1'000'000);
  EXPECT_EQ(book_.Propose(Return(997'500, 7'132'125, 715)), "accepted");
  EXPECT_EQ(book_.Balance("ann"), 7'157'125);
  EXPECT_EQ(book_.Balance("abroad"), 2'500);
  ExpectFx(67'875, -2'500);  // 25.00 dollars at 7.20 were kept, and 0.05 on each of 9,975.00
}

TEST_F(Exchange, CrossesBetweenBanksInThePayeesCurrency) {  // E8: net per currency, never across
  OpenFx();
  PayInFull("school");
  EXPECT_EQ(book_.Balance("school"), 1'000'000);
  EXPECT_EQ(book_.Balance("ICBC.up"), 0);
  EXPECT_EQ(book_.Balance("ICBC.up.840"), 1'000'000);
  const auto positions = book_.naive().PositionsOf("up202112300001");
  EXPECT_EQ(positions.size(), 2u);
  EXPECT_TRUE(positions.at({"BOFA", kUsd}).net() == 1'000'000);
  EXPECT_EQ(book_.Propose(Return(400'000, 2'860'000, 715)), "accepted");
  const auto after = book_.naive().PositionsOf("up202112300001");
  EXPECT_TRUE(after.at({"BOFA", kUsd}).net() == 600'000);
  EXPECT_EQ(book_.Propose(book_.Close("up202112300001", "second")), "accepted");
  EXPECT_EQ(book_.Propose(book_.Settle("up202112300001")), "accepted");
  EXPECT_EQ(book_.Balance("ICBC.pboc.840"), 600'000);
  EXPECT_EQ(book_.Balance("ICBC.pboc"), 0);
}

TEST_F(Exchange, NeedsTheBanksAccountsInBothCurrencies) {
  EXPECT_EQ(book_.Propose(Order(7'200'000, 1'000'000, "abroad")), "accepted");
  EXPECT_EQ(book_.Propose(Payment(7'200'000, 1'000'000, 720)), "no_fx_account");
  Open("ICBC", "fx", AccountKind::FX, kCny);
  EXPECT_EQ(Report(Payment(7'200'000, 1'000'000, 720)), "no_fx_account");
  Draft second = book_.New("second");
  auto account = second.registration().initAccount();
  account.setParticipant("ICBC");
  account.setCurrency(kCny);
  account.setKind(AccountKind::FX);
  EXPECT_EQ(book_.Propose(std::move(second)), "account_exists");
}

TEST_F(Exchange, IsAtTheRateThatItStates) {
  OpenFx();
  EXPECT_EQ(book_.Propose(Order(7'200'000, 1'000'000, "abroad")), "accepted");
  EXPECT_EQ(book_.Propose(Payment(7'200'000, 1'000'000, 721)), "rate_mismatch");
  EXPECT_EQ(Report(Payment(7'199'999, 1'000'000, 720)), "rate_mismatch");
  EXPECT_EQ(book_.Propose(Payment(7'200'000, 1'000'000, 721, schema::Outcome::FAILED)),
            "rate_mismatch");
  EXPECT_EQ(book_.Propose(Payment(7'200'000, 1'000'000, 720)), "accepted");
  debit_ = book_.last_id();
  EXPECT_EQ(book_.Propose(Return(997'500, 7'132'124, 715)), "rate_mismatch");
  EXPECT_EQ(Report(Return(997'500, 7'132'126, 715)), "rate_mismatch");
}

TEST_F(Exchange, IsWhereTheOrderHasOneAndNowhereElse) {
  OpenFx();
  EXPECT_EQ(book_.Propose(Order(7'200'000, 1'000'000, "ann")), "currency_mismatch");
  EXPECT_EQ(book_.Propose(book_.Order("plain", 100, "ann", "abroad")), "currency_mismatch");
  EXPECT_EQ(book_.Propose(Order(7'200'000, 1'000'000, "ICBC.fx.840")), "account_kind_not_allowed");
  EXPECT_EQ(book_.Propose(Order(7'200'000, 1'000'000, "abroad")), "accepted");
  EXPECT_EQ(book_.Propose(book_.Payment("o", 7'200'000)), "currency_mismatch");
  EXPECT_EQ(book_.Propose(Payment(7'200'000, 1'000'000, 720)), "accepted");
  debit_ = book_.last_id();
  Draft plain = book_.Refund("o", debit_, 100);
  plain.root().getBody().getRefund().getAmount().setCurrency(kUsd);
  EXPECT_EQ(book_.Propose(std::move(plain)), "currency_mismatch");
  EXPECT_EQ(book_.Propose(book_.Refund("o", debit_, 100)), "currency_mismatch");

  book_.Account("shop", "ICBC", AccountKind::MERCHANT);
  EXPECT_EQ(book_.Propose(book_.Order("o2", 100, "ann", "shop")), "accepted");
  EXPECT_EQ(book_.Propose(book_.Payment("o2", 100)), "accepted");
  Draft exchanged = book_.Refund("o2", book_.last_id(), 100);
  SetCounter(exchanged.root().getBody().getRefund(), 14, kUsd);
  SetRate(exchanged.root().getBody().getRefund().initRate(), 14, 2, kCny);
  EXPECT_EQ(book_.Propose(std::move(exchanged)), "currency_mismatch");
}

TEST_F(Exchange, GivesThePayeeNoMoreThanWasOrdered) {
  OpenFx();
  EXPECT_EQ(book_.Propose(Order(7'200'000, 1'000'000, "abroad")), "accepted");
  EXPECT_EQ(book_.Propose(Payment(7'000'000, 1'000'000, 700, schema::Outcome::FAILED)), "accepted");
  EXPECT_EQ(book_.Propose(Payment(3'500'000, 500'000, 700)), "accepted");
  EXPECT_EQ(book_.Propose(Payment(3'500'007, 500'001, 700)), "exceeds_order");
  EXPECT_EQ(Report(Payment(3'500'007, 500'001, 700)), "accepted");
  EXPECT_EQ(LastException(), Code::EXCEEDS_ORDER);
  EXPECT_EQ(book_.Balance("abroad"), 1'000'001);
}

TEST_F(Exchange, InFlightHoldsThePayersMoneyAndBooksBothHalvesWhenKnown) {
  OpenFx();
  EXPECT_EQ(book_.Propose(Order(7'200'000, 1'000'000, "abroad")), "accepted");
  EXPECT_EQ(book_.Propose(Payment(7'200'000, 1'000'000, 720, schema::Outcome::PENDING)),
            "accepted");
  debit_ = book_.last_id();
  EXPECT_EQ(book_.Held("ann"), 7'200'000);
  ExpectFx(0, 0);
  Draft known = book_.Payment("o", 7'200'000);
  known.root().getBody().getDebit().initResolves().setId(debit_);
  EXPECT_EQ(book_.Propose(std::move(known)), "accepted");
  EXPECT_EQ(book_.Held("ann"), 0);
  ExpectFx(7'200'000, -1'000'000);

  EXPECT_EQ(book_.Propose(Return(997'500, 7'132'125, 715, schema::Outcome::UNKNOWN)), "accepted");
  const std::string asked = book_.last_id();
  EXPECT_EQ(book_.Held("abroad"), 997'500);
  EXPECT_EQ(book_.Propose(Return(2'501, 17'882, 715)), "exceeds_debit");
  Draft back = book_.New("o");
  auto refund = back.refund();
  SetAmount(refund, 997'500, kUsd);
  refund.setOutcome(schema::Outcome::SUCCEEDED);
  refund.initResolves().setId(asked);
  EXPECT_EQ(book_.Propose(std::move(back)), "accepted");
  EXPECT_EQ(book_.Held("abroad"), 0);
  EXPECT_EQ(book_.Balance("ann"), 7'157'125);
  ExpectFx(67'875, -2'500);
}

TEST_F(Exchange, StopsWhereTheBanksPositionMayFallNoFurther) {
  OpenFx(999'999);
  EXPECT_EQ(book_.Propose(Order(7'200'000, 1'000'000, "abroad")), "accepted");
  EXPECT_EQ(book_.Propose(Payment(7'200'000, 1'000'000, 720)), "insufficient_funds");
  EXPECT_EQ(Report(Payment(7'200'000, 1'000'000, 720)), "accepted");
  EXPECT_EQ(LastException(), Code::INSUFFICIENT_FUNDS);
  debit_ = book_.last_id();
  ExpectFx(7'200'000, -1'000'000);
  // It has 7,200,000 fen and may owe 999,999 more.
  EXPECT_EQ(book_.Propose(Return(1'000'000, 8'200'000, 820)), "insufficient_funds");
  EXPECT_EQ(book_.Propose(Return(999'999, 8'190'000 - 8, 819)), "accepted");
}

TEST_F(Exchange, ReportedToAClosedAccountGoesToSuspenseInItsCurrency) {
  OpenFx();
  Open("ICBC", "sus", AccountKind::SUSPENSE, kUsd);
  Open("ICBC", "sus", AccountKind::SUSPENSE, kCny);
  EXPECT_EQ(book_.Propose(Order(7'200'000, 1'000'000, "abroad")), "accepted");
  const auto close = [&](const std::string& name, AccountKind kind, uint16_t currency) {
    Draft draft = book_.New(name);
    auto account = draft.registration().initAccount();
    account.setParticipant("ICBC");
    account.setCurrency(currency);
    account.setKind(kind);
    account.setStatus(schema::Status::CLOSED);
    EXPECT_EQ(book_.Propose(std::move(draft)), "accepted");
  };
  close("abroad", AccountKind::MERCHANT, kUsd);
  EXPECT_EQ(Report(Payment(7'200'000, 1'000'000, 720)), "accepted");
  debit_ = book_.last_id();
  EXPECT_EQ(book_.Balance("ICBC.sus.840"), 1'000'000);
  close("ann", AccountKind::CUSTOMER, kCny);
  EXPECT_EQ(Report(Return(1'000'000, 7'150'000, 715)), "accepted");
  EXPECT_EQ(book_.Balance("ICBC.sus"), 7'150'000);
  EXPECT_EQ(book_.Balance("ICBC.sus.840"), 0);
}

TEST_F(Exchange, BesideAnyOrderClosesThePosition) {
  OpenFx();
  PayInFull("abroad");
  // The bank buys the dollars with 71,900.00 of its own yuan; money it has abroad stands negative.
  Draft bought = book_.New("cover");
  auto debit = bought.debit();
  debit.setKind(schema::DebitKind::EXCHANGE);
  debit.setOutcome(schema::Outcome::SUCCEEDED);
  debit.setPayer("ICBC.mirror.840");
  debit.setPayee("ICBC.mirror");
  SetAmount(debit, 1'000'000, kUsd);
  SetCounter(debit, 7'190'000, kCny);
  SetRate(debit.initRate(), 719, 2, kUsd);
  EXPECT_EQ(book_.Propose(std::move(bought)), "accepted");
  ExpectFx(10'000, 0);  // a gain of 100.00 yuan, and no dollars owed
}

TEST_F(Exchange, DoesNotEndInAnAccountOfTheExchangeItself) {
  OpenFx();
  for (const char* payee : {"ICBC.fx.840", "abroad"}) {
    Draft draft = book_.New("alone");
    auto debit = draft.debit();
    debit.setKind(schema::DebitKind::EXCHANGE);
    debit.setOutcome(schema::Outcome::SUCCEEDED);
    debit.setPayer("ann");
    debit.setPayee(payee);
    SetAmount(debit, 720, kCny);
    SetCounter(debit, 100, kUsd);
    SetRate(debit.initRate(), 72, 1, kUsd);
    EXPECT_EQ(book_.Propose(std::move(draft)),
              std::string(payee) == "abroad" ? "accepted" : "account_kind_not_allowed");
  }
}

TEST_F(Exchange, ClearsWhereBothBanksClearThePayeesCurrency) {
  OpenFx();
  book_.Participant("HSBC");
  Open("HSBC", "up", AccountKind::CLEARING, kCny, "up");
  book_.Account("college", "HSBC", AccountKind::MERCHANT, "", 0, kUsd);
  Draft order = book_.Order("o", 7'200'000, "ann", "college", "up");
  SetCounter(order.root().getBody().getOrder(), 1'000'000, kUsd);
  EXPECT_EQ(book_.Propose(std::move(order)), "accepted");
  EXPECT_EQ(book_.Propose(Payment(7'200'000, 1'000'000, 720)), "no_clearing_account");
  Open("HSBC", "up", AccountKind::CLEARING, kUsd, "up");
  EXPECT_EQ(book_.Propose(Payment(7'200'000, 1'000'000, 720)), "accepted");
}

TEST_F(Exchange, RespectsTheCeilingOfWhatArrives) {
  OpenFx();
  Draft limited = book_.New("ann");
  auto of_ann = limited.registration().initAccount();
  of_ann.setParticipant("ICBC");
  of_ann.setCurrency(kCny);
  of_ann.setKind(AccountKind::CUSTOMER);
  of_ann.setCeilingMinor(7'226'000);
  Draft wallet = book_.New("wallet");
  auto account = wallet.registration().initAccount();
  account.setParticipant("ICBC");
  account.setCurrency(kUsd);
  account.setKind(AccountKind::WALLET);
  account.setCeilingMinor(1'000'000);
  EXPECT_EQ(book_.Propose(std::move(wallet)), "accepted");
  EXPECT_EQ(book_.Propose(std::move(limited)), "accepted");
  EXPECT_EQ(book_.Propose(Order(7'200'007, 1'000'001, "wallet")), "accepted");
  EXPECT_EQ(book_.Propose(Payment(7'200'007, 1'000'001, 720)), "exceeds_ceiling");
  EXPECT_EQ(book_.Propose(Payment(7'200'000, 1'000'000, 720)), "accepted");
  debit_ = book_.last_id();
  EXPECT_EQ(book_.Propose(Return(1'000'000, 7'210'000, 721)), "exceeds_ceiling");  // in yuan
  EXPECT_EQ(book_.Propose(Return(1'000'000, 7'200'000, 720)), "accepted");
}

}  // namespace
}  // namespace longmen::generator
