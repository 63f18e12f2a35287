// One function a record of the card platform (record.capnp): what each makes of the ledger as it
// is.
#pragma once

#include <string>

#include "adapters/port/proposals.h"
#include "adapters/virtual_card/record.capnp.h"

namespace longmen::adapters::virtual_card {

// The card itself (card_steps.cc).
void TakeRequest(Request::Reader request, Step& at);
void TakeApproval(Approval::Reader approval, Step& at);
void TakeRejection(Approval::Reader rejection, Step& at);
void TakeControls(Controls::Reader controls, Step& at);
void TakeStatus(CardStatus::Reader change, Step& at);

// Its payments (payment_steps.cc).
void TakeAuthorization(Authorization::Reader authorization, Step& at);
void TakeCapture(Capture::Reader capture, Step& at);
void TakeForced(Forced::Reader forced, Step& at);
void TakeReversal(Reversal::Reader reversal, Step& at);
void TakeNotified(Notified::Reader notified, Step& at);

// What comes back (refund_step.cc).
void TakeRefund(Refund::Reader refund, Step& at);

// The card of that token; nothing, and refused on `field`, where there is none. `key` is the
// record's.
std::optional<engine::MandateState> FindCard(capnp::Text::Reader card, const std::string& field,
                                             const std::string& key, Step& at);
// The order under the acquirer's number; nothing, and refused on `field`, where there is none.
std::optional<OrderState> FindAuthorized(capnp::Text::Reader number, const std::string& field,
                                         Step& at);

// The next proposal of the record, under a key; its details say what was done with which card.
schema::Proposal::Builder AddStep(Step& at, const std::string& key, schema::VirtualCardStage stage,
                                  const std::string& card);

// What the record and the ledger both call "the same value in the other currency", and its rate.
template <typename Builder, typename Reader>
void SetExchange(Builder to, Reader record) {
  SetMoney(to.getCounterAmount(), MoneyOf(record.getCounterAmount()));
  if (record.hasRate()) to.setRate(record.getRate());
}

}  // namespace longmen::adapters::virtual_card
