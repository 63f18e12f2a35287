// How `longmen whatif` shows its figures, and what it says where there are none.
#include <fmt/format.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "tests/adapters/cli/whatif_ledger.h"

namespace longmen::testing {
namespace {

// The words of the screen's line that begins with a name.
std::vector<std::string> FiguresOf(const std::string& screen, const std::string& name) {
  std::istringstream lines(screen);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name + "  ")) continue;
    std::istringstream words(line.substr(name.size()));
    return {std::istream_iterator<std::string>(words), {}};
  }
  return {};
}

TEST_F(Circle, SeriesSayHowMuchWaitsInEveryQuarter) {
  const Said said = Ask({"--json"});
  const auto series = PartOf(said.out, "series");
  ASSERT_EQ(series.size(), 5u * 96);
  std::vector<Fields> gridlock;
  std::ranges::copy_if(series, std::back_inserter(gridlock),
                       [](const Fields& row) { return row.at("method") == "queued_gridlock"; });
  const auto queued = [&](size_t quarter) { return gridlock.at(quarter).at("queuedMinor"); };
  EXPECT_EQ(gridlock.at(36).at("begin"), "2021-03-01T01:00:00Z");  // 09:00 in Beijing
  EXPECT_EQ(queued(35), "0");
  EXPECT_EQ(queued(36), Yuan(100));
  EXPECT_EQ(queued(39), Yuan(100));
  EXPECT_EQ(queued(40), Yuan(200));
  EXPECT_EQ(queued(44), Yuan(300));  // for the instant of the resolution
  EXPECT_EQ(queued(45), "0");
}

TEST_F(Circle, PeopleSeeTheFiguresThatProgramsGet) {
  const Said people = Ask();
  EXPECT_EQ(people.code, 0) << people.err;
  EXPECT_EQ(people.err, "");
  using Line = std::vector<std::string>;
  EXPECT_EQ(FiguresOf(people.out, "liquidity available"), (Line{"-", "-", "-", "50.00", "50.00"}));
  EXPECT_EQ(FiguresOf(people.out, "liquidity used"),
            (Line{"100.00", "0.00", "300.00", "0.00", "0.00"}));
  EXPECT_EQ(FiguresOf(people.out, "saved against gross"),
            (Line{"-", "100.0%", "-200.0%", "-", "100.0%"}));
  EXPECT_EQ(FiguresOf(people.out, "settled"), (Line{"3", "3", "3", "0", "3"}));
  EXPECT_EQ(FiguresOf(people.out, "left value"), (Line{"0.00", "0.00", "0.00", "300.00", "0.00"}));
  EXPECT_EQ(FiguresOf(people.out, "mean delay"),
            (Line{"0s", "14h", "00m", "14h", "00m", "14h", "00m", "1h", "00m"}));
  EXPECT_EQ(FiguresOf(people.out, "turnover"), (Line{"3.000", "-", "1.000", "-", "-"}));
  EXPECT_EQ(FiguresOf(people.out, "settles all from"), (Line{"-", "-", "-", "100%", "0%"}));
  EXPECT_TRUE(Holds(people.out, "3 payments of 300.00 CNY between 3 participants, all schemes"))
      << people.out;
  EXPECT_TRUE(Holds(people.out, "book date 2021-03-01, from midnight to midnight at +08:00"));
  EXPECT_TRUE(Holds(people.out, "value that waits, queue+gridlock: at most 300.00"));
  EXPECT_TRUE(Holds(people.out, "as of sequence "));
  std::istringstream lines(people.out);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 100u) << line;
    EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; })) << line;
  }
}

TEST_F(Circle, CsvHoldsOneTableOfTheAnswer) {
  const Said methods = Ask({"--csv"});
  EXPECT_TRUE(methods.out.starts_with("scheme,currency,method,liquidity_available_minor,"))
      << methods.out;
  EXPECT_TRUE(
      Holds(methods.out, ",CNY,bilateral_net,,,30000,300.00,-2000,3,30000,300.00,0,0,0.00,"))
      << methods.out;
  const Said series = Ask({"--csv", "--part", "series"});
  EXPECT_EQ(std::ranges::count(series.out, '\n'), 1 + 5 * 96);
}

TEST_F(Circle, AsksBesideAServerAndChangesNothing) {
  const Said before = Ask({"--json"});
  Serving server(ledger());
  EXPECT_EQ(Ask({"--json"}).out, before.out);
  EXPECT_EQ(server.Stop(SIGTERM), 0);
  for (const char* derived : {"derived", "snapshots", "history"}) {
    std::filesystem::remove_all(ledger() + "/" + derived);
  }
  EXPECT_EQ(Ask({"--json"}).out, before.out);
  EXPECT_FALSE(std::filesystem::exists(ledger() + "/derived"));
}

