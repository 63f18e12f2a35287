// Book: short hands for written sequences, run through the engine and the naive ledger together.
//
// Every function proposes one group and expects the two to agree; the answer of the last member is
// what the test looks at.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/engine/ledger_property/twin.h"

namespace longmen::generator {

class Book {
 public:
  explicit Book(Nanos max_late = 60 * kNanosPerMinute);

  // Proposes the drafts as one group, at `now`; "accepted", or the code.
  std::string Propose(std::vector<Draft> drafts);
  std::string Propose(Draft draft);
  // What is due at `now` happens.
  void PassTime();
  Draft New(const std::string& key) { return Draft("op", "p" + std::to_string(++ids_), now, key); }

  void Participant(const std::string& name);
  void Scheme(const std::string& name, bool pending_accounts = false);
  void Account(const std::string& name, const std::string& participant, schema::AccountKind kind,
               const std::string& scheme = "", int64_t floor = 0, uint16_t currency = 156);
  // Money from nowhere: a debit of the participant's unlimited mirror account in the currency,
  // "ICBC.mirror" or, of no yuan, "ICBC.mirror.840".
  std::string Fund(const std::string& account, int64_t minor);
  // Registers "BANK.set", its money at the central bank, which ends where its credit there does.
  void LimitMoney(const std::string& bank, int64_t credit = 0);
  // Money of the bank comes to the central bank, or below 0 leaves it.
  std::string MoveLiquidity(const std::string& bank, int64_t minor);
  Draft Order(const std::string& key, int64_t minor, const std::string& payer,
              const std::string& payee, const std::string& scheme = "");
  Draft Payment(const std::string& key, int64_t minor,
                schema::Outcome outcome = schema::Outcome::SUCCEEDED);
  Draft Grant(const std::string& key, int64_t hold, Nanos hold_until = 0);
  Draft Refund(const std::string& key, const std::string& debit_id, int64_t minor);
  Draft Close(const std::string& cycle, const std::string& next);
  Draft Settle(const std::string& cycle);

  int64_t Balance(const std::string& account) const;
  int64_t Held(const std::string& account) const;
  OrderStatus StatusOf(const std::string& order) const;
  // Everything, at the end of a test.
  void ExpectWhole();

  std::string last_id() const { return "p" + std::to_string(ids_); }
  const reference::ReferenceLedger& naive() const { return twin_.reference(); }

  Nanos now = kStart;

 private:
  Twin twin_;
  uint64_t ids_ = 0;
};

}  // namespace longmen::generator
