// PlainText: what hledger and ledger say of a journal: programs that share nothing with ours.
#pragma once

#include <map>
#include <string>

namespace longmen::testing {

enum class Accounting { kHledger, kLedger };

bool IsInstalled(Accounting program);

// What a program says of a journal.
struct Reckoning {
  bool fine = false;                            // the journal balances, and its assertions hold
  std::string complaint;                        // where it is not
  std::map<std::string, std::string> balances;  // "-12.00 CNY" by account; none of zero
};
Reckoning Reckon(Accounting program, const std::string& journal);

}  // namespace longmen::testing
