// Authorizations (docs/rules.md, Authorization).
#include <algorithm>

#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

constexpr uint8_t kAnyLevel = 0;

bool IsApprover(const State& state, const OrderRow& order, std::string_view person, uint8_t level) {
  if (order.mandate.empty()) return true;
  const auto& approvers = state.mandates[order.mandate].approvers;
  return std::any_of(approvers.begin(), approvers.end(), [&](const ApproverRow& approver) {
    return approver.person == person && (level == kAnyLevel || approver.level == level);
  });
}

bool OwnItem(const OrderRow& order, std::string_view person) {
  return !person.empty() && person == order.submitter;
}

Decision CheckApproval(const State& state, const OrderRow& order,
                       schema::Authorization::Reader authorization) {
  const Ladder ladder;
  const std::string_view by = View(authorization.getBy());
  const uint8_t level = authorization.getLevel();
  if (OwnItem(order, by)) return ladder.Refuse(Code::OWN_ITEM, "authorization.by");
  if (std::find(order.approvers.begin(), order.approvers.end(), by) != order.approvers.end()) {
    return ladder.Refuse(Code::ALREADY_APPROVED, "authorization.by");
  }
  if (level <= order.approved_level) {
    return ladder.Refuse(Code::ALREADY_APPROVED, "authorization.level");
  }
  if (order.status != OrderStatus::kPendingAuthorization || level != order.approved_level + 1) {
    return ladder.Refuse(Code::WRONG_LEVEL, "authorization.level");
  }
  if (!IsApprover(state, order, by, level)) {
    return ladder.Refuse(Code::NOT_AN_APPROVER, "authorization.by");
  }
  return {};
}

bool PendingAfter(const OrderRow& order, uint8_t level) {
  return order.status == OrderStatus::kPendingAuthorization && level < order.required_level;
}

Decision CheckHold(const State& state, const OrderRow& order,
                   schema::Authorization::Reader authorization) {
  const Ladder ladder;
  const int64_t hold = authorization.getHoldMinor();
  if (PendingAfter(order, authorization.getLevel())) {
    return ladder.Refuse(Code::ORDER_PENDING_AUTHORIZATION, "authorization.holdMinor");
  }
  if (order.payer.empty()) return ladder.Refuse(Code::UNKNOWN_ACCOUNT, "order.payer");
  const AccountRow& payer = state.accounts[order.payer];
  if (payer.status == schema::Status::FROZEN) {
    return ladder.Refuse(Code::ACCOUNT_FROZEN, "order.payer");
  }
  if (payer.status == schema::Status::CLOSED) {
    return ladder.Refuse(Code::ACCOUNT_CLOSED, "order.payer");
  }
  if (static_cast<__int128>(order.paid) + order.in_flight + order.held + hold > order.amount) {
    return ladder.Refuse(Code::EXCEEDS_ORDER, "authorization.holdMinor");
  }
  if (!CanPay(payer, hold)) {
    return ladder.Refuse(Code::INSUFFICIENT_FUNDS, "authorization.holdMinor");
  }
  if (int64_t sum = 0; __builtin_add_overflow(payer.held, hold, &sum)) {
    return ladder.Refuse(Code::AMOUNT_OVERFLOW, "authorization.holdMinor");
  }
  return {};
}

Decision DecideGranted(const Asked& asked, const OrderRow& order,
                       schema::Authorization::Reader authorization) {
  const Ladder ladder;
  if (order.valid_until != 0 && asked.proposal.getOccurredAt() > order.valid_until) {
    return ladder.Refuse(Code::ORDER_EXPIRED, "occurredAt");
  }
  if (authorization.getOrderVersion() != 0 && authorization.getOrderVersion() != order.version) {
    return ladder.Refuse(Code::STALE_APPROVAL, "authorization.orderVersion");
  }
  if (authorization.getLevel() >= 1) {
    if (auto fault = CheckApproval(asked.state, order, authorization); !fault.accepted()) {
      return fault;
    }
  }
  if (authorization.getHoldMinor() == 0) return {};
  if (asked.proposal.getOccurredAt() < order.valid_from) {
    return ladder.Refuse(Code::ORDER_NOT_YET_VALID, "occurredAt");
  }
  return CheckHold(asked.state, order, authorization);
}

