#include "tests/support/child_process/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>

#include "events/base/check.h"

namespace longmen::testing {
namespace {

constexpr const char* kPipeVariable = "LONGMEN_CHILD_PIPE";

}  // namespace

ChildProcess::ChildProcess(const std::string& test,
                           const std::map<std::string, std::string>& environment) {
  int ends[2];
  CHECK(pipe2(ends, O_CLOEXEC) == 0, "child.pipe", errno);
  const std::string filter = "--gtest_filter=" + test;
  pid_ = fork();
  CHECK(pid_ >= 0, "child.fork", errno);
  if (pid_ == 0) {
    // Between fork and exec: nothing but what a single thread may do.
    const int writing_end = dup(ends[1]);  // the copy survives the exec
    setenv(kPipeVariable, std::to_string(writing_end).c_str(), 1);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    execl("/proc/self/exe", "child", filter.c_str(), "--gtest_also_run_disabled_tests",
          "--gtest_brief=1", static_cast<char*>(nullptr));
    _exit(127);
  }
  close(ends[1]);
  pipe_ = ends[0];
}

ChildProcess::~ChildProcess() {
  Kill();
  Wait();
  close(pipe_);
}

std::optional<std::string> ChildProcess::ReadLine() {
  for (;;) {
    const size_t end = buffer_.find('\n');
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    char chunk[4096];
    const ssize_t size = read(pipe_, chunk, sizeof chunk);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return std::nullopt;
    buffer_.append(chunk, static_cast<size_t>(size));
  }
}

void ChildProcess::Kill() {
  if (!status_) kill(pid_, SIGKILL);
}

int ChildProcess::Wait() {
  if (!status_) {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    status_ = status;
  }
  return *status_;
}

void ReportToParent(const std::string& line) {
  const char* pipe = std::getenv(kPipeVariable);
  CHECK(pipe != nullptr, "child.no_parent");
  const std::string text = line + "\n";
  CHECK(text.size() <= PIPE_BUF, "child.line", text.size());
  const ssize_t written = write(std::atoi(pipe), text.data(), text.size());
  CHECK(written == static_cast<ssize_t>(text.size()), "child.pipe", errno);
}

}  // namespace longmen::testing
