#include <algorithm>

#include "tests/reference/decision.h"

namespace longmen::reference {

void Decision::Authorize() {
  auto given = proposal_.getBody().getAuthorization();
  const Nanos occurred = proposal_.getOccurredAt();
  const auto found = state_.orders.find(order_key_);
  if (found != state_.orders.end()) {
    const Order& order = found->second;
    RefuseIf(!MayTouchAccount(order.payer.empty() ? order.payee : order.payer), Code::NOT_PERMITTED,
             "key");
  }
  RefuseIf(found == state_.orders.end(), Code::UNKNOWN_ORDER, "key");
  const std::string policy = Str(given.getRiskPolicy());
  RefuseIf(!policy.empty() && !state_.risk_policies.contains(policy), Code::UNKNOWN_RISK_POLICY,
           "authorization.riskPolicy");
  Order& order = found->second;
  RefuseIf(order.status == OrderStatus::kExpired, Code::ORDER_EXPIRED, "key");
  RefuseIf(!IsLive(order.status), Code::ORDER_NOT_OPEN, "key");
  const Wide paid = state_.DebitsOf(order.name, false);
  const Wide in_flight = state_.DebitsOf(order.name, true);

  switch (given.getAction()) {
    case schema::AuthorizationAction::GRANTED:
      RefuseIf(order.valid_until != 0 && occurred > order.valid_until, Code::ORDER_EXPIRED,
               "occurredAt");
      Grant(order);
      break;
    case schema::AuthorizationAction::DECLINED:
      RefuseIf(paid != 0 || in_flight != 0, Code::ORDER_PARTLY_PAID, "key");
      Decline(order);
      break;
    case schema::AuthorizationAction::STEPPED_UP:
      RefuseIf(paid != 0 || in_flight != 0, Code::ORDER_PARTLY_PAID, "key");
      order.required_level = std::max(order.required_level, given.getLevel());
      if (order.approved_level < order.required_level) {
        order.status = OrderStatus::kPendingAuthorization;
      }
      break;
    case schema::AuthorizationAction::REVOKED:
      RefuseIf(in_flight != 0, Code::ORDER_PARTLY_PAID, "key");
      order.held = 0;
      order.approved_level = 0;
      order.approved_by.clear();
      if (order.required_level > 0) order.status = OrderStatus::kPendingAuthorization;
      break;
    case schema::AuthorizationAction::UNSTATED:
    case schema::AuthorizationAction::EXPIRED:
      break;  // refused above
  }
  Settle(state_, order);
}

void Decision::Grant(Order& order) {
  auto given = proposal_.getBody().getAuthorization();
  const std::string by = Str(given.getBy());
  const uint8_t level = given.getLevel();
  const int64_t hold = given.getHoldMinor();
  RefuseIf(given.getOrderVersion() != 0 && given.getOrderVersion() != order.version,
           Code::STALE_APPROVAL, "authorization.orderVersion");
  if (level >= 1) {
    RefuseIf(!by.empty() && by == order.submitter, Code::OWN_ITEM, "authorization.by");
    RefuseIf(Contains(order.approved_by, by), Code::ALREADY_APPROVED, "authorization.by");
    RefuseIf(level <= order.approved_level, Code::ALREADY_APPROVED, "authorization.level");
    RefuseIf(
        order.status != OrderStatus::kPendingAuthorization || level != order.approved_level + 1,
        Code::WRONG_LEVEL, "authorization.level");
    if (!order.mandate.empty()) {
      bool approver = false;
      for (const auto& [of_level, person] : state_.mandates[order.mandate].approvers) {
        if (of_level == level && person == by) approver = true;
      }
      RefuseIf(!approver, Code::NOT_AN_APPROVER, "authorization.by");
    }
    order.approved_level = level;
    order.approved_by.push_back(by);
  }
  if (order.approved_level >= order.required_level) order.status = OrderStatus::kOpen;
  if (hold == 0) return;

  RefuseIf(proposal_.getOccurredAt() < order.valid_from, Code::ORDER_NOT_YET_VALID, "occurredAt");
  RefuseIf(order.status == OrderStatus::kPendingAuthorization, Code::ORDER_PENDING_AUTHORIZATION,
           "authorization.holdMinor");
  RefuseIf(order.payer.empty(), Code::UNKNOWN_ACCOUNT, "order.payer");
  const schema::Status status = state_.accounts[order.payer].status;
  RefuseIf(status == schema::Status::FROZEN, Code::ACCOUNT_FROZEN, "order.payer");
  RefuseIf(status == schema::Status::CLOSED, Code::ACCOUNT_CLOSED, "order.payer");
  const Wide used = state_.DebitsOf(order.name, false) + state_.DebitsOf(order.name, true);
  RefuseIf(used + order.held + hold > order.amount, Code::EXCEEDS_ORDER, "authorization.holdMinor");
  const auto available = state_.Available(order.payer);
  RefuseIf(available && *available < hold, Code::INSUFFICIENT_FUNDS, "authorization.holdMinor");
  RefuseIf(state_.Held(order.payer) + hold > INT64_MAX, Code::AMOUNT_OVERFLOW,
           "authorization.holdMinor");

  const Nanos until = given.getHoldUntil();
  if (order.held == 0) {
    order.hold_until = until;
  } else if (order.hold_until == 0 || until == 0) {
    order.hold_until = 0;
  } else {
    order.hold_until = std::max(order.hold_until, until);
  }
  order.held += hold;
}

void Decision::Decline(Order& order) {
  auto given = proposal_.getBody().getAuthorization();
  const std::string by = Str(given.getBy());
  if (given.getLevel() >= 1) {
    RefuseIf(!by.empty() && by == order.submitter, Code::OWN_ITEM, "authorization.by");
    if (!order.mandate.empty()) {
      bool approver = false;
      for (const auto& [of_level, person] : state_.mandates[order.mandate].approvers) {
        if (person == by) approver = true;
      }
      RefuseIf(!approver, Code::NOT_AN_APPROVER, "authorization.by");
    }
  }
  order.status = OrderStatus::kDeclined;
}

}  // namespace longmen::reference
