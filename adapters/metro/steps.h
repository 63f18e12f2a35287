// One function a record of the metro (record.capnp): what each makes of the ledger as it is.
#pragma once

#include <string>
#include <vector>

#include "adapters/metro/fare.h"
#include "adapters/metro/record.capnp.h"
#include "adapters/metro/trip.h"
#include "adapters/port/proposals.h"

namespace longmen::adapters::metro {

// The rider's permission and accounts (rider_steps.cc).
void TakeSignUp(SignUp::Reader sign_up, Step& at);
void TakeBinding(BindCard::Reader card, Step& at);
void TakeUnbinding(BindCard::Reader card, Step& at);
void TakeMandateStatus(MandateStatus::Reader change, Step& at);
void TakeTopUp(WalletMove::Reader move, Step& at);
void TakeWithdrawal(WalletMove::Reader move, Step& at);

// Rides (ride_steps.cc).
void TakeEntry(Entry::Reader entry, Step& at);
void TakeExit(Exit::Reader exit, Step& at);
void TakeUnmatched(Unmatched::Reader unmatched, Step& at);

// Answers, debts and corrections (money_steps.cc).
void TakeDebitResult(DebitResult::Reader result, Step& at);
void TakeRepayment(Repayment::Reader repayment, Step& at);
void TakeWriteOff(WriteOff::Reader write_off, Step& at);
void TakeRefund(Refund::Reader refund, Step& at);
void TakeRefundResult(DebitResult::Reader result, Step& at);
void TakeFalseMatch(FalseMatch::Reader match, Step& at);
void TakeNotified(Notified::Reader notified, Step& at);

// The next proposal of the record, under a key; its details say what was done to whom.
schema::Proposal::Builder AddStep(Step& at, const std::string& key, schema::RideStage stage,
                                  std::string_view rider);

// A fare that is to be taken from a rider (charge.cc).
struct Fare {
  std::string trip;  // the key of the order that is paid
  std::string rider;
  Money amount;
  std::string payee;  // the operator, or who advanced it
  std::string scheme;
  bool order_has_scheme = true;  // else the debit says by which it is
  std::string tariff;
  std::vector<std::string> tried;  // accounts that could not pay, one attempt each
};
// The trip's order, over the fare's amount; the ride began at the station, and is priced by the
// tariff, from there.
schema::Order::Builder InitTrip(schema::Proposal::Builder proposal, const Fare& fare,
                                const engine::MandateState& mandate, std::string_view station,
                                Nanos entered);
// Asks the next of the rider's accounts that has a prospect; where none is left, the fare is owed.
void TakeFare(const Fare& fare, Step& at);
// Of a trip that is known: with the attempts made so far, and `failed` beside them.
Fare FareOf(const Trip& trip, const MovementState* failed = nullptr);

}  // namespace longmen::adapters::metro
