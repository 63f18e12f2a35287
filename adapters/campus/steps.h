// One function a record of the campus platform (record.capnp): what each makes of the ledger.
#pragma once

#include <string>

#include "adapters/campus/bill.h"
#include "adapters/campus/record.capnp.h"
#include "adapters/port/proposals.h"

namespace longmen::adapters::campus {

// The school's end (upload_steps.cc, change_steps.cc).
void TakeNewBill(NewBill::Reader bill, Step& at);
void TakeFile(File::Reader file, Step& at);
void TakePublish(Publish::Reader publish, Step& at);
void TakeModify(Modify::Reader modify, Step& at);
void TakeVoid(VoidBill::Reader given, Step& at);
void TakeRemind(Remind::Reader remind, Step& at);
void TakeNotified(Notified::Reader notified, Step& at);

// The parents' end, and what cards' banks answer (payment_steps.cc, refund_steps.cc).
void TakePay(Pay::Reader pay, Step& at);
void TakePayment(Payment::Reader payment, Step& at);
void TakeRefund(Refund::Reader refund, Step& at);
void TakeRefundResult(RefundResult::Reader result, Step& at);

// The bank's own (posting_steps.cc).
void TakePosting(Posting::Reader posting, Step& at);
void TakeRepost(Repost::Reader repost, Step& at);
void TakeCost(Cost::Reader cost, Step& at);

// The next proposal of the record, under a key; its details say what was done in which batch.
schema::Proposal::Builder AddStep(Step& at, const std::string& key, schema::CampusStage stage,
                                  std::string_view batch);

// A refund of so much of a payment, by the way it came, under the bill's next number.
schema::Refund::Builder AddRefund(Step& at, const Bill& bill, const MovementState& payment,
                                  const Money& amount);

}  // namespace longmen::adapters::campus
