// Commands: the subcommands of `longmen`, and what they share.
//
// Exit codes: 0 done; 1 a finding: something was asked in a sound way and did not come out well (an
// item refused, an account that is not there, a ledger that cannot be opened); 2 the call was
// wrong. Results go to standard output, everything else to standard error, an error as one line.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace CLI {
class App;
}

namespace longmen::adapters::cli {

inline constexpr int kDone = 0;
inline constexpr int kFinding = 1;
inline constexpr int kUsage = 2;

// What a subcommand does once the command line has named it and filled in its options.
struct Command {
  CLI::App* app;
  std::function<int()> run;
};

// Declares a subcommand with its options.
using Declare = Command (*)(CLI::App& app);

Command DeclareInit(CLI::App& app);
Command DeclareServe(CLI::App& app);
Command DeclareIngest(CLI::App& app);
Command DeclareImport(CLI::App& app);
Command DeclareResolve(CLI::App& app);
Command DeclareWithdraw(CLI::App& app);
Command DeclareQuery(CLI::App& app);
Command DeclareWhatIf(CLI::App& app);
Command DeclareExport(CLI::App& app);
Command DeclareRebuild(CLI::App& app);
Command DeclareBackup(CLI::App& app);
Command DeclareRestore(CLI::App& app);
Command DeclarePaymentStatus(CLI::App& app);
Command DeclareSimulate(CLI::App& app);
Command DeclareDemo(CLI::App& app);

// Parses, and runs the one command that was named. A call that cannot be read is one line that
// says what was meant, where that can be guessed.
int Main(int argc, const char* const* argv, std::span<const Declare> commands);

// Says what went wrong, with what to do about it where that is known. kUsage for usage, else
// kFinding.
int Fail(const Error& error);

// Of two names, how many letters to type differently (Levenshtein's distance).
size_t Distance(std::string_view a, std::string_view b);

}  // namespace longmen::adapters::cli
