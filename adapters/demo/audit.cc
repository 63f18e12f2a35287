#include "adapters/demo/audit.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

extern char** environ;

namespace longmen::adapters::demo {

Result<AuditVerdict> RunAudit(const std::string& program, const std::string& directory) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return Error{Code::STORAGE_FAILED, "audit", std::string("a pipe: ") + std::strerror(errno)};
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::string words[] = {program, "verify", directory};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t child = -1;
  const int failure =
      ::posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (failure != 0) {
    ::close(ends[0]);
    return Error{Code::NOT_FOUND, "audit", program + ": " + std::strerror(failure)};
  }
  AuditVerdict verdict;
  char bytes[4096];
  ssize_t got = 0;
  while ((got = ::read(ends[0], bytes, sizeof bytes)) > 0 || (got < 0 && errno == EINTR)) {
    if (got > 0) verdict.output.append(bytes, static_cast<size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  verdict.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return verdict;
}

}  // namespace longmen::adapters::demo
