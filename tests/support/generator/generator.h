// Generator: random sequences of well-formed proposals over a small world.
//
// A step is made from its own seed and from the state that the naive ledger is in, so that most
// proposals are about things that exist and deep states are reached; removing a step from a
// sequence leaves a valid sequence, which is how a failing case is made small. The same seeds
// over the same rules give the same bytes on every machine.
//
// Not everything is sensible: names that do not exist, wrong currencies and persons, times out of
// bounds, repeats, the same id with other content. All of it has the right shape.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/reference/state.h"
#include "tests/support/generator/draft.h"
#include "tests/support/generator/random.h"

namespace longmen::generator {

inline constexpr const char* kLedgerName = "test";
inline constexpr int kLedgerOffsetMinutes = 480;
// 2021-12-30T23:00:00+08:00: days and a year end while a sequence runs.
inline constexpr Nanos kStart = 1'640'876'400 * kNanosPerSecond;

struct Step {
  std::vector<ProposalBytes> group;  // empty: nothing is proposed, but time passes
  Nanos now = 0;
  std::string label;  // what was tried: "order.placed", "repeat" …
};

class Generator {
 public:
  // The world: sources, participants, schemes, accounts of all kinds with money in some,
  // mandates, a tariff, a calendar, a fee table, a risk policy. The same for every sequence.
  std::vector<Step> SetUp();
  Step Next(uint64_t seed, const reference::State& state);

 private:
  using Drafts = std::vector<Draft>;

  // setup.cc
  Draft Register(const std::string& key);
  Draft SourceDraft(const std::string& name, schema::Status status, Nanos max_late, Nanos max_early,
                    const std::vector<std::string>& participants,
                    const std::vector<std::string>& schemes,
                    const std::vector<schema::BodyKind>& bodies, uint8_t token = 0);
  Draft AccountDraft(const std::string& name, const reference::Account& account);
  Draft MandateDraft(const std::string& name, const reference::Mandate& mandate);
  Draft SchemeDraft(const std::string& name, const reference::Scheme& scheme);
  Draft TariffDraft(const std::string& name);
  Draft CalendarDraft(const std::string& name);
  Draft FeeTableDraft(const std::string& name);
  Draft RiskPolicyDraft(const std::string& name);
  Draft MatchingRuleDraft(const std::string& name);
  Draft FundsIn(const std::string& participant, int64_t minor);
  Draft TopUp(const std::string& participant, const std::string& account, int64_t minor);

  // One action each; empty where the state has nothing to act on.
  Drafts PlaceOrder();
  Drafts ChangeOrder();
  Drafts Authorize();
  Drafts Pay();
  Drafts PayQueued();
  Drafts ChangeQueue();
  Drafts PlaceAndPay();
  Drafts StandAlone();
  Drafts ResolveDebit();
  Drafts Refund();
  Drafts ResolveRefund();
  Drafts CloseCycle();
  Drafts SettleCycle();
  Drafts AbortCycle();
  Drafts Default();
  Drafts FileHeader();
  Drafts FileLine();
  Drafts FileTrailer();
  Drafts Resolve();
  Drafts ChangeAccount();
  Drafts ChangeCover();
  Drafts ChangeMandate();
  Drafts ChangeOther();

  Draft PaymentDraft(const reference::Order& order);
  Drafts Exchange();
  // What so much of a currency is worth in the other, nearly always, at the rate that it writes.
  int64_t AtSomeRate(int64_t minor, uint16_t of, schema::Rate::Builder rate);
  void FillGrant(const reference::Order& order, schema::Authorization::Builder grant);
  // Groups of what was proposed before, as it was and altered.
  std::vector<ProposalBytes> Repeat();
  ProposalBytes Altered(const ProposalBytes& proposal);

  // choices.cc
  Draft Start(const std::string& key, schema::Scenario scenario = schema::Scenario::NONE);
  std::string NewId() { return "p" + std::to_string(++ids_); }
  std::string NewName(const char* prefix) { return prefix + std::to_string(++names_); }
  std::string AnySource();
  Nanos AnyInstant();
  std::string Person();
  int64_t Amount();
  int64_t PartOf(reference::Wide most);  // usually at most that
  uint16_t Currency(uint16_t right);     // nearly always the right one
  // An account that satisfies the predicate; now and then any, or one that does not exist.
  std::string AnyAccount(const std::function<bool(const reference::Account&)>& wanted);
  std::string CustomerOrMerchant(uint16_t currency);
  std::string SchemeFor(const std::string& from, const std::string& to);
  const reference::Order* AnyOrder(const std::function<bool(const reference::Order&)>& wanted);
  const reference::Movement* AnyMovement(
      const std::function<bool(const reference::Movement&)>& wanted);
  reference::Identity IdentityOf(const reference::Movement& movement) const;
  void Refer(schema::Reference::Builder reference, const reference::Identity& identity);
  SplitList SplitsOf(const reference::Order& order, int64_t amount);
  SplitList SplitsFor(uint16_t currency, int64_t amount);
  schema::Outcome AnyOutcome();

  Random random_{0};
  const reference::State* state_ = nullptr;
  Nanos now_ = kStart;
  uint64_t ids_ = 0;
  uint64_t names_ = 0;
  std::string source_;  // of the proposal being made
  std::vector<std::vector<ProposalBytes>> history_;
};

}  // namespace longmen::generator
