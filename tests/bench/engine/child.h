// Child: this program once more, in a process of its own whose memory and end are its own.
//
// A fork alone would copy locks and lose threads (RocksDB has both), so it is started afresh. What
// it prints are figures, "name value" a line.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace longmen::bench {

class Child {
 public:
  // Runs this program with these arguments.
  explicit Child(const std::vector<std::string>& arguments);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Waits for the next line with this name.
  double Next(const std::string& name);
  // SIGKILL: at once, whatever it is doing.
  void Kill();
  // All that it printed, once it has ended. CHECKs that it ended well.
  std::map<std::string, double> Finish();

 private:
  std::string ReadLine();  // its name; empty: there is no more

  pid_t pid_ = -1;
  FILE* output_ = nullptr;
  std::map<std::string, double> figures_;
};

// In the child.
void Report(const std::string& name, double value);

}  // namespace longmen::bench
