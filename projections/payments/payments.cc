#include "projections/payments/payments.h"

#include <algorithm>

#include "projections/store/body.h"
#include "projections/store/encoding.h"

namespace longmen::projections {

template <typename Archive>
static void Fields(Archive& archive, Decision& decision) {
  archive(decision.sequence, decision.action, decision.method, decision.level, decision.by);
}

template <typename Archive>
static void Fields(Archive& archive, Payment& payment) {
  archive(payment.reference, payment.status, payment.amount, payment.payer, payment.payee);
  archive(payment.mode, payment.submitter, payment.payee_name, payment.payee_bank);
  archive(payment.payee_branch, payment.purpose, payment.batch, payment.line);
  archive(payment.risk_policy, payment.risk_points, payment.risk_method, payment.decisions);
  archive(payment.outcome, payment.channel, payment.channel_reference, payment.clearing_date);
  uint8_t in_suspense = payment.in_suspense;
  archive(in_suspense, payment.fee, payment.refunded, payment.refund_kind);
  payment.in_suspense = in_suspense != 0;
  archive(payment.placed, payment.sequence);
}

template <typename Archive>
static void Fields(Archive& archive, Payee& payee) {
  archive(payee.account, payee.name, payee.bank, payee.branch, payee.payments, payee.last);
}

namespace {

constexpr std::string_view kPayments = "payments/k";  // reference -> Payment
constexpr std::string_view kHandled = "payments/h";   // person, reference -> sequence, the first
constexpr std::string_view kPayees = "payments/p";    // payer, payee -> Payee

KeyWriter PaymentKey(std::string_view reference) {
  return std::move(KeyWriter(kPayments).Text(reference));
}

void AddHandled(std::string_view person, std::string_view reference, Sequence sequence,
                Store& store) {
  if (person.empty()) return;
  const KeyWriter key = std::move(KeyWriter(kHandled).Text(person).Text(reference));
  if (!store.Get(key)) store.Put(key, Encode(sequence));
}

void FoldOrder(schema::Proposal::Reader proposal, const OrderState& state, Payment& payment) {
  const auto order = proposal.getBody().getOrder();
  if (order.getAction() != schema::OrderAction::PLACED) return;
  const auto all = proposal.getDetails();
  const auto details =
      all.isEnterprise() ? all.getEnterprise() : schema::EnterpriseDetails::Reader();
  payment.placed = state.placed;
  payment.payer = state.payer;
  payment.payee = state.payee;
  payment.mode = state.mandate;
  payment.submitter = state.submitter;
  payment.payee_name = String(details.getPayeeName().getPlain());
  payment.payee_bank = String(details.getPayeeBank());
  payment.payee_branch = String(details.getPayeeBranch());
  payment.purpose = String(details.getPurpose());
  payment.batch = String(details.getBatch());
  payment.line = details.getLine();
}

void FoldAuthorization(Sequence sequence, schema::Authorization::Reader authorization,
                       Payment& payment) {
  payment.decisions.push_back({.sequence = sequence,
                               .action = authorization.getAction(),
                               .method = authorization.getMethod(),
                               .level = authorization.getLevel(),
                               .by = String(authorization.getBy())});
  if (!authorization.hasRiskPolicy()) return;
  payment.decisions.back().level = 0;  // the level it asked for is nobody's
  payment.risk_policy = String(authorization.getRiskPolicy());
  payment.risk_points = authorization.getRiskPoints();
  payment.risk_method = authorization.getMethod();
}

void FoldDebit(const MovementState& debit, Payment& payment) {
  payment.outcome = debit.outcome;
  payment.channel = debit.channel;
  payment.channel_reference = debit.channel_reference;
  payment.clearing_date = debit.clearing_date;
  payment.in_suspense =
      debit.outcome == schema::Outcome::SUCCEEDED && debit.to_account != payment.payee;
}

void RememberPayee(const Payment& payment, Store& store) {
  const KeyWriter key = std::move(KeyWriter(kPayees).Text(payment.payer).Text(payment.payee));
  Payee payee = LoadOr(store, key, Payee{});
  payee.account = payment.payee;
  payee.name = payment.payee_name;
  payee.bank = payment.payee_bank;
  payee.branch = payment.payee_branch;
  payee.payments += 1;
  payee.last = payment.sequence;
  store.Put(key, Encode(payee));
}

bool IsFee(schema::Proposal::Reader proposal) {
  const auto body = proposal.getBody();
  return body.isDebit() && body.getDebit().getKind() == schema::DebitKind::FEE &&
         body.getDebit().getOutcome() == schema::Outcome::SUCCEEDED;
}

BankCodes Finished(std::string_view result) { return {"FIN", result}; }

BankCodes CodesOfPaid(const Payment& payment) {
  if (payment.refunded > 0) {
    return Finished(payment.refund_kind == schema::RefundKind::PAYMENT_RETURN ? "B" : "T");
  }
  return Finished(payment.in_suspense ? "U" : "S");
}

BankCodes CodesOfOpen(const Payment& payment) {
  if (payment.outcome == schema::Outcome::UNKNOWN) return {"WRF", ""};
  if (payment.outcome == schema::Outcome::PENDING) return {"BNK", ""};
  return {"NTE", ""};
}

// The bank's own people look at it, where the risk decision said so and nobody has yet.
BankCodes CodesOfPending(const Payment& payment) {
  const bool asked = !payment.decisions.empty() &&
                     payment.decisions.back().action == schema::AuthorizationAction::STEPPED_UP;
  const bool by_hand = asked && payment.risk_method == schema::AuthorizationMethod::MANUAL;
  return {by_hand ? "APW" : "AUT", ""};
}

}  // namespace

BankCodes BankCodesOf(const Payment& payment) {
  switch (payment.status) {
    case OrderStatus::kPendingAuthorization:
      return CodesOfPending(payment);
    case OrderStatus::kOpen:
      return CodesOfOpen(payment);
    case OrderStatus::kPaid:
    case OrderStatus::kCompleted:
      return CodesOfPaid(payment);
    case OrderStatus::kDeclined: {
      const bool by_approver = !payment.decisions.empty() && payment.decisions.back().level > 0;
      return Finished(by_approver ? "R" : "V");
    }
    case OrderStatus::kCancelled:
      return Finished(payment.outcome == schema::Outcome::FAILED ? "F" : "C");
    case OrderStatus::kExpired:
      return Finished("D");
  }
  return {};
}

Result<Payment> FindPayment(const ReadStore& store, std::string_view reference) {
  return Read<Payment>(store, PaymentKey(reference), "such payment");
}

Result<std::vector<Payment>> Payments(const ReadStore& store, std::string_view after,
                                      size_t limit) {
  const std::string from = after.empty() ? std::string() : PaymentKey(after).bytes();
  return ReadAll<Payment>(store, kPayments, from, limit,
                          [](auto, std::string_view value) { return Decode<Payment>(value); });
}

Result<std::vector<Payment>> HandledBy(const ReadStore& store, std::string_view person) {
  const std::string mine = KeyWriter(kHandled).Text(person).bytes();
  std::vector<std::pair<Sequence, std::string>> handled;
  std::optional<Error> error;
  store.Scan(mine, "", [&](std::string_view key, std::string_view value) {
    KeyReader reader(key, mine);
    const auto sequence = Decode<Sequence>(value);
    std::string reference = reader.Text();
    if (!sequence.ok() || !reader.done()) error = CorruptKey();
    if (!error) handled.emplace_back(*sequence, std::move(reference));
    return !error;
  });
  if (error) return *error;
  std::sort(handled.begin(), handled.end());
  std::vector<Payment> payments;
  for (const auto& [sequence, reference] : handled) {
    auto payment = Read<Payment>(store, PaymentKey(reference), "such payment");
    if (!payment.ok()) return payment.error();
    payments.push_back(*std::move(payment));
  }
  return payments;
}

Result<std::vector<Payee>> PayeesOf(const ReadStore& store, std::string_view payer) {
  return ReadAll<Payee>(store, KeyWriter(kPayees).Text(payer).bytes(), "", SIZE_MAX,
                        [](auto, std::string_view value) { return Decode<Payee>(value); });
}

void PaymentsProjection::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                              const Effects& effects, Store& store) const {
  if (proposal.getScenario() != schema::Scenario::ENTERPRISE) return;
  const bool fee = IsFee(proposal);
  if (!effects.order && !fee) return;
  const std::string_view reference = View(proposal.getKey());
  const KeyWriter key = PaymentKey(reference);
  Payment payment = LoadOr(store, key, Payment{});
  payment.reference = reference;
  payment.sequence = record.header.sequence;
  if (fee) {
    payment.fee += proposal.getBody().getDebit().getAmount().getMinor();
    return store.Put(key, Encode(payment));
  }
  payment.status = effects.order->status;
  payment.amount = effects.order->amount;
  payment.refunded = effects.order->refunded;
  const auto body = proposal.getBody();
  if (body.isOrder()) {
    FoldOrder(proposal, *effects.order, payment);
    AddHandled(payment.submitter, reference, payment.sequence, store);
  } else if (body.isAuthorization()) {
    FoldAuthorization(payment.sequence, body.getAuthorization(), payment);
    AddHandled(View(body.getAuthorization().getBy()), reference, payment.sequence, store);
  } else if (body.isDebit() && effects.movement) {
    FoldDebit(*effects.movement, payment);
    if (payment.outcome == schema::Outcome::SUCCEEDED) RememberPayee(payment, store);
  } else if (body.isRefund()) {
    payment.refund_kind = body.getRefund().getKind();
  }
  store.Put(key, Encode(payment));
}

}  // namespace longmen::projections
