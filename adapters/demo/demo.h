// Demo: one business day of every scenario through the whole program, at the casebook's size.
//
// It writes the files that a simulation of the day sends (adapters/simulation), streams them over
// HTTP to a server in this process, closes and settles the cycles,
// exports the books, has the auditor's program verify the log, and prints one page.
//
// Invariants: the same seed gives the same input files and the same records of the log. Every total
// on the page was also computed by the generator, which knows no ledger; the two must agree.
// Threading: runs on the caller's thread; the server has its own.
#pragma once

#include <cstdint>
#include <string>

namespace longmen::adapters {

struct DemoOptions {
  std::string out =
      "demo";  // wiped first, if an earlier demo made it; else it must be new or empty
  uint64_t seed = 2021;
  double scale = 1;           // of the day: 1 is the casebook's
  std::string audit_program;  // the auditor's program, run as a child
  bool json = false;          // one object instead of the page
};

// The exit code: 0 all as expected, 1 something is not, 2 it could not be run.
int RunDemo(const DemoOptions& options);

}  // namespace longmen::adapters
