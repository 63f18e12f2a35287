// Expect: what stands after `->`, and the lines that look at the ledger.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/adapters/script_runner/world.h"

namespace longmen::script {

// Compares what happened with clauses such as
//   accepted | duplicate | conflict [in FIELD] | refused CODE [in FIELD] | invalid CODE [in FIELD]
//   exception CODE | nothing | ticks N
//   prepaid AMOUNT | fee AMOUNT | debit AMOUNT | refund AMOUNT, each with an outcome after it
//   unless it succeeded, and `for AMOUNT CURRENCY` before it if it was exchanged | no debit | no
//   refund | no exception
// Without a word for the answer it must be accepted. Nothing where all hold, else what is wrong.
std::optional<std::string> CheckExpected(const World& world,
                                         const std::vector<std::string>& expected);

// balance ACCOUNT AMOUNT | held ACCOUNT AMOUNT | sequence NUMBER | cycle NAME STATUS
// clears SCHEME TIME DATE: its clearing day
// liquidity BANK AMOUNT, at the central bank | outcome ID settled|waits|returned
// order KEY STATUS [paid|refunded|refunding|in_flight|held|amount|counter AMOUNT]... | no_order KEY
// position CYCLE [CURRENCY] BANK NET [BANK NET]... (all others are 0; yuan)
// sent|received CYCLE BANK COUNT AMOUNT | gross CYCLE COUNT AMOUNT
// bilateral CYCLE FROM TO AMOUNT | obligations CYCLE COUNT AMOUNT (the bilateral nets that are not
// 0)
// used MANDATE COUNT AMOUNT: what its orders take of it in all
bool IsCheckWord(const std::string& word);
std::optional<std::string> Check(const World& world, schema::Scenario scenario,
                                 const std::vector<std::string>& words);

}  // namespace longmen::script