void ApplyGranted(Change& change, OrderEdit& edit, schema::Authorization::Reader authorization) {
  if (authorization.getLevel() >= 1) {
    edit->approved_level = authorization.getLevel();
    edit->approvers.push_back(Text(authorization.getBy()));
    if (edit->approved_level >= edit->required_level) edit->status = OrderStatus::kOpen;
  }
  const int64_t hold = authorization.getHoldMinor();
  if (hold == 0) return;
  const Nanos until = authorization.getHoldUntil();
  if (edit->held == 0) {
    edit->hold_until = until;
  } else if (until == 0 || edit->hold_until == 0) {
    edit->hold_until = 0;
  } else {
    edit->hold_until = std::max(edit->hold_until, until);
  }
  edit->held += hold;
  change.Hold(edit->payer, hold);
}

}  // namespace

Decision DecideAuthorization(const Asked& asked) {
  const Ladder ladder;
  const auto authorization = asked.proposal.getBody().getAuthorization();
  const OrderRow* order = asked.order;
  if (order == nullptr) return ladder.Refuse(Code::UNKNOWN_ORDER, "key");
  if (authorization.hasRiskPolicy() &&
      asked.state.risk_policies.Find(View(authorization.getRiskPolicy())) == nullptr) {
    return ladder.Refuse(Code::UNKNOWN_RISK_POLICY, "authorization.riskPolicy");
  }
  if (!IsLive(order->status)) return ladder.Refuse(NotLiveCode(*order), "key");
  const std::string_view by = View(authorization.getBy());
  switch (authorization.getAction()) {
    case schema::AuthorizationAction::GRANTED:
      return DecideGranted(asked, *order, authorization);
    case schema::AuthorizationAction::DECLINED:
      if (order->paid != 0 || order->in_flight != 0) {
        return ladder.Refuse(Code::ORDER_PARTLY_PAID, "key");
      }
      if (authorization.getLevel() >= 1 && OwnItem(*order, by)) {
        return ladder.Refuse(Code::OWN_ITEM, "authorization.by");
      }
      if (authorization.getLevel() >= 1 && !IsApprover(asked.state, *order, by, kAnyLevel)) {
        return ladder.Refuse(Code::NOT_AN_APPROVER, "authorization.by");
      }
      return {};
    case schema::AuthorizationAction::STEPPED_UP:
      if (order->paid != 0 || order->in_flight != 0) {
        return ladder.Refuse(Code::ORDER_PARTLY_PAID, "key");
      }
      return {};
    case schema::AuthorizationAction::REVOKED:
      if (order->in_flight != 0) return ladder.Refuse(Code::ORDER_PARTLY_PAID, "key");
      return {};
    case schema::AuthorizationAction::EXPIRED:
    case schema::AuthorizationAction::UNSTATED:
      return {};
  }
  return {};
}

void ApplyAuthorization(Change& change) {
  const auto authorization = change.proposal.getBody().getAuthorization();
  OrderEdit edit(change, change.state.orders.RefOf(change.opened.order));
  switch (authorization.getAction()) {
    case schema::AuthorizationAction::GRANTED:
      ApplyGranted(change, edit, authorization);
      break;
    case schema::AuthorizationAction::DECLINED:
      edit->status = OrderStatus::kDeclined;
      break;
    case schema::AuthorizationAction::STEPPED_UP:
      edit->required_level = std::max(edit->required_level, authorization.getLevel());
      if (edit->approved_level < edit->required_level) {
        edit->status = OrderStatus::kPendingAuthorization;
      }
      break;
    case schema::AuthorizationAction::REVOKED:
      edit.Release(edit->held);
      edit->approved_level = 0;
      edit->approvers.clear();
      if (edit->required_level > 0) edit->status = OrderStatus::kPendingAuthorization;
      break;
    case schema::AuthorizationAction::EXPIRED:
      edit.Release(edit->held);
      break;
    case schema::AuthorizationAction::UNSTATED:
      break;
  }
  edit.Done();
}

}  // namespace longmen::engine
