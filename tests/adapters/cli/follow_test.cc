// longmen ingest --follow: a file that grows while it is read, and a reader that dies.
#include <signal.h>

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/support/program/program.h"

namespace longmen::testing {
namespace {

class Follow : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    RegisterBanks({"A"});
    before_ = Records();
  }

  void Append(const std::string& text) {
    std::ofstream(file_, std::ios::binary | std::ios::app) << text;
  }
  // The n-th line: an account to register.
  static std::string Account(int n) {
    return ProposalText(fmt::format("n{}", n), fmt::format("account-{}", n),
                        R"("registration":{"account":{"participant":"A","kind":"customer",)"
                        R"("currency":"CNY"}})");
  }
  std::vector<std::string> Command() const {
    return {"ingest",      ledger(),  file_,   "--source", "operator",
            "--proposals", "--clock", "input", "--follow"};
  }
  // Whether the log comes to hold so many of the lines, and no more.
  bool ComesToHold(size_t lines) {
    for (int i = 0; i < 200 && Records() < before_ + lines; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return Records() == before_ + lines;
  }

  size_t before_ = 0;
  std::string file_;
};

TEST_F(Follow, TakesLinesAsTheyComeAndHalfALineNever) {
  file_ = Path("growing.ndjson");
  Append(Account(1) + "\n" + Account(2) + "\n");
  Running follower(Command(), "/dev/null");
  EXPECT_TRUE(ComesToHold(2));
  const std::string third = Account(3);
  Append(third.substr(0, third.size() / 2));
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  EXPECT_FALSE(follower.ended()) << "half a line was read as one";
  Append(third.substr(third.size() / 2) + "\n");
  EXPECT_TRUE(ComesToHold(3));
  EXPECT_EQ(follower.Stop(SIGTERM), 0);
}

TEST_F(Follow, GoesOnAfterAKillFromWhatTheLogHolds) {
  file_ = Path("growing.ndjson");
  for (int i = 0; i < 50; ++i) Append(Account(i) + "\n");
  {
    Running follower(Command(), "/dev/null");
    EXPECT_TRUE(ComesToHold(50));
    Append(Account(50) + "\n" + Account(51).substr(0, 40));
    EXPECT_EQ(follower.Stop(SIGKILL), 128 + SIGKILL);
  }
  Append(Account(51).substr(40) + "\n");
  for (int i = 52; i < 80; ++i) Append(Account(i) + "\n");
  Running follower(Command(), "/dev/null");
  EXPECT_TRUE(ComesToHold(80)) << "each line once, whatever was read before the kill";
  EXPECT_EQ(follower.Stop(SIGINT), 0);
}

TEST_F(Follow, StopsWhereTheFileWasCut) {
  file_ = Path("growing.ndjson");
  Append(Account(1) + "\n" + Account(2) + "\n");
  Running follower(Command(), "/dev/null");
  EXPECT_TRUE(ComesToHold(2));
  std::ofstream(file_, std::ios::binary | std::ios::trunc) << Account(3) + "\n";
  EXPECT_EQ(follower.Stop(0), 2) << "another file under the same name is not the rest of this one";
}

}  // namespace
}  // namespace longmen::testing
