// An enterprise's payments: the bank's codes, the chain of decisions, who handled what, who is
// paid.
#include "projections/payments/payments.h"

#include <gtest/gtest.h>

#include "projections/all/all.h"
#include "tests/projections/hand_log/hand_log.h"

namespace longmen::projections {
namespace {

using schema::AuthorizationAction;
using schema::AuthorizationMethod;
using schema::Outcome;
using testing::Cny;
using testing::HandLog;

Decision Step(AuthorizationAction action, uint8_t level = 0) {
  Decision decision;
  decision.action = action;
  decision.level = level;
  return decision;
}

TEST(BankCodes, SayWhatStateAPaymentIsIn) {
  struct {
    const char* what;
    OrderStatus status;
    Outcome outcome;
    std::vector<Decision> decisions;
    BankCodes codes;
  } const kVectors[] = {
      {"waits for its first approval", OrderStatus::kPendingAuthorization, {}, {}, {"AUT", ""}},
      {"waits for the second",
       OrderStatus::kPendingAuthorization,
       {},
       {Step(AuthorizationAction::GRANTED, 1)},
       {"AUT", ""}},
      {"final approval done",
       OrderStatus::kOpen,
       {},
       {Step(AuthorizationAction::GRANTED, 1)},
       {"NTE", ""}},
      {"the bank works on it", OrderStatus::kOpen, Outcome::PENDING, {}, {"BNK", ""}},
      {"nobody knows", OrderStatus::kOpen, Outcome::UNKNOWN, {}, {"WRF", ""}},
      {"success", OrderStatus::kPaid, Outcome::SUCCEEDED, {}, {"FIN", "S"}},
      {"failed", OrderStatus::kCancelled, Outcome::FAILED, {}, {"FIN", "F"}},
      {"vetoed",
       OrderStatus::kDeclined,
       {},
       {Step(AuthorizationAction::DECLINED, 1)},
       {"FIN", "R"}},
      {"refused by the bank",
       OrderStatus::kDeclined,
       {},
       {Step(AuthorizationAction::DECLINED)},
       {"FIN", "V"}},
      {"nobody approved", OrderStatus::kExpired, {}, {}, {"FIN", "D"}},
      {"revoked", OrderStatus::kCancelled, {}, {}, {"FIN", "C"}},
  };
  for (const auto& [what, status, outcome, decisions, codes] : kVectors) {
    Payment payment;
    payment.status = status;
    payment.outcome = outcome;
    payment.decisions = decisions;
    EXPECT_EQ(BankCodesOf(payment), codes) << what;
  }
}

TEST(BankCodes, SayWhereAPaidAmountIsNow) {
  Payment payment;
  payment.status = OrderStatus::kPaid;
  payment.outcome = Outcome::SUCCEEDED;
  payment.in_suspense = true;
  EXPECT_EQ(BankCodesOf(payment), (BankCodes{"FIN", "U"}));
  payment.refunded = 1;
  EXPECT_EQ(BankCodesOf(payment), (BankCodes{"FIN", "T"}));
  payment.refund_kind = schema::RefundKind::PAYMENT_RETURN;
  EXPECT_EQ(BankCodesOf(payment), (BankCodes{"FIN", "B"}));
}

TEST(BankCodes, SayThatThePeopleOfTheBankAreAsked) {
  Payment payment;
  payment.status = OrderStatus::kPendingAuthorization;
  payment.risk_method = AuthorizationMethod::MANUAL;
  payment.decisions = {Step(AuthorizationAction::STEPPED_UP)};
  EXPECT_EQ(BankCodesOf(payment), (BankCodes{"APW", ""}));
  payment.decisions.push_back(Step(AuthorizationAction::GRANTED));
  EXPECT_EQ(BankCodesOf(payment), (BankCodes{"AUT", ""}));
  payment.risk_method = AuthorizationMethod::FACE;
  payment.decisions.pop_back();
  EXPECT_EQ(BankCodesOf(payment), (BankCodes{"AUT", ""}));
}

// Two payments of one enterprise to one payee.
class EnterpriseLog {
 public:
  void Place(const std::string& key, const char* submitter, const char* bank) {
    OrderState order = State(key, OrderStatus::kPendingAuthorization);
    order.submitter = submitter;
    order.placed = log_.records().size() + 1;
    Add(key, order, [bank](schema::Proposal::Builder proposal) {
      auto details = proposal.initDetails().initEnterprise();
      details.setPayeeBank(bank);
      details.initPayeeName().setPlain("Supplier Ltd");
      details.setBatch("B1");
      proposal.getBody().initOrder().setAction(schema::OrderAction::PLACED);
    });
  }
  void Authorize(const std::string& key, AuthorizationAction action, uint8_t level, const char* by,
                 bool risk = false) {
    Add(key, State(key, OrderStatus::kOpen), [&](schema::Proposal::Builder proposal) {
      auto authorization = proposal.getBody().initAuthorization();
      authorization.setAction(action);
      authorization.setLevel(level);
      if (*by != 0) authorization.setBy(by);
      if (!risk) return;
      authorization.setRiskPolicy("careful");
      authorization.setRiskPoints(30);
      authorization.setMethod(AuthorizationMethod::FACE);
    });
  }
  void Debit(const std::string& key, Outcome outcome, const char* credited = "supplier") {
    Effects effects;
    effects.order = State(key, OrderStatus::kPaid);
    effects.movement = MovementState{};
    effects.movement->key = key;
    effects.movement->outcome = outcome;
    effects.movement->to_account = credited;
    effects.movement->channel = "beps";
    log_.Add(Filled(key, [](auto proposal) { proposal.getBody().initDebit(); }), effects);
  }
  void Fee(const std::string& key, int64_t minor) {
    log_.Add(Filled(key, [minor](auto proposal) {
      auto debit = proposal.getBody().initDebit();
      debit.setKind(schema::DebitKind::FEE);
      debit.setOutcome(Outcome::SUCCEEDED);
      debit.getAmount().setMinor(minor);
    }));
  }
  MapStore Folded() const {
    MapStore store;
    for (const auto& record : log_.records()) {
      EXPECT_TRUE(projections::Fold(record.view(), record.effects, store).ok());
    }
    return store;
  }

