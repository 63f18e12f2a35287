// One proposal, decided by docs/rules.md line by line and carried out at once.
//
// A hard check that fails throws a Fault; whoever called puts the state back from the copy taken
// before. That is the whole error handling: naive on purpose. Faults never leave this folder.
#pragma once

#include <string>

#include "tests/reference/state.h"

namespace longmen::reference {

struct Fault {
  Code code;
  std::string field;
};

class Decision {
 public:
  Decision(State& state, schema::Proposal::Reader proposal, Nanos now, Sequence sequence);

  // Throws a Fault; else the state has what the proposal does.
  void Decide();

  Code exception = Code::NONE;  // of a reported movement: the first soft check that failed
  Sequence cycle = 0;           // for the record's header

  // What follows from an order's state, always: also after ticks.
  static void Settle(State& state, Order& order);
  // A payment that waits: the engine settles it, or gives it back.
  void Release(Movement& movement, bool settles);

 private:
  // A hard check.
  void RefuseIf(bool wrong, Code code, const std::string& field) const;
  // A soft check: refuses what was decided, marks what was reported.
  void ObjectIf(bool wrong, Code code, const std::string& field);

  void DecideBody();
  void Authority();
  bool Reported() const;
  bool MayTouch(const std::string& participant) const;
  bool MayTouchAccount(const std::string& account) const;  // also where there is none

  void Register();
  void RegisterSource();
  void RegisterMatchingRule();
  void RegisterAccount();
  void RegisterMandate();
  void RegisterScheme();

  void DecideOrder();
  void Place();
  void Amend(Order& order);
  void Cancel(Order& order);
  // Throws where a limit refuses; gives the level that is required.
  uint8_t RequiredLevel(const std::string& mandate, Wide amount, DayNumber day,
                        const OrderKey& self) const;

  // The first limit of what may leave its payer that a debit would pass.
  Code PassedLimit(const Movement& debit) const;
  // Would so much more take the account above its ceiling?
  bool AboveCeiling(const std::string& account, Wide minor) const;
  void ObjectToCeilings(const Movement& debit);
  // Money at the central bank, caps, bilateral limits: of what a movement sends to others.
  void ObjectToCover(const Movement& movement, const char* field);
  // What is credited to an account at the central bank leaves it.
  void ObjectToLiquidity(const std::string& account, Wide minor, const std::string& field);
  void ObjectToHours(const Movement& movement);
  // A movement that has to wait: why it cannot, or that it does.
  void CheckBilateral(const Account& before, const Account& account) const;
  void Wait(Movement& movement, uint8_t priority, bool completes);
  void ChangeWaiting(Movement& movement);
  void AskResolution(const Cycle& found);
  // Where a participant's book meets a scheme.
  std::string WithScheme(const Movement& movement, const std::string& participant) const;

  void Authorize();
  void Grant(Order& order);
  void Decline(Order& order);

  void DecideDebit();
  void NewDebit();
  void ResolveDebit();
  void BookDebit(Movement& movement);
  void CloseOrderOf(const Movement& movement, bool completes);
  void DecideRefund();
  void NewRefund();
  void ResolveRefund();
  void BookRefund(Movement& movement);
  // Is the amount that is not in the rate's base what the other costs, to half a minor unit?
  void CheckRate(const Movement& movement, schema::Rate::Reader rate, const char* field) const;
  // The payer's participant's account for what it exchanges; a Fault where there is none.
  std::string FxAccount(const std::string& payer, uint16_t currency, const char* field) const;
  std::vector<Part> PartsOf(const Movement& debit, int64_t amount) const;
  std::string CreditedAccount(const std::string& account) const;
  void Post(const std::string& account, Wide minor);
  void AddItem(const Movement& movement, const std::string& from, const std::string& to,
               int64_t minor);
  void CheckSums(const OrderKey& order) const;

  void DecideSettlement();
  void CheckPaidIn(const Cycle& found, Sequence opened) const;
  void SpendEarmark(Account& owing, Wide minor, Wide kept);
  void CheckPositions(const Sides& open) const;
  void SettleSides(Cycle& found, Sequence opened);
  void Recast(Sequence opened);
  void ShareLoss(Cycle& found, Sequence opened);
  void CheckCap(const Account& account) const;
  void DecideStatement();
  void DecideResolution();
  const Movement* MovementNamed(schema::Reference::Reader reference) const;
  bool MayTouchMovement(const Movement& movement) const;  // any side of it

  State& state_;
  schema::Proposal::Reader proposal_;
  Nanos now_;
  Sequence sequence_;
  std::string key_;
  OrderKey order_key_;
  const Source* source_ = nullptr;
};

std::string Str(capnp::Text::Reader text);
std::vector<std::string> Strs(capnp::List<capnp::Text>::Reader texts);
std::vector<Part> SplitsOf(capnp::List<schema::Split>::Reader splits);
bool Contains(const std::vector<std::string>& list, const std::string& text);
std::string Indexed(const char* list, size_t index, const char* rest = "");

}  // namespace longmen::reference
