// Pieces of proposals that scenarios' translations have in common.
#pragma once

#include <capnp/dynamic.h>

#include <string>

#include "adapters/port/port.h"

namespace longmen::adapters {

bool InFlight(schema::Outcome outcome);
// An instant and what comes after it; one beyond all shape stays one, and its proposal is invalid.
Nanos Later(Nanos from, Nanos by);

// The amount that a group of a record states.
template <typename Group>
Money MoneyOf(Group amount) {
  return {amount.getMinor(), Currency{amount.getCurrency()}};
}
template <typename Group>
void SetMoney(Group amount, const Money& money) {
  amount.setMinor(money.minor);
  amount.setCurrency(money.currency.numeric);
}
// The same amount again, or a discrepancy: currency_mismatch [field.currency], amount_mismatch
// [field.minor]. False, and refused, where it is another.
bool CheckAmount(const Money& known, const Money& said, const std::string& field,
                 const std::string& key, Step& at);

// The next proposal of the record, under a business key.
schema::Proposal::Builder AddUnder(Step& at, const std::string& key);
void Refer(schema::Reference::Builder to, const MovementState& movement);
// A proposal's body: a debit; a refund of `debit`; the outcome of what is in flight.
schema::Debit::Builder InitDebit(schema::Proposal::Builder proposal, const Money& amount,
                                 schema::Outcome outcome);
schema::Refund::Builder InitRefund(schema::Proposal::Builder proposal, const Money& amount,
                                   schema::Outcome outcome, const MovementState& debit);
schema::Debit::Builder InitDebitResult(schema::Proposal::Builder proposal,
                                       const MovementState& debit, schema::Outcome outcome);
schema::Refund::Builder InitRefundResult(schema::Proposal::Builder proposal,
                                         const MovementState& refund, schema::Outcome outcome);
// A debit of its own beside the order under the key, of a kind that pays no order: it succeeded.
struct StandAloneRoute {
  std::string payer;
  std::string payee;
  std::string scheme;  // empty: within one participant
};
schema::Debit::Builder AddStandAlone(Step& at, const std::string& key, schema::DebitKind kind,
                                     const Money& amount, const StandAloneRoute& route);
// A body: an order, placed.
schema::Order::Builder InitOrder(schema::Proposal::Builder proposal, const Money& amount);
// Of an order that is there: its amount becomes another.
schema::Order::Builder InitAmended(schema::Proposal::Builder proposal, const Money& amount);
// A mandate's body: registered as it is in force, or as it is to be.
schema::Mandate::Builder InitMandate(schema::Proposal::Builder proposal,
                                     const engine::MandateState& mandate);
// An order proposal that ends the order under `key`.
void AddCancelled(Step& at, const std::string& key, capnp::Text::Reader reason = nullptr);
// Remembers the proposal's key: an order that is placed and cancelled at once, and pays nothing.
void AddRemembered(Step& at, schema::Proposal::Builder under, const Money& amount,
                   capnp::Text::Reader payee, capnp::Text::Reader reason);

// A step's key, or another part that the ledger's keys join with `/`: too_long, bad_text with a `/`
// of its own, for it would be another's whole.
Status CheckPart(std::string_view part, size_t bytes_max, const std::string& field);
// Of whatever step it is, the key.
Status CheckStepKey(capnp::DynamicStruct::Reader step, size_t bytes_max);

// Money from one account to another under a number of its own, which is good for one payment: one
// order and its debit. The first record asks; one under the same number while it is in flight
// brings the result, and is about the same money or refused.
struct Transfer {
  std::string number;
  std::string from;
  std::string to;
  std::string scheme;  // empty: within one participant
  Money amount;
  schema::Outcome outcome = schema::Outcome::UNSTATED;
  capnp::Text::Reader reference;
  capnp::Text::Reader reason;
};
struct TransferFields {
  std::string step;  // "payout": its amount and scheme have these names
  std::string number;
  std::string from;
  std::string to;
};
void TakeTransfer(const Transfer& transfer, const TransferFields& fields, Step& at);

}  // namespace longmen::adapters
