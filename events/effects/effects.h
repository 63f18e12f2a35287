// Effects: what one record did to the ledger, as plain facts.
//
// The rules derive them from the log (engine/ledger); projections fold them and decide nothing.
// They are a pure function of the log up to the record, so whoever replays gets the same ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "events/base/name.h"
#include "events/base/short_text.h"
#include "events/base/time.h"
#include "events/block/record.h"
#include "events/money/money.h"

namespace longmen {

// One line of the double entry. Credit is positive. The postings of a record sum to zero per
// participant and currency.
struct Posting {
  Name account;
  Name participant;
  Money amount;
  bool operator==(const Posting&) const = default;
};

// A change of the funds held on an account: positive holds more, negative releases.
struct HoldChange {
  Name account;
  Money amount;
  bool operator==(const HoldChange&) const = default;
};

// An account as the record left it: every account whose balance, hold or registration it changed.
struct AccountState {
  Name account;
  Name participant;
  schema::AccountKind kind = schema::AccountKind::CUSTOMER;
  schema::Status status = schema::Status::OPEN;
  Money balance;
  Money held;
  Money floor;  // a count >= 0: how far below zero the balance may go
  bool unlimited = false;
  bool operator==(const AccountState&) const = default;
};

enum class OrderStatus : uint8_t {
  kPendingAuthorization,
  kOpen,
  kPaid,       // in full
  kCompleted,  // in part, and no more will come
  kCancelled,
  kDeclined,
  kExpired,
};
std::string_view OrderStatusName(OrderStatus status);  // "pending_authorization"
inline bool IsLive(OrderStatus status) {
  return status == OrderStatus::kPendingAuthorization || status == OrderStatus::kOpen;
}

// An order as the record left it.
struct OrderState {
  schema::Scenario scenario = schema::Scenario::NONE;
  ShortText key;
  OrderStatus status = OrderStatus::kOpen;
  Money amount;
  Money counter;          // what the payee gets in another currency; 0 of none: the amount
  int64_t paid = 0;       // minor units, as are the next four
  int64_t in_flight = 0;  // of debits pending or unknown
  int64_t refunded = 0;   // this and the next in the payee's currency
  int64_t refunding = 0;  // of refunds pending or unknown
  int64_t held = 0;
  Name payer;
  Name payee;
  Name scheme;
  Name mandate;
  ShortText submitter;
  ShortText channel;
  Nanos valid_from = 0;   // first instant a debit may occur; 0: at once
  Nanos valid_until = 0;  // last one; 0: no end
  uint16_t version = 0;
  uint8_t approved_level = 0;
  uint8_t required_level = 0;
  Sequence placed = 0;
  bool operator==(const OrderState&) const = default;
};

enum class MovementKind : uint8_t { kDebit, kRefund };

// A debit or refund as the record left it. `from` gives, `to` receives.
struct MovementState {
  Sequence sequence = 0;  // of the proposal that began it: its name for ever
  MovementKind kind = MovementKind::kDebit;
  schema::Scenario scenario = schema::Scenario::NONE;
  ShortText key;  // of the order, or the proposal's own
  schema::Outcome outcome = schema::Outcome::SUCCEEDED;
  Money amount;   // leaves `from`
  Money counter;  // arrives in another currency; 0 of none: the amount
  Name from_account;
  Name from_participant;
  Name to_account;
  Name to_participant;
  ShortText channel;
  ShortText channel_reference;
  DayNumber clearing_date = 0;
  Nanos occurred_at = 0;
  Sequence debit = 0;  // of a refund: the debit it gives back
  Sequence cycle = 0;  // the cycle it was put into (an aborted one says where it went); 0: none
  Name cycle_name;
  Name source;   // identity of the proposal that began it: how a later one
  ShortText id;  // refers to it

  // What its payee gets, or as a refund gives: the side of which cycles have items.
  Money of_payee() const {
    return kind == MovementKind::kDebit && counter.currency.numeric != 0 ? counter : amount;
  }
  bool operator==(const MovementState&) const = default;
};

// One item of a cycle: money that `from` owes `to` (participants).
struct CycleItem {
  Sequence cycle = 0;
  Name from;
  Name to;
  Money amount;
  uint64_t count = 1;  // more than one where an aborted cycle's items are carried together
  bool operator==(const CycleItem&) const = default;
};

enum class CycleStatus : uint8_t { kOpen, kClosed, kSettled, kAborted, kSettling };
std::string_view CycleStatusName(CycleStatus status);

struct CycleState {
  Sequence cycle = 0;  // sequence of its opening
  std::string name;
  Name scheme;
  CycleStatus status = CycleStatus::kOpen;
  Sequence cut_off = 0;       // sequence of its closing; 0 while open
  Sequence carried_into = 0;  // of an aborted cycle: the cycle that took its items
  std::string reference;
  std::string reason;
  schema::SettlementMethod method = schema::SettlementMethod::MULTILATERAL_NET;
  bool operator==(const CycleState&) const = default;
};

// A payment that waits in the queue of its scheme, as the record left it.
enum class WaitingStatus : uint8_t {
  kWaiting,
  kHeld,     // passed over
  kSettled,  // with others: its money is at the receiver's bank
  kGone,     // booked, cancelled or returned
};
std::string_view WaitingStatusName(WaitingStatus status);

struct WaitingState {
  Sequence movement = 0;
  Name scheme;
  Name sender;  // participants
  Name receiver;
  Money amount;
  WaitingStatus status = WaitingStatus::kWaiting;
  uint8_t priority = 0;  // a higher one goes first
  int64_t rank = 0;      // within it: the lowest goes first
  bool operator==(const WaitingState&) const = default;
};

// Of the money kept for a scheme so much settled what its participant owed.
struct EarmarkSpent {
  Name scheme;
  Name participant;
  Money amount;
  bool operator==(const EarmarkSpent&) const = default;
};

struct Effects {
  FewOf<Posting, 4> postings;
  FewOf<HoldChange, 2> holds;
  FewOf<AccountState, 4> accounts;
  std::optional<OrderState> order;
  std::optional<MovementState> movement;
  FewOf<CycleItem, 1> items;  // of this movement; of an abort: all that is carried
  std::optional<CycleState> cycle;
  std::vector<CycleItem> removed;     // of a recast: what is taken out of its cycle
  std::vector<WaitingState> waiting;  // every payment of a queue that it changed
  std::vector<EarmarkSpent> earmarks_spent;
  std::vector<Sequence> named;  // of a resolution: the movements that it names, by their names
  Sequence late_for = 0;  // the cycle whose cut-off an item came after that occurred before it
  Code exception = Code::NONE;  // as in the record's header
  bool operator==(const Effects&) const = default;

  void Clear() { *this = Effects{}; }
};

}  // namespace longmen
