#include "tests/support/plain_text/plain_text.h"

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace longmen::testing {
namespace {

std::string CommandOf(Accounting program, const std::string& journal) {
  if (program == Accounting::kHledger) return "hledger -f '" + journal + "' bal --flat -N -O csv";
  return "ledger --args-only -f '" + journal +
         R"(' bal --flat --no-total --balance-format '%(account)\t%(display_total)\n')";
}

}  // namespace

bool IsInstalled(Accounting program) {
  return std::system(program == Accounting::kHledger ? "command -v hledger >/dev/null"
                                                     : "command -v ledger >/dev/null") == 0;
}

Reckoning Reckon(Accounting program, const std::string& journal) {
  Reckoning reckoning;
  std::string output;
  FILE* pipe = popen(("LC_ALL=C.UTF-8 " + CommandOf(program, journal) + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return reckoning;
  char chunk[4096];
  while (const size_t size = fread(chunk, 1, sizeof chunk, pipe)) output.append(chunk, size);
  const int status = pclose(pipe);
  reckoning.fine = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!reckoning.fine) {
    reckoning.complaint = output;
    return reckoning;
  }
  std::istringstream lines(output);
  // "account","balance" with quotes, or with a tab between them; neither has either in it.
  for (std::string line; std::getline(lines, line);) {
    std::erase(line, '"');
    const size_t between = line.find(program == Accounting::kHledger ? ',' : '\t');
    if (between == std::string::npos) continue;
    const std::string balance = line.substr(between + 1);
    if (balance != "balance" && balance != "0") {
      reckoning.balances[line.substr(0, between)] = balance;
    }
  }
  return reckoning;
}

}  // namespace longmen::testing