TEST_F(Circle, WhatCannotBeAnsweredIsSaid) {
  struct Wrong {
    std::vector<std::string> arguments;
    int code;
    std::string_view says;
  };
  const std::vector<Wrong> wrongs = {
      {{"--scheme", "hvps"}, 1, "not_found at scheme: hvps has no cycles; those that have: nucc"},
      {{"--currency", "XYZ"}, 2, "usage at currency: XYZ is no code of ISO 4217"},
      {{"--currency", "USD"}, 1, "not_found at currency: nothing was paid in USD, only in CNY"},
      {{"--date", "1 March"}, 2, "usage at date: a date, as 2021-03-01"},
      {{"--date", "2022-01-01"}, 1, "unanswerable at date: nothing is recorded for 2022-01-01"},
      {{"--from", "2021-03-02", "--to", "2021-03-01"}, 2, "usage at from: the range ends before"},
      {{"--to", "2021-03-01"}, 2, "usage at from: the first book date"},
      {{"--date", "2021-03-01", "--from", "2021-03-01"}, 2, "usage at date: either --date, or"},
      {{"--liquidity", "101"}, 2, "usage at liquidity: "},
      {{"--liquidity", "-1"}, 2, "--liquidity"},
      {{"--interval", "1441"}, 2, "usage at interval: "},
      {{"--json", "--csv"}, 2, "--json excludes --csv"},
      {{"--part", "series"}, 2, "usage at part: goes with --json or --csv only"},
      {{"--csv", "--part", "x"}, 2, "this answer has methods, study, participants, series"},
  };
  for (const Wrong& wrong : wrongs) {
    const Said said = Ask(wrong.arguments);
    EXPECT_EQ(said.code, wrong.code) << said.err;
    EXPECT_EQ(said.out, "");
    EXPECT_TRUE(Holds(said.err, wrong.says)) << said.err;
    EXPECT_EQ(std::ranges::count(said.err, '\n'), 1) << said.err;
  }
}

TEST_F(WhatIf, OfALedgerWithoutPaymentsSaysSo) {
  const Said empty = Ask();
  EXPECT_EQ(empty.code, 1);
  EXPECT_TRUE(Holds(empty.err, "not_found: no payment between participants")) << empty.err;
  const Said scheme = Ask({"--scheme", "nucc"});
  EXPECT_EQ(scheme.code, 1);
  EXPECT_TRUE(Holds(scheme.err, "not_found at scheme: there are no cycles yet")) << scheme.err;
  const Said nowhere = Longmen({"whatif", Path("nowhere")});
  EXPECT_EQ(nowhere.code, 1);
  EXPECT_TRUE(Holds(nowhere.err, "has no ledger: longmen init makes one")) << nowhere.err;
}

// What the program says to a terminal of so many columns, in a locale that speaks UTF-8.
std::string SaidToTerminal(const std::vector<std::string>& arguments, unsigned short columns) {
  winsize size{.ws_row = 50, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  int terminal = -1;
  const pid_t pid = forkpty(&terminal, nullptr, nullptr, &size);
  if (pid == 0) {
    setenv("LC_ALL", "C.UTF-8", 1);
    const char* bin = std::getenv("LONGMEN_BIN");
    const std::string program = std::string(bin == nullptr ? "build" : bin) + "/longmen";
    std::vector<char*> argv = {const_cast<char*>(program.c_str())};
    for (const std::string& each : arguments) argv.push_back(const_cast<char*>(each.c_str()));
    argv.push_back(nullptr);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  std::string text;
  char buffer[4'096];
  for (ssize_t got = 0; (got = read(terminal, buffer, sizeof(buffer))) > 0;) {
    text.append(buffer, static_cast<size_t>(got));
  }
  close(terminal);
  waitpid(pid, nullptr, 0);
  return text;
}

// A third of the height in the hour from 09:00, two thirds in the next, all of it at 11:00.
TEST_F(Circle, IsDrawnInBlocksOnATerminalThatHasThem) {
  const auto drawn = [](size_t begin, size_t hour) {
    const auto blocks = [](std::string_view block, size_t count) {
      std::string text;
      for (size_t i = 0; i < count; ++i) text += block;
      return text;
    };
    const std::string space(begin, ' ');
    return space + blocks(" ", 2 * hour) + "█\r\n" +                     //
           space + blocks(" ", hour) + blocks("▆", hour) + "█\r\n" +     //
           space + blocks("▃", hour) + blocks("█", hour + 1) + "\r\n" +  //
           space + blocks("█", 2 * hour + 1) + "\r\n";
  };
  const std::string wide = SaidToTerminal({"whatif", ledger()}, 120);
  EXPECT_TRUE(Holds(wide, drawn(36, 4))) << wide;
  const std::string narrow = SaidToTerminal({"whatif", ledger()}, 80);
  EXPECT_TRUE(Holds(narrow, drawn(27, 3))) << narrow;
}

}  // namespace
}  // namespace longmen::testing
