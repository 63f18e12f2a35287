// Bad input: for every body a proposal that the ledger of SetupLines accepts, and all that can be
// wrong with it, each with the code and field it must get at every door. Pure text; no engine.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace longmen::testing {

struct BadInput {
  std::string name;  // "debit: amount.minor = \"0\"", for the reader of a failure
  std::string text;  // one proposal, or one record of a scenario
  std::string code;
  std::string field;  // empty: all of the text is at fault, and each door says what that is
  bool recorded;      // refused by the rules and remembered; else the log does not grow
};

// Registers and does, as the operator, what the samples refer to: banks A and B, an order "open", a
// paid one "paid" with the debit "paid", a closed cycle, a file "short" of one line and a complete
// one "whole". A line each, every one accepted.
std::string SetupLines();

// What is wrong in itself, or against the ledger of SetupLines.
std::vector<BadInput> BadInputs();

// A good proposal of every body, all acceptable one after the other; the same id again with other
// content, and the field that tells.
struct Resent {
  std::string good;
  std::string other;
  std::string field;
};
std::vector<Resent> Resents();

// Every record of a scenario, as its door takes it. What is wrong with it itself comes before
// anything that the ledger might say: so no order or session of these is in any ledger. Each kind
// comes first as it should be, and is then refused by its rules (recorded).
std::vector<BadInput> BadRecords(std::string_view scenario);

// A source that may not do anything, and what each body is refused with when it comes from it.
std::string PowerlessSourceLine(std::string_view token_hash);
std::vector<BadInput> WithoutPermission();

}  // namespace longmen::testing
