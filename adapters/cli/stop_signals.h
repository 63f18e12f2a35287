// StopSignals: SIGINT and SIGTERM as something to wait for.
//
// Blocked in the thread that makes it and in every thread made later, so that only the waiting sees
// them: make it before the node.
#pragma once

#include <signal.h>

#include <chrono>
#include <string_view>

namespace longmen::adapters::cli {

class StopSignals {
 public:
  StopSignals();

  void Wait();
  // Whether one came within this time, or before.
  bool CameWithin(std::chrono::milliseconds time);
  // "interrupted", "told to stop"; empty while none has come.
  std::string_view what() const;

 private:
  sigset_t signals_;
  int came_ = 0;
};

}  // namespace longmen::adapters::cli
