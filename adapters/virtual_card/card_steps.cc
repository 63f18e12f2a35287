// The card itself: asked for, issued, changed, suspended, ended.
#include <algorithm>

#include "adapters/port/record_json.h"
#include "adapters/virtual_card/steps.h"

namespace longmen::adapters::virtual_card {
namespace {

using engine::LimitRow;
using engine::MandateState;
using schema::LimitWindow;
using schema::Status;
using schema::VirtualCardStage;

constexpr int16_t kBeijingMinutes = 480;

// A card before anybody else has looked at it.
bool IsRequest(const MandateState& card) { return card.version == 1; }

bool IsOfCount(const LimitRow& limit) { return limit.count != 0; }

// The order in which a card's limits are asked (domain A6.5, D4): the amount of one payment before
// any other, the number of payments before their sum.
int RankOf(const LimitRow& limit) {
  if (limit.window == LimitWindow::SINGLE) return 0;
  const int of_window = limit.window == LimitWindow::TOTAL ? 1 : 3;
  return of_window + (IsOfCount(limit) ? 0 : 1);
}

LimitRow* FindLimit(MandateState& card, LimitWindow window, bool of_count) {
  const auto at = std::ranges::find_if(card.limits, [&](const LimitRow& limit) {
    return limit.window == window && IsOfCount(limit) == of_count;
  });
  return at == card.limits.end() ? nullptr : &*at;
}

// A limit that is stated replaces the one of its kind.
void SetLimit(MandateState& card, LimitWindow window, int64_t amount, uint32_t count) {
  if (amount == 0 && count == 0) return;
  LimitRow* limit = FindLimit(card, window, count != 0);
  if (limit == nullptr) limit = &card.limits.emplace_back();
  *limit = {amount, count, window, schema::LimitPassing::REFUSE};
}

void SetTexts(std::vector<std::string>& to, capnp::List<capnp::Text>::Reader stated) {
  if (stated.size() == 0) return;
  to.clear();
  for (auto text : stated) to.push_back(Copy(text));
}

template <typename Record>
void SetControls(MandateState& card, Record stated) {
  SetLimit(card, LimitWindow::SINGLE, stated.getSingleMinor(), 0);
  SetLimit(card, LimitWindow::TOTAL, 0, stated.getUses());
  SetLimit(card, LimitWindow::TOTAL, stated.getTotalMinor(), 0);
  SetLimit(card, LimitWindow::DAY, 0, stated.getDailyUses());
  SetLimit(card, LimitWindow::DAY, stated.getDailyMinor(), 0);
  std::ranges::stable_sort(card.limits, {}, RankOf);
  if (stated.getValidFrom() != 0) card.valid_from = stated.getValidFrom();
  if (stated.getValidBefore() != 0) card.valid_before = stated.getValidBefore();
  SetTexts(card.channels, stated.getChannels());
  SetTexts(card.merchants, stated.getMerchants());
  SetTexts(card.merchant_categories, stated.getMerchantCategories());
  if (stated.getCurrencies().size() > 0) card.currencies.clear();
  for (const uint16_t currency : stated.getCurrencies()) card.currencies.push_back(currency);
}

bool IsSingleUse(MandateState& card) {
  const LimitRow* uses = FindLimit(card, LimitWindow::TOTAL, true);
  return uses != nullptr && uses->count == 1;
}

schema::VirtualCardDetails::Builder AddCard(Step& at, const std::string& card,
                                            VirtualCardStage stage, const MandateState& mandate) {
  auto proposal = AddStep(at, card, stage, card);
  InitMandate(proposal, mandate);
  auto details = proposal.getDetails().getVirtualCard();
  if (!mandate.holder.empty()) details.setRequestor(mandate.holder);
  return details;
}

// Two pairs of eyes on every card: the first version asks, the second answers.
void Answer(Approval::Reader answer, const std::string& step, Status status, VirtualCardStage stage,
            Step& at) {
  const std::string key = Copy(answer.getCard());
  auto card = FindCard(answer.getCard(), step + ".card", key, at);
  if (!card) return;
  if (!IsRequest(*card)) return at.out.Refuse(Code::ALREADY_RESOLVED, step + ".card", key);
  if (View(answer.getBy()) == card->holder) {
    return at.out.Refuse(Code::OWN_ITEM, step + ".by", key);
  }
  card->status = status;
  AddCard(at, key, stage, *card).setApprovedBy(answer.getBy());
}

// A card that was issued and has not been ended; nothing, and refused, where it is none.
std::optional<MandateState> FindLiving(capnp::Text::Reader token, const std::string& field,
                                       Step& at) {
  auto card = FindCard(token, field, Copy(token), at);
  if (card && (IsRequest(*card) || card->status == Status::CLOSED)) {
    at.out.Refuse(Code::MANDATE_NOT_ACTIVE, field, Copy(token));
    card.reset();
  }
  return card;
}

}  // namespace

void TakeRequest(Request::Reader request, Step& at) {
  const std::string key = Copy(request.getCard());
  if (at.ledger.FindMandate(key)) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "request.card", key);
  }
  MandateState card;
  card.account = Copy(request.getFunding());
  card.holder = Copy(request.getRequestor());
  card.status = Status::FROZEN;
  card.utc_offset_minutes = kBeijingMinutes;
  card.restores_on_refund = request.getRestoresOnRefund();
  SetControls(card, request);
  auto details = AddCard(at, key, VirtualCardStage::REQUESTED, card);
  if (request.hasPurpose()) details.setPurpose(request.getPurpose());
  if (request.hasInvoice()) details.setInvoice(request.getInvoice());
}

void TakeApproval(Approval::Reader approval, Step& at) {
  Answer(approval, "approval", Status::OPEN, VirtualCardStage::ISSUED, at);
}

void TakeRejection(Approval::Reader rejection, Step& at) {
  Answer(rejection, "rejection", Status::CLOSED, VirtualCardStage::REQUEST_DECLINED, at);
}

// A limit may fall below what is held already: what was approved stands, and nothing more is.
void TakeControls(Controls::Reader controls, Step& at) {
  const std::string key = Copy(controls.getCard());
  auto card = FindLiving(controls.getCard(), "controls.card", at);
  if (!card) return;
  if (View(controls.getBy()) == card->holder) {
    return at.out.Refuse(Code::OWN_ITEM, "controls.by", key);
  }
  const bool single_use = IsSingleUse(*card);
  SetControls(*card, controls);
  if (IsSingleUse(*card) != single_use) {
    return at.out.Refuse(Code::IMMUTABLE_FIELD, "controls.uses", key);
  }
  AddCard(at, key, VirtualCardStage::CONTROLS_CHANGED, *card).setApprovedBy(controls.getBy());
}

void TakeStatus(CardStatus::Reader change, Step& at) {
  const std::string key = Copy(change.getCard());
  auto card = FindLiving(change.getCard(), "status.card", at);
  if (!card) return;
  if (card->status == change.getStatus()) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "status.status", key);
  }
  card->status = change.getStatus();
  auto stage = VirtualCardStage::RESUMED;
  if (change.getStatus() == Status::FROZEN) stage = VirtualCardStage::SUSPENDED;
  if (change.getStatus() == Status::CLOSED) stage = VirtualCardStage::CANCELLED;
  auto details = AddCard(at, key, stage, *card);
  if (change.hasBy()) details.setApprovedBy(change.getBy());
}

}  // namespace longmen::adapters::virtual_card
