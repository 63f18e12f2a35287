// ChildProcess: runs one test of this very program in a process of its own, to be killed.
//
// A fork alone would copy locks and lose threads (RocksDB has both), so the child is a fresh
// program: it is started again with a filter that names a test, usually a DISABLED_ one that only
// children run. The child reports lines over a pipe.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>

namespace longmen::testing {

class ChildProcess {
 public:
  // `test` is "Suite.DISABLED_Name". The child finds `environment` in its environment.
  ChildProcess(const std::string& test, const std::map<std::string, std::string>& environment);
  ~ChildProcess();  // kills and reaps
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The next line the child reported; nothing once it is gone and all lines are read. Lines that
  // were written before a kill are read after it.
  std::optional<std::string> ReadLine();

  // SIGKILL: at once, whatever it is doing.
  void Kill();
  // Its exit status as waitpid gives it.
  int Wait();

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
  std::string buffer_;
  std::optional<int> status_;
};

// In the child: one line to the parent, whole or not at all.
void ReportToParent(const std::string& line);

}  // namespace longmen::testing
