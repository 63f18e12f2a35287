#include "events/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace longmen {

void CheckFailed(const char* condition, const char* name, const std::string& values) {
  fmt::print(stderr, "longmen: bug: {} ({}):{}\n", name, condition, values);
  std::fflush(stderr);
  std::abort();
}

}  // namespace longmen
