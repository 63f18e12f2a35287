// Refunds: by the captures that they undo, whatever has become of the card.
#include <algorithm>

#include "adapters/port/record_json.h"
#include "adapters/virtual_card/steps.h"

namespace longmen::adapters::virtual_card {
namespace {

using Movements = std::vector<MovementState>;

// The captures that a refund may be of: the one that is named, or all.
Movements CapturesFor(Refund::Reader refund, const Movements& movements) {
  Movements captures;
  for (const MovementState& movement : movements) {
    const bool named =
        !refund.hasCapture() || movement.channel_reference.view() == View(refund.getCapture());
    if (movement.kind == MovementKind::kDebit && named) captures.push_back(movement);
  }
  return captures;
}

// Whether this refund came before, and was refused for it.
bool CameBefore(Refund::Reader refund, const Movements& movements, Step& at) {
  int64_t given = 0;
  for (const MovementState& movement : movements) {
    const bool same = movement.kind == MovementKind::kRefund &&
                      movement.channel_reference.view() == View(refund.getReference());
    if (same) given += movement.amount.minor;
  }
  if (given == 0) return false;
  const bool same = given == refund.getAmount().getMinor();
  at.out.Refuse(same ? Code::DUPLICATE_NOTICE : Code::AMOUNT_MISMATCH,
                same ? "refund.reference" : "refund.amount", Copy(refund.getNumber()));
  return true;
}

// What a capture has given back, or is giving, of what the supplier got.
int64_t GivenBack(const MovementState& capture, const Movements& movements) {
  int64_t given = 0;
  for (const MovementState& movement : movements) {
    const bool of_it = movement.kind == MovementKind::kRefund &&
                       movement.debit == capture.sequence &&
                       movement.outcome != schema::Outcome::FAILED;
    if (of_it) given += movement.amount.minor;
  }
  return given;
}

// What of a refund is of each capture, oldest first; what is more than all of them is the last
// one's, and the engine refuses it.
std::vector<int64_t> PartsOf(const Movements& captures, const Movements& movements, int64_t minor) {
  std::vector<int64_t> parts;
  for (const MovementState& capture : captures) {
    const int64_t left = capture.of_payee().minor - GivenBack(capture, movements);
    parts.push_back(std::min(minor, std::max<int64_t>(left, 0)));
    minor -= parts.back();
  }
  parts.back() += minor;
  return parts;
}

}  // namespace

void TakeRefund(Refund::Reader refund, Step& at) {
  const std::string key = Copy(refund.getNumber());
  const auto order = FindAuthorized(refund.getNumber(), "refund.number", at);
  if (!order) return;
  const Movements movements = at.ledger.MovementsOf(at.out.scenario(), key);
  if (CameBefore(refund, movements, at)) return;
  const Movements captures = CapturesFor(refund, movements);
  if (captures.empty()) {
    return at.out.Refuse(Code::UNKNOWN_DEBIT,
                         refund.hasCapture() ? "refund.capture" : "refund.number", key);
  }
  // Two amounts and a rate are of one capture.
  if (refund.getCounterAmount().getMinor() != 0 && captures.size() > 1) {
    return at.out.Refuse(Code::MISSING_FIELD, "refund.capture", key);
  }
  const Money amount = MoneyOf(refund.getAmount());
  const auto parts = PartsOf(captures, movements, amount.minor);
  for (size_t i = 0; i < captures.size(); ++i) {
    if (parts[i] == 0) continue;
    auto proposal = AddStep(at, key, schema::VirtualCardStage::REFUNDED, order->mandate.text());
    proposal.getDetails().getVirtualCard().setAuthorization(key);
    auto back =
        InitRefund(proposal, {parts[i], amount.currency}, schema::Outcome::SUCCEEDED, captures[i]);
    SetExchange(back, refund);
    back.setChannelReference(refund.getReference());
    back.setClearingDate(refund.getClearingDate());
    if (refund.hasReason()) back.setReason(refund.getReason());
  }
}

}  // namespace longmen::adapters::virtual_card
