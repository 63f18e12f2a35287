// The files of a closed cycle that was changed after all: nobody may take them for those of before.
#include <gtest/gtest.h>

#include <set>

#include "adapters/files/exports.h"
#include "tests/adapters/files/read_back.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::adapters {
namespace {

using projections::MapStore;
using testing::ClosedE2b;
using testing::Folded;
using testing::HandLog;
using testing::Slurp;
using testing::TemporaryDirectory;

constexpr const char* kCycle = "B202103010001";

HandLog Recast() {
  HandLog log = ClosedE2b();
  log.OpenCycle("B202103010002");
  log.Recast(kCycle, "PSBC");
  return log;
}

std::vector<ExportedFile> AllOf(const MapStore& store, const std::string& directory) {
  std::vector<ExportedFile> all;
  for (const auto& files : {ExportPositions(store, directory, kCycle),
                            ExportSettlementReports(store, directory, kCycle),
                            ExportSettlementRequests(store, directory, kCycle),
                            ExportSettlementInstructions(store, directory, kCycle)}) {
    CHECK(files.ok(), "test.files", Describe(files.error()));
    all.insert(all.end(), files->begin(), files->end());
  }
  return all;
}

// What an element of that name holds, each time.
std::vector<std::string> Each(const std::string& text, const std::string& element) {
  std::vector<std::string> found;
  const std::string begin = "<" + element + ">";
  for (size_t at = 0; (at = text.find(begin, at)) != std::string::npos;) {
    at += begin.size();
    found.push_back(text.substr(at, text.find("</", at) - at));
  }
  return found;
}

TEST(CycleVersions, HaveNamesOfTheirOwnAndCoverWhatChangedThem) {
  const TemporaryDirectory directory;
  const auto before = AllOf(Folded(ClosedE2b()), directory.Sub("a"));
  HandLog log = Recast();
  const Sequence recast = log.records().size();
  const auto after = AllOf(Folded(log), directory.Sub("b"));
  std::set<std::string> names;
  for (const auto& file : before) names.insert(file.name);
  for (const auto& file : after) {
    EXPECT_EQ(file.last, recast) << file.name;
    EXPECT_FALSE(names.contains(file.name)) << file.name;
  }
  // They stay what they are from there on.
  log.SettleCycle(kCycle);
  log.Move({.key = "T99", .from = "BOB.c", .to = "CCB.c", .minor = 77});
  const MapStore later = Folded(log);
  const auto again = ExportSettlementRequests(later, directory.Sub("c"), kCycle);
  EXPECT_EQ(Slurp(again->front().path), Slurp(testing::Named(after, "pacs029").path));
  EXPECT_EQ(again->front().name, testing::Named(after, "pacs029").name);
}

TEST(CycleVersions, SayInEveryIdWhichTheyAre) {
  const TemporaryDirectory directory;
  HandLog log = Recast();
  const auto recorded = log.records().back().header.recorded_at;
  const auto files = AllOf(Folded(log), directory.Sub("a"));
  const std::string request = Slurp(testing::Named(files, "pacs029").path);
  const std::string instructions = Slurp(testing::Named(files, "pacs009").path);
  using Texts = std::vector<std::string>;
  EXPECT_EQ(Each(request, "MsgId"), Texts{"P29-B202103010001-CNY-v2"});
  EXPECT_EQ(Each(instructions, "MsgId"), Texts{"P09-B202103010001-CNY-v2"});
  EXPECT_EQ(Each(request, "InstrId"), Texts{"B202103010001-CNY-v2"});
  EXPECT_EQ(Each(request, "Id").front(), "B202103010001-CNY-v2-1");
  EXPECT_EQ(Each(instructions, "EndToEndId").front(), "B202103010001-CNY-v2-1");
  EXPECT_EQ(Each(instructions, "InstrId"), Each(instructions, "EndToEndId"));
  for (const std::string& message : {request, instructions}) {
    EXPECT_EQ(Each(message, "CreDtTm"), Texts{FormatInstant(recorded)});
  }
  // The cycle is the same one.
  EXPECT_EQ(Each(request, "SttlmCycl"), Texts{kCycle});
  EXPECT_EQ(Each(instructions, "ClrSysRef").front(), kCycle);

  log.ShareLoss(kCycle, "CMB", {{"BOB", 100}});
  const auto third = ExportSettlementRequests(Folded(log), directory.Sub("b"), kCycle);
  EXPECT_EQ(Each(Slurp(third->front().path), "MsgId"), Texts{"P29-B202103010001-CNY-v3"});
}

TEST(CycleVersions, OfLongNamesFitWhatAnIdHolds) {
  const TemporaryDirectory directory;
  const std::string name(64, 'B');
  HandLog log;
  log.Banks({"A", "B", "C"});
  log.OpenCycle(name);
  log.Move({.key = "1", .from = "A.c", .to = "B.c", .minor = 5});
  log.CloseCycle();
  log.OpenCycle("next");
  for (int i = 0; i < 12; ++i) log.ShareLoss(name, "A", {{"C", 1}});
  const std::string agent(35, 'P');
  const auto files = ExportSettlementInstructions(Folded(log), directory.path(), name, agent);
  ASSERT_TRUE(files.ok()) << Describe(files.error());
  const std::string text = Slurp(files->front().path);
  for (const std::string& id : Each(text, "EndToEndId")) {
    EXPECT_LE(id.size() + std::string("23456").size(), 35u) << id;  // of the 123456th
    EXPECT_NE(id.find("-CNY-v13-"), std::string::npos) << id;
  }
  EXPECT_EQ(Each(text, "MsgId").front().size(), 35u);
}

// One agent's file must not be taken for another's, nor its message; the nets are the same ones.
TEST(CycleVersions, OfAnotherAgentHaveNamesOfTheirOwn) {
  const TemporaryDirectory directory;
  const MapStore store = Folded(ClosedE2b());
  const auto of = [&](const char* agent) {
    return ExportSettlementInstructions(store, directory.path(), kCycle, agent)->front();
  };
  const ExportedFile own = of("");
  const std::string own_text = Slurp(own.path);
  const ExportedFile pboc = of("PBOC");
  EXPECT_EQ(pboc.name, "pacs009-B202103010001-CNY-PBOC-0000000022-0000000034.xml");
  EXPECT_EQ(own.name, "pacs009-B202103010001-CNY-0000000022-0000000034.xml");
  EXPECT_EQ(Slurp(own.path), own_text);
  const std::string text = Slurp(pboc.path);
  EXPECT_EQ(Each(text, "MsgId"), std::vector<std::string>{"P09-B202103010001-CNY+PBOC"});
  EXPECT_EQ(Each(text, "EndToEndId"), Each(own_text, "EndToEndId"));
  EXPECT_EQ(of("NUCC").name, own.name);  // the scheme's own, by name
  EXPECT_EQ(Slurp(own.path), own_text);
  // Where each pays the other there is no agent.
  const MapStore pairs = Folded(ClosedE2b(schema::SettlementMethod::BILATERAL_NET));
  const auto paid = ExportSettlementInstructions(pairs, directory.Sub("pairs"), kCycle, "PBOC");
  EXPECT_EQ(paid->front().name, own.name);
}

TEST(CycleVersions, ASpaceInAnAgentsNameIsSaidToBeNone) {
  const TemporaryDirectory directory;
  const auto files =
      ExportSettlementInstructions(Folded(ClosedE2b()), directory.path(), kCycle, "Peoples Bank");
  ASSERT_FALSE(files.ok());
  EXPECT_NE(files.error().message.find("without spaces"), std::string::npos)
      << files.error().message;
}

}  // namespace
}  // namespace longmen::adapters
