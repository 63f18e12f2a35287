#include "tests/bench/engine/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "events/base/check.h"

namespace longmen::bench {

Child::Child(const std::vector<std::string>& arguments) {
  int ends[2];
  CHECK(pipe2(ends, O_CLOEXEC) == 0, "bench.pipe");
  std::vector<char*> argv;
  std::string program = "longmen-bench";
  argv.push_back(program.data());
  std::vector<std::string> copies = arguments;
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_ = fork();
  CHECK(pid_ >= 0, "bench.fork");
  if (pid_ == 0) {
    // Between fork and exec: nothing but what a single thread may do.
    dup2(ends[1], STDOUT_FILENO);
    execv("/proc/self/exe", argv.data());
    _exit(127);
  }
  close(ends[1]);
  output_ = fdopen(ends[0], "r");
  CHECK(output_ != nullptr, "bench.pipe");
}

Child::~Child() {
  Kill();
  std::fclose(output_);
}

std::string Child::ReadLine() {
  char name[64];
  double value = 0;
  if (std::fscanf(output_, "%63s %lf", name, &value) != 2) return {};
  figures_[name] = value;
  return name;
}

double Child::Next(const std::string& name) {
  for (;;) {
    const std::string read = ReadLine();
    CHECK(!read.empty(), "bench.child", "has not said", name);
    if (read == name) return figures_[name];
  }
}

void Child::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::map<std::string, double> Child::Finish() {
  while (!ReadLine().empty()) {
  }
  int status = 0;
  CHECK(waitpid(pid_, &status, 0) == pid_ && status == 0, "bench.child", status);
  pid_ = -1;
  return figures_;
}

void Report(const std::string& name, double value) {
  fmt::print("{} {}\n", name, value);
  std::fflush(stdout);
}

}  // namespace longmen::bench
