// One function a record of the takeout platform (record.capnp).
#pragma once

#include <string>

#include "adapters/port/proposals.h"
#include "adapters/takeout/meal.h"
#include "adapters/takeout/record.capnp.h"

namespace longmen::adapters::takeout {

// order_steps.cc
void TakePlace(Place::Reader place, Step& at);
void TakePayment(Payment::Reader payment, Step& at);
void TakeAccept(Accept::Reader accept, Step& at);
void TakeProgress(Progress::Reader progress, Step& at);
void TakePayout(Payout::Reader payout, Step& at);

// refund_steps.cc
void TakeReject(Reject::Reader reject, Step& at);
void TakeRefund(Refund::Reader refund, Step& at);
void TakeRefundResult(RefundResult::Reader result, Step& at);

// The next proposal of the record, under a key; its details say how far the meal is.
schema::Proposal::Builder AddStep(Step& at, const std::string& key, schema::TakeoutStage stage);

// A refund of so much of what the user paid, by the way it came, under the meal's next number.
schema::Refund::Builder AddRefund(Step& at, const Meal& meal, const MovementState& payment,
                                  const Money& amount, schema::TakeoutStage stage);

}  // namespace longmen::adapters::takeout
