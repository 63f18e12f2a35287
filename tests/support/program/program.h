// Program: runs the real `longmen` (and its auditor) in a directory of its own, and looks at what
// it said.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/proposals/proposals.h"

namespace longmen::testing {

struct Said {
  int code = -1;  // exit code; 128 + signal where one ended it
  std::string out;
  std::string err;
};

// $LONGMEN_BIN/longmen with these arguments and this standard input, to its end. Its output goes
// to a file of its own, or to the one that is named and then not read back.
Said Longmen(const std::vector<std::string>& arguments, const std::string& input = "",
             const char* output = nullptr);

// $LONGMEN_BIN/longmen-audit, likewise.
Said LongmenAudit(const std::vector<std::string>& arguments, const char* output = nullptr);

// `longmen` running on, with a file as its standard input and nobody reading what it says.
class Running {
 public:
  Running(const std::vector<std::string>& arguments, const std::string& input_path);
  ~Running();  // kills what still runs
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  // Whether it ended by itself.
  bool ended();
  // Sends the signal, 0 for none, and waits; the exit code.
  int Stop(int signal);

 private:
  pid_t pid_ = -1;
  int code_ = -1;
};

// `longmen` running on: `longmen serve`.
class Serving {
 public:
  explicit Serving(const std::string& directory, const std::vector<std::string>& more = {});
  ~Serving();  // kills what still runs
  const std::string& first_line() const { return first_line_; }
  uint16_t port() const;
  pid_t pid() const { return pid_; }
  // Sends the signal and waits; the exit code.
  int Stop(int signal);

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  std::string first_line_;
};

// A ledger in a temporary directory, removed with the test. It begins on 2021-03-01, unless a test
// says otherwise before SetUp.
class Program : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  std::string Path(std::string_view name) const { return directory_ + "/" + std::string(name); }
  std::string ledger() const { return Path("ledger"); }
  // Ingests the lines as proposals of a source, at the time they state.
  Said Ingest(const std::string& lines, const std::vector<std::string>& more = {},
              const std::string& source = "operator");
  // Registers BankLines.
  void RegisterBanks(const std::vector<std::string>& banks);
  // The ten payments of domain E2b, the refund of T02 among them at the end.
  void PayE2b();
  Said Query(std::vector<std::string> arguments);
  // How many records the log holds.
  size_t Records();

  std::string directory_;
  std::string begins_ = "2021-03-01T08:00:00+08:00";
};

std::string ReadWhole(const std::string& path);
// Every file of a directory, by name.
std::map<std::string, std::string> FilesOf(const std::string& directory);

}  // namespace longmen::testing
