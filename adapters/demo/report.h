// Report: the demo's one page for people, and the same as one JSON object for programs.
//
// Invariants: ASCII, at most 80 columns a line.
#pragma once

#include <string>
#include <vector>

#include "adapters/demo/audit.h"
#include "adapters/demo/books.h"
#include "adapters/simulation/simulation.h"

namespace longmen::adapters::demo {

struct Run {
  std::string out;
  uint64_t seed = 0;
  simulation::Expected expected;
  Books books;
  Heard heard;
  int64_t requests = 0;
  uint64_t records_in_log = 0;
  size_t files_exported = 0;
  double seconds_streaming = 0;
  double seconds_total = 0;
  int64_t memory_peak_mb = 0;  // of this process: the day's records, the server and the client
  AuditVerdict audit;
  std::vector<Difference> differences;

  bool good() const { return differences.empty() && audit.exit_code == 0; }
};

std::string ReportPage(const Run& run);
std::string ReportJson(const Run& run);

}  // namespace longmen::adapters::demo