 private:
  static OrderState State(const std::string& key, OrderStatus status) {
    OrderState order = testing::PlacedOrder(key, 10'000);
    order.scenario = schema::Scenario::ENTERPRISE;
    order.status = status;
    order.payer = "firm";
    order.payee = "supplier";
    order.mandate = "pay";
    return order;
  }
  static HandLog::Fill Filled(const std::string& key, const HandLog::Fill& fill) {
    return [key, fill](schema::Proposal::Builder proposal) {
      proposal.setScenario(schema::Scenario::ENTERPRISE);
      proposal.setKey(key);
      fill(proposal);
    };
  }
  void Add(const std::string& key, const OrderState& order, const HandLog::Fill& fill) {
    Effects effects;
    effects.order = order;
    log_.Add(Filled(key, fill), effects);
  }

  HandLog log_;
};

TEST(Payments, KeepTheChainOfDecisionsTheStepAndTheFee) {
  EnterpriseLog log;
  log.Place("p1", "li", "ICBC");
  log.Authorize("p1", AuthorizationAction::STEPPED_UP, 203, "", true);
  log.Authorize("p1", AuthorizationAction::GRANTED, 1, "zhao");
  log.Debit("p1", Outcome::SUCCEEDED);
  log.Fee("p1", 500);
  const auto payments = Payments(log.Folded());
  ASSERT_TRUE(payments.ok());
  ASSERT_EQ(payments->size(), 1u);
  const Payment& payment = payments->front();
  EXPECT_EQ(payment.reference, "p1");
  EXPECT_EQ(payment.batch, "B1");
  EXPECT_EQ(payment.risk_points, 30);
  EXPECT_EQ(payment.risk_method, AuthorizationMethod::FACE);
  ASSERT_EQ(payment.decisions.size(), 2u);
  EXPECT_EQ(payment.decisions[0].level, 0);  // of no approver
  EXPECT_EQ(payment.decisions[1].by, "zhao");
  EXPECT_EQ(payment.fee, 500);
  EXPECT_EQ(payment.channel, "beps");
  EXPECT_EQ(BankCodesOf(payment), (BankCodes{"FIN", "S"}));
}

TEST(Payments, AreInSuspenseWhereAnotherAccountWasCredited) {
  EnterpriseLog log;
  log.Place("p1", "li", "ICBC");
  log.Debit("p1", Outcome::SUCCEEDED, "suspense");
  EXPECT_EQ(BankCodesOf(Payments(log.Folded())->front()), (BankCodes{"FIN", "U"}));
}

TEST(Payments, AreFoundByTheirReference) {
  EnterpriseLog log;
  log.Place("p1", "li", "ICBC");
  log.Place("p10", "wu", "ICBC");
  const MapStore store = log.Folded();
  EXPECT_EQ(FindPayment(store, "p1")->submitter, "li");
  EXPECT_EQ(FindPayment(store, "p10")->submitter, "wu");
  EXPECT_EQ(FindPayment(store, "p").error().code, Code::NOT_FOUND);
}

TEST(Payments, AreFoundByWhoHandledThem) {
  EnterpriseLog log;
  log.Place("p2", "li", "ICBC");
  log.Place("p1", "li", "ICBC");
  log.Place("p3", "wu", "ICBC");
  log.Authorize("p1", AuthorizationAction::GRANTED, 1, "zhao");
  log.Authorize("p3", AuthorizationAction::GRANTED, 1, "zhao");
  const MapStore store = log.Folded();
  const auto names = [&store](const char* person) {
    std::string text;
    const auto handled = HandledBy(store, person);
    for (const Payment& payment : *handled) text += payment.reference + " ";
    return text;
  };
  EXPECT_EQ(names("li"), "p2 p1 ");
  EXPECT_EQ(names("zhao"), "p1 p3 ");
  EXPECT_EQ(names("l"), "");
}

TEST(Payees, AreRememberedFromPaymentsThatSucceeded) {
  EnterpriseLog log;
  log.Place("p1", "li", "ICBC");
  log.Debit("p1", Outcome::FAILED);
  EXPECT_TRUE(PayeesOf(log.Folded(), "firm")->empty());
  log.Place("p2", "li", "Industrial and Commercial Bank");
  log.Debit("p2", Outcome::SUCCEEDED);
  log.Place("p3", "li", "ICBC, Shenzhen");
  log.Debit("p3", Outcome::SUCCEEDED);
  const auto payees = PayeesOf(log.Folded(), "firm");
  ASSERT_EQ(payees->size(), 1u);
  EXPECT_EQ(payees->front().account, "supplier");
  EXPECT_EQ(payees->front().name, "Supplier Ltd");
  EXPECT_EQ(payees->front().bank, "ICBC, Shenzhen");
  EXPECT_EQ(payees->front().payments, 2u);
  EXPECT_TRUE(PayeesOf(log.Folded(), "other")->empty());
}

}  // namespace
}  // namespace longmen::projections
