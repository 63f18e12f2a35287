// HandLog: a log written by hand, for tests of what is derived from one.
//
// It keeps books in the most obvious way (a map of balances, four postings across banks) and
// judges nothing: a test states what happened and gets records with their effects. The rules have
// tests of their own.
#pragma once

#include <capnp/message.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "events/codec/codec.h"
#include "events/effects/effects.h"

namespace longmen::testing {

inline constexpr Currency kCny{156};
inline constexpr DayNumber kFirstDay = 18'687;  // 2021-03-01

inline Money Cny(int64_t minor) { return {minor, kCny}; }

struct HandRecord {
  RecordHeader header;
  ProposalBytes proposal;
  Effects effects;
  RecordView view() const { return {.header = header, .proposal = proposal.bytes(), .leaf = {}}; }
};

// What a payment is, besides the accounts and the amount.
struct Pay {
  std::string key = {};
  std::string from = {};
  std::string to = {};
  int64_t minor = 0;
  schema::Outcome outcome = schema::Outcome::SUCCEEDED;
  schema::Basis basis = schema::Basis::DECIDED;
  std::string channel = "online";
  std::string reference = {};
  int64_t fee = 0;  // of it, to the account `fee_to`
  std::string fee_to = {};
  Sequence refunds = 0;   // it gives back that debit: `from` is the debit's payee
  Sequence resolves = 0;  // it is the outcome of that pending or unknown movement
  Code exception = Code::NONE;
};

// A position as a settlement states it.
struct Stated {
  std::string participant = {};
  std::string counterparty = {};  // of a pair
  int64_t net = 0;
};

// An order as it was placed; a test changes what it is about.
OrderState PlacedOrder(const std::string& key, int64_t minor);

class HandLog {
 public:
  using Fill = std::function<void(schema::Proposal::Builder)>;

  HandLog();

  // The day of the records that follow; later ones only.
  void Day(DayNumber day) { day_ = day; }

  // Any record, with these effects. Returns its sequence.
  Sequence Add(const Fill& fill, Effects effects = {});

  Sequence Participant(const std::string& name);
  Sequence Account(const std::string& name, const std::string& participant,
                   schema::AccountKind kind = schema::AccountKind::CUSTOMER, int64_t floor = 0);
  // Participants with an account "<name>.c" each, a clearing and a settlement account.
  void Banks(const std::vector<std::string>& names);

  // Of the scheme whose cycles are opened from now on.
  schema::SettlementMethod method = schema::SettlementMethod::MULTILATERAL_NET;
  Sequence OpenCycle(const std::string& name);
  Sequence CloseCycle();
  Sequence AbortCycle(const std::string& name);
  Sequence SettleCycle(const std::string& name);
  // By these positions, which are the last that are left or not.
  Sequence Settle(const std::string& name, const std::vector<Stated>& stated, bool last,
                  const std::string& reference);
  // All items of a participant go into the open cycle.
  Sequence Recast(const std::string& name, const std::string& without);
  // What others bear of what it cannot pay, as far as its collateral does not.
  Sequence ShareLoss(const std::string& name, const std::string& without,
                     const std::vector<std::pair<std::string, int64_t>>& shares,
                     int64_t collateral = 0);

  Sequence Order(const OrderState& state);
  // An order that changes nothing in the ledger: a B2B step.
  Sequence Progress(const std::string& key, schema::B2bStage stage);
  // A debit or refund of scenario b2b_gateway.
  Sequence Move(const Pay& pay);
  // A refusal of one proposal: an order placed under the key.
  Sequence Refuse(const std::string& key, const std::string& id, Code code,
                  const std::string& field);

  const std::vector<HandRecord>& records() const { return records_; }

 private:
  Effects Booked(const MovementState& movement, const Pay& pay);
  void Post(Effects& effects, const std::string& account, int64_t minor);
  void Leg(Effects& effects, const Pay& pay, const std::string& from, const std::string& to,
           int64_t minor);
  Sequence next() const { return records_.size() + 1; }

  DayNumber day_ = kFirstDay;
  std::map<std::string, AccountState> accounts_;
  std::map<std::string, CycleState> cycles_;
  std::map<std::string, std::vector<CycleItem>> items_;  // by cycle name
  std::map<Sequence, MovementState> movements_;
  std::string open_;  // the open cycle
  std::vector<HandRecord> records_;
};

// The banks of domain E2b and its eleven items, in cycle "B202103010001" of scheme NUCC; the
// cycle is left open. Yuan are given as in the table; the log has fen.
struct E2bItem {
  const char* id;
  const char* from;
  const char* to;
  int64_t yuan;
};
extern const std::vector<E2bItem> kE2bPayments;  // T01 to T10
void E2bBanks(HandLog& log);                     // participants, accounts, the open cycle
// T01 to T10; the sequence of T02's debit.
Sequence E2bPayments(HandLog& log);
void E2bRefund(HandLog& log, Sequence t02);  // R02

}  // namespace longmen::testing
