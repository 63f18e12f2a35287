// Memory: what of it this process has.
#pragma once

#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "events/base/check.h"

namespace longmen::bench {

// Bytes, after giving back what is free.
inline double ResidentBytes() {
  malloc_trim(0);
  size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// The most that it had since this was made; what was free then had been given back.
class PeakMemory {
 public:
  PeakMemory() {
    malloc_trim(0);
    std::ofstream reset("/proc/self/clear_refs");
    reset << "5" << std::flush;
    CHECK(reset.good(), "bench.peak");
  }
  double bytes() const {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return 1024 * std::stod(line.substr(6));
    }
    return 0;
  }
};

}  // namespace longmen::bench
