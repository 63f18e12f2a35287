#include <algorithm>

#include "adapters/campus/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::campus {
namespace {

using schema::CampusStage;

// What was announced of the batch follows its bills.
void AddToBatch(Step& at, const Bill& bill, int64_t minor) {
  const auto batch = FindBatch(at.ledger, bill.batch());
  if (!batch || minor == 0) return;
  const std::string key = batch->order.key;
  const int64_t total = batch->order.amount.minor + minor;
  if (total <= 0) return AddCancelled(at, key, "no bill is left");
  InitAmended(AddStep(at, key, CampusStage::BILL_MODIFIED, key),
              {total, batch->order.amount.currency});
}

// Every progress says what was done, and of which bill's batch.
void AddProgress(Step& at, const std::string& number, CampusStage stage, std::string_view batch) {
  AddStep(at, number, stage, batch)
      .initBody()
      .initOrder()
      .setAction(schema::OrderAction::PROGRESSED);
}

}  // namespace

// A5.6: that nobody has paid or is paying is the ledger's to check.
void TakeModify(Modify::Reader modify, Step& at) {
  const std::string key = Copy(modify.getNumber());
  const auto bill = FindBill(at.ledger, key);
  if (!bill) return at.out.Refuse(Code::UNKNOWN_ORDER, "modify.number", key);
  const Money amount = MoneyOf(modify.getAmount());
  auto proposal = AddStep(at, key, CampusStage::BILL_MODIFIED, bill->batch());
  if (modify.hasItem()) proposal.getDetails().getCampus().setItem(modify.getItem());
  auto order = InitAmended(proposal, amount);
  if (modify.hasReason()) order.setReason(modify.getReason());
  if (amount.minor != 0) AddToBatch(at, *bill, amount.minor - bill->order.amount.minor);
}

void TakeVoid(VoidBill::Reader given, Step& at) {
  const std::string key = Copy(given.getNumber());
  const auto bill = FindBill(at.ledger, key);
  if (!bill) return at.out.Refuse(Code::UNKNOWN_ORDER, "voidBill.number", key);
  auto order = AddStep(at, key, CampusStage::BILL_VOIDED, bill->batch()).initBody().initOrder();
  order.setAction(schema::OrderAction::CANCELLED);
  if (given.hasReason()) order.setReason(given.getReason());
  AddToBatch(at, *bill, -bill->order.amount.minor);
}

// A5.2 rule 6: one click, and everybody who has not paid hears of it.
void TakeRemind(Remind::Reader remind, Step& at) {
  const std::string batch = Copy(remind.getBatch());
  if (!FindBatch(at.ledger, batch)) {
    return at.out.Refuse(Code::UNKNOWN_ORDER, "remind.batch", batch);
  }
  const uint32_t to = remind.getToLine() == 0 ? kLinesMax : remind.getToLine();
  const auto unpaid = UnpaidOf(at.ledger, batch, remind.getFromLine(), to);
  if (unpaid.empty()) return at.out.Refuse(Code::ORDER_NOT_OPEN, "remind.batch", batch);
  for (const UnpaidBill& bill : unpaid) {
    AddProgress(at, bill.order.key, CampusStage::REMINDED, batch);
  }
}

// A progress without a stage: the payer was told.
void TakeNotified(Notified::Reader notified, Step& at) {
  const std::string key = Copy(notified.getNumber());
  const auto bill = FindBill(at.ledger, key);
  if (!bill) return at.out.Refuse(Code::UNKNOWN_ORDER, "notified.number", key);
  AddProgress(at, key, CampusStage::UNSTATED, bill->batch());
}

}  // namespace longmen::adapters::campus
