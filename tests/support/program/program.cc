#include "tests/support/program/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace longmen::testing {
namespace {

std::string Binary(const std::string& program) {
  const char* bin = std::getenv("LONGMEN_BIN");
  return std::string(bin == nullptr ? "build" : bin) + "/" + program;
}

int ExitCode(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Starts the program with these descriptors as its own 0, 1 and 2.
pid_t Start(const std::vector<std::string>& arguments, int in, int out, int err,
            const std::string& program = "longmen") {
  const std::string binary = Binary(program);
  std::vector<char*> argv = {const_cast<char*>(binary.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  execv(binary.c_str(), argv.data());
  _exit(127);
}

std::string ReadBack(std::FILE* file) {
  std::string text;
  std::rewind(file);
  for (int c = 0; (c = std::fgetc(file)) != EOF;) text.push_back(static_cast<char>(c));
  std::fclose(file);
  return text;
}

Said Run(const std::string& program, const std::vector<std::string>& arguments,
         const std::string& input, const char* output) {
  std::FILE* in = std::tmpfile();
  std::FILE* out = output == nullptr ? std::tmpfile() : std::fopen(output, "r+");
  std::FILE* err = std::tmpfile();
  std::fwrite(input.data(), 1, input.size(), in);
  std::rewind(in);
  const pid_t pid = Start(arguments, fileno(in), fileno(out), fileno(err), program);
  int status = 0;
  waitpid(pid, &status, 0);
  std::fclose(in);
  if (output == nullptr) return {ExitCode(status), ReadBack(out), ReadBack(err)};
  std::fclose(out);
  return {ExitCode(status), "", ReadBack(err)};
}

}  // namespace

Said Longmen(const std::vector<std::string>& arguments, const std::string& input,
             const char* output) {
  return Run("longmen", arguments, input, output);
}

Said LongmenAudit(const std::vector<std::string>& arguments, const char* output) {
  return Run("longmen-audit", arguments, "", output);
}

Running::Running(const std::vector<std::string>& arguments, const std::string& input_path) {
  const int in = open(input_path.c_str(), O_RDONLY | O_CLOEXEC);
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  pid_ = Start(arguments, in, nothing, nothing);
  close(in);
  close(nothing);
}

Running::~Running() { Stop(SIGKILL); }

bool Running::ended() {
  int status = 0;
  if (pid_ < 0 || waitpid(pid_, &status, WNOHANG) == 0) return pid_ < 0;
  pid_ = -1;
  code_ = ExitCode(status);
  return true;
}

int Running::Stop(int signal) {
  if (pid_ < 0) return code_;
  if (signal != 0) kill(pid_, signal);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return code_ = ExitCode(status);
}

Serving::Serving(const std::string& directory, const std::vector<std::string>& more) {
  int ends[2];
  EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  std::vector<std::string> arguments = {"serve", directory, "--port", "0"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  pid_ = Start(arguments, nothing, ends[1], nothing);
  close(ends[1]);
  close(nothing);
  out_ = ends[0];
  for (char c = 0; read(out_, &c, 1) == 1 && c != '\n';) first_line_.push_back(c);
}

Serving::~Serving() {
  if (pid_ > 0) Stop(SIGKILL);
  close(out_);
}

uint16_t Serving::port() const {
  return static_cast<uint16_t>(std::atoi(first_line_.c_str() + first_line_.rfind(':') + 1));
}

int Serving::Stop(int signal) {
  kill(pid_, signal);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return ExitCode(status);
}

void Program::SetUp() {
  std::string path = (std::filesystem::temp_directory_path() / "longmen-cli-XXXXXX").string();
  ASSERT_NE(mkdtemp(path.data()), nullptr);
  directory_ = path;
  const Said made = Longmen({"init", ledger(), "--name", "test", "--at", begins_});
  ASSERT_EQ(made.code, 0) << made.err;
}

void Program::TearDown() { std::filesystem::remove_all(directory_); }

Said Program::Ingest(const std::string& lines, const std::vector<std::string>& more,
                     const std::string& source) {
  std::vector<std::string> arguments = {"ingest",   ledger(), "-",       "--proposals",
                                        "--source", source,   "--clock", "input"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Longmen(arguments, lines);
}

void Program::RegisterBanks(const std::vector<std::string>& banks) {
  const Said said = Ingest(BankLines(banks));
  ASSERT_EQ(said.code, 0) << said.out << said.err;
}

void Program::PayE2b() {
  std::string lines;
  for (const auto& pay : kE2bPayments) {
    lines += PaymentGroup(pay.name, pay.from, pay.to, pay.yuan * 100) + "\n";
  }
  lines += E2bRefund() + "\n";
  const Said said = Ingest(lines);
  ASSERT_EQ(said.code, 0) << said.out << said.err;
}

Said Program::Query(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"query", ledger()});
  return Longmen(arguments);
}

size_t Program::Records() {
  const Said said = Query({"records", "--json", "--limit", "1000000"});
  EXPECT_EQ(said.code, 0) << said.err;
  return static_cast<size_t>(std::count(said.out.begin(), said.out.end(), '\n'));
}

std::string ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::map<std::string, std::string> FilesOf(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    files[entry.path().filename().string()] = ReadWhole(entry.path().string());
  }
  return files;
}

}  // namespace longmen::testing
