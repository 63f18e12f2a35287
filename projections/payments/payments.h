// Payments: an enterprise's payments (domain A4), what was decided about each and by whom, and the
// payees that were paid.
//
// A payee is remembered when a payment to it succeeded: so a list of them fills itself from
// history, and says which bank and branch an account was last paid at. What a payment was submitted
// with is its own; a later one to the same account changes only the list.
#pragma once

#include <vector>

#include "projections/store/store.h"

namespace longmen::projections {

struct Decision {
  Sequence sequence = 0;
  schema::AuthorizationAction action = schema::AuthorizationAction::UNSTATED;
  schema::AuthorizationMethod method = schema::AuthorizationMethod::UNSTATED;
  uint8_t level = 0;  // 0: of no approver
  std::string by;
  bool operator==(const Decision&) const = default;
};

struct Payment {
  std::string reference;  // the enterprise's own
  OrderStatus status = OrderStatus::kOpen;
  Money amount;
  Name payer;
  Name payee;
  Name mode;
  std::string submitter;
  std::string payee_name;
  std::string payee_bank;
  std::string payee_branch;
  std::string purpose;
  std::string batch;
  uint32_t line = 0;

  std::string risk_policy;  // empty: nothing was asked for
  uint16_t risk_points = 0;
  schema::AuthorizationMethod risk_method = schema::AuthorizationMethod::UNSTATED;
  std::vector<Decision> decisions;

  schema::Outcome outcome = schema::Outcome::UNSTATED;  // of its last debit
  std::string channel;
  std::string channel_reference;
  DayNumber clearing_date = 0;
  bool in_suspense = false;  // credited, but not to the payee
  int64_t fee = 0;
  int64_t refunded = 0;
  schema::RefundKind refund_kind = schema::RefundKind::REFUND;

  Sequence placed = 0;
  Sequence sequence = 0;  // of the record that left it so
  bool operator==(const Payment&) const = default;
};

// The status and result that China Merchants Bank's interface has for it (domain A4.4). A result
// stands beside FIN alone.
struct BankCodes {
  std::string_view request;  // reqSts
  std::string_view result;   // rtnFlg
  bool operator==(const BankCodes&) const = default;
};
BankCodes BankCodesOf(const Payment& payment);

struct Payee {
  Name account;
  std::string name;
  std::string bank;
  std::string branch;
  uint64_t payments = 0;
  Sequence last = 0;  // of the debit that paid it last
  bool operator==(const Payee&) const = default;
};

// NOT_FOUND where none was submitted under the reference.
Result<Payment> FindPayment(const ReadStore& store, std::string_view reference);
// By reference, from the first after `after`, at most `limit`.
Result<std::vector<Payment>> Payments(const ReadStore& store, std::string_view after = {},
                                      size_t limit = SIZE_MAX);
// What a person submitted or decided about, in that order, each once.
Result<std::vector<Payment>> HandledBy(const ReadStore& store, std::string_view person);
// Whom an account paid, by account.
Result<std::vector<Payee>> PayeesOf(const ReadStore& store, std::string_view payer);

class PaymentsProjection final : public Projection {
 public:
  std::string_view name() const override { return "payments"; }
  std::string_view prefix() const override { return "payments/"; }
  void Fold(const RecordView& record, schema::Proposal::Reader proposal, const Effects& effects,
            Store& store) const override;
};

}  // namespace longmen::projections
