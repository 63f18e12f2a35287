#include "adapters/campus/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::campus {
namespace {

using schema::CampusStage;

std::string PostingKey(std::string_view batch, DayNumber date) {
  return std::string(batch) + "/" + FormatBasicDate(date);
}

// A batch is complete when every bill is paid or void, or when its window is closed (A5.6): why,
// and nothing where it is not.
std::optional<const char*> Completion(Step& at, const Batch& batch) {
  if (batch.ClosedAt(at.occurred_at)) return "the window is closed";
  if (AllSettled(at.ledger, batch.order.key)) return "every bill is paid or void";
  return std::nullopt;
}

bool IsClosed(Step& at, std::string_view account) {
  const auto found = at.ledger.FindAccount(account);
  return found && found->status == schema::Status::CLOSED;
}

}  // namespace

// A5.2 rule 11: one credit a day, or one when the batch is complete.
void TakePosting(Posting::Reader posting, Step& at) {
  const std::string key = Copy(posting.getBatch());
  const auto batch = FindBatch(at.ledger, key);
  if (!batch) return at.out.Refuse(Code::UNKNOWN_ORDER, "posting.batch", key);
  const std::string number = PostingKey(key, posting.getDate());
  if (at.ledger.FindOrder(at.out.scenario(), number)) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "posting.date", number);
  }
  const auto completion = Completion(at, *batch);
  if (batch->posting == schema::PostingMode::ON_COMPLETION && !completion) {
    return at.out.Refuse(Code::BATCH_INCOMPLETE, "posting.batch", number);
  }
  const Money amount{Collected(at.ledger, key), batch->order.amount.currency};
  if (amount.minor <= 0) {
    return at.out.Refuse(Code::INSUFFICIENT_FUNDS, "posting.batch", number);
  }
  if (posting.getAmount().getMinor() != 0 && MoneyOf(posting.getAmount()) != amount) {
    return at.out.Refuse(Code::CONTROL_TOTAL_MISMATCH, "posting.amount", number);
  }
  const bool suspended = posting.hasSuspense() && IsClosed(at, batch->order.payee);
  auto proposal =
      AddStep(at, number, completion ? CampusStage::BATCH_COMPLETED : CampusStage::POSTED, key);
  auto details = proposal.getDetails().getCampus();
  details.setPosting(batch->posting);
  details.setCount(posting.getCount());
  auto order = InitOrder(proposal, amount);
  order.setPayer(batch->order.payer.text());
  order.setPayee(suspended ? Copy(posting.getSuspense()) : batch->order.payee.text());
  if (!suspended && !batch->order.scheme.empty()) order.setScheme(batch->order.scheme.text());
  if (completion) order.setReason(*completion);
  auto debit =
      InitDebit(AddStep(at, number, CampusStage::POSTED, key), amount, schema::Outcome::SUCCEEDED);
  debit.setChannelReference(number);
  debit.setClearingDate(posting.getDate());
  if (suspended) debit.setReason("the school's account is closed");
}

// A5.6: what waits in suspense for the school.
void TakeRepost(Repost::Reader repost, Step& at) {
  const std::string key = Copy(repost.getBatch());
  const std::string number = PostingKey(key, repost.getDate());
  const auto batch = FindBatch(at.ledger, key);
  const auto posting = at.ledger.FindOrder(at.out.scenario(), number);
  if (!batch || !posting) return at.out.Refuse(Code::UNKNOWN_ORDER, "repost.batch", number);
  const std::string& suspense = posting->payee;
  if (posting->payee == batch->order.payee) {
    return at.out.Refuse(Code::ALREADY_RESOLVED, "repost.date", number);
  }
  TakeTransfer({.number = number + "/retry",
                .from = suspense,
                .to = repost.hasTo() ? Copy(repost.getTo()) : batch->order.payee.text(),
                .scheme = batch->order.scheme,
                .amount = posting->amount,
                .outcome = schema::Outcome::SUCCEEDED,
                .reference = {},
                .reason = {}},
               {"repost", "repost.date", "repost.batch", "repost.to"}, at);
}

// A5.5: what another bank's card costs is the bank's expense, since neither side pays a fee.
void TakeCost(Cost::Reader cost, Step& at) {
  const std::string key = Copy(cost.getNumber());
  if (!FindBill(at.ledger, key)) return at.out.Refuse(Code::UNKNOWN_ORDER, "cost.number", key);
  const StandAloneRoute route{Copy(cost.getFrom()), Copy(cost.getTo()), Copy(cost.getScheme())};
  const auto bears = at.ledger.FindAccount(route.payer);
  if (bears && bears->kind != schema::AccountKind::EXPENSE) {
    return at.out.Refuse(Code::ACCOUNT_KIND_NOT_ALLOWED, "cost.from", key);
  }
  // An order that is placed and cancelled at once remembers that the cost was booked.
  const std::string booked = key + "/cost";
  if (at.ledger.FindOrder(at.out.scenario(), booked)) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "cost.number", key);
  }
  AddRemembered(at, AddUnder(at, booked), MoneyOf(cost.getAmount()), cost.getTo(),
                "the cost of a card is booked");
  AddStandAlone(at, key, schema::DebitKind::FEE, MoneyOf(cost.getAmount()), route)
      .setBasis(schema::Basis::REPORTED);
}

}  // namespace longmen::adapters::campus
