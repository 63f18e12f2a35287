#include "events/effects/effects.h"

namespace longmen {

std::string_view OrderStatusName(OrderStatus status) {
  switch (status) {
    case OrderStatus::kPendingAuthorization:
      return "pending_authorization";
    case OrderStatus::kOpen:
      return "open";
    case OrderStatus::kPaid:
      return "paid";
    case OrderStatus::kCompleted:
      return "completed";
    case OrderStatus::kCancelled:
      return "cancelled";
    case OrderStatus::kDeclined:
      return "declined";
    case OrderStatus::kExpired:
      return "expired";
  }
  return "unknown";
}

std::string_view WaitingStatusName(WaitingStatus status) {
  switch (status) {
    case WaitingStatus::kWaiting:
      return "waiting";
    case WaitingStatus::kHeld:
      return "held";
    case WaitingStatus::kSettled:
      return "settled";
    case WaitingStatus::kGone:
      return "gone";
  }
  return "unknown";
}

std::string_view CycleStatusName(CycleStatus status) {
  switch (status) {
    case CycleStatus::kOpen:
      return "open";
    case CycleStatus::kClosed:
      return "closed";
    case CycleStatus::kSettled:
      return "settled";
    case CycleStatus::kAborted:
      return "aborted";
    case CycleStatus::kSettling:
      return "settling";
  }
  return "unknown";
}

}  // namespace longmen
