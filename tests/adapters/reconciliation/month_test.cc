// A month of parking and campus fees against the channels' files, with every kind of break planted
// in known places: all are found, none is invented, and the order in which the files arrive is
// nothing to it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <set>

#include "adapters/reconciliation/import.h"
#include "projections/matching/matching.h"
#include "tests/adapters/reconciliation/desk.h"
#include "tests/adapters/reconciliation/month.h"
#include "tests/support/generator/run.h"
#include "tests/support/statement_files/statement_files.h"

namespace longmen::testing {
namespace {

namespace fs = std::filesystem;
using projections::Break;
using projections::BreakKind;
using projections::LineType;
using projections::ReconciliationLine;

constexpr int kDays = 30;
constexpr double kScale = 0.003;

// "short PAY-S0300012/": kind, our reference, theirs. What has none is known by its order.
using Found = std::multiset<std::string>;

std::string Known(const ShortText& reference, const ShortText& order) {
  return reference.empty() ? order.str() : reference.str();
}

class Planted {
 public:
  Planted(const Channel& channel, uint64_t seed) : channel_(channel), random_(seed) {}

  // The file of each day, made of what we have; `last` has no file yet.
  void Plant(const std::map<DayNumber, std::vector<ReconciliationLine>>& days, DayNumber last) {
    for (DayNumber day = kMonthBegins; day <= last; ++day) {
      files_[day];
      const auto found = days.find(day);
      if (found == days.end()) continue;
      for (const ReconciliationLine& line : found->second) {
        if (day == last) {
          Expect("not_yet_due", Our(line), "");
        } else {
          PlantLine(day, line);
        }
      }
    }
    files_.erase(last);
  }

  std::map<DayNumber, std::vector<FileLine>>& files() { return files_; }
  const Found& expected() const { return expected_; }

 private:
  int Between(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
  bool refunds_have_numbers() const { return channel_.format != "alipay-trade"; }

  static std::string Our(const ReconciliationLine& line) {
    return line.channel_reference.empty() ? line.order_key : line.channel_reference;
  }
  void Expect(const std::string& kind, const std::string& ours, const std::string& theirs) {
    expected_.insert(kind + " " + ours + "/" + theirs);
  }

  FileLine Theirs(const ReconciliationLine& line) const {
    FileLine theirs;
    theirs.refund = line.type == LineType::kRefund;
    theirs.minor = line.amount.minor;
    theirs.at = line.event_time / kNanosPerSecond * kNanosPerSecond;
    // Alipay has no number of a refund of its own: the merchant's is all there is.
    const bool as_order = theirs.refund && !refunds_have_numbers();
    theirs.reference = as_order ? "A" + Our(line) : Our(line);
    theirs.order_key = as_order ? Our(line) : "M" + Our(line);
    return theirs;
  }

  // By what a line is known that was read back.
  std::string Told(const FileLine& theirs) const {
    return theirs.refund && !refunds_have_numbers() ? theirs.order_key : theirs.reference;
  }

  void PlantLine(DayNumber day, const ReconciliationLine& line) {
    FileLine theirs = Theirs(line);
    const std::string ours = Our(line);
    std::vector<FileLine>& file = files_[day];
    switch (Between(0, 24)) {
      case 0:
        return Expect("short", ours, "");
      case 1: {
        file.push_back(theirs);
        theirs.reference = "X" + theirs.reference;
        theirs.order_key = "X" + theirs.order_key;
        file.push_back(theirs);
        return Expect("long", "", Told(theirs));
      }
      case 2:
        theirs.minor += Between(1, 99);
        file.push_back(theirs);
        return Expect("amount", ours, Told(theirs));
      case 3:
        file.push_back(theirs);
        file.push_back(theirs);
        return Expect("duplicate", "", Told(theirs));
      case 4:
        if (channel_.format != "wechat-trade" || !theirs.refund) break;
        theirs.state = "CLOSED";
        file.push_back(theirs);
        return Expect("status", ours, Told(theirs));
      default:
        break;
    }
    file.push_back(theirs);
  }

  const Channel& channel_;
  std::mt19937_64 random_;
  std::map<DayNumber, std::vector<FileLine>> files_;
  Found expected_;
};

std::string BytesOf(const Channel& channel, DayNumber day, const std::vector<FileLine>& lines) {
  if (channel.format == "alipay-trade") return AlipayTradeBill("2088000000000156", day, lines);
  if (channel.format == "unionpay-zm") return UnionPayZm("898000000000001", lines);
  return WechatTradeBill("1900000001", lines);
}

struct Arrival {
  const Channel* channel;
  DayNumber day;
  std::string bytes;
};

void Import(adapters::Node& node, const Arrival& file, Nanos received) {
  const adapters::ImportOptions options{.source = "operator",
                                        .issuer = file.channel->issuer,
                                        .channel = file.channel->channel,
                                        .format = file.channel->format,
                                        .defaults = {.date = file.day, .description = {}},
                                        .received_at = received};
  const auto imported =
      adapters::ImportStatementFile(file.bytes, options, LedgerOf(node), node.engine(), nullptr);
  ASSERT_TRUE(imported.ok()) << file.channel->rule << " " << FormatDate(file.day) << ": "
                             << Describe(imported.error());
}

Found BreaksOf(adapters::Node& node, const std::string& rule) {
  EXPECT_TRUE(node.AwaitProjected(node.engine().DurableSequence()).ok());
  const auto reading = projections::MatchOf(node.projections(), rule);
  EXPECT_TRUE(reading.ok());
  Found found;
  for (const Break& each : reading->result.breaks) {
    // What the month itself left unsure is not planted: an outcome that nobody ever told us.
    if (each.theirs.empty() && !each.ours.front().Happened()) continue;
    const auto known = [](const auto& items) {
      return items.empty() ? std::string()
                           : Known(items.front().reference, items.front().order_key);
    };
    found.insert(
        fmt::format("{} {}/{}", BreakKindName(each.kind), known(each.ours), known(each.theirs)));
  }
  return found;
}

class MonthOfFiles : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = new std::string(::testing::TempDir() + "longmen-month");
    fs::remove_all(*directory_);
    Month month(*directory_ + "/base", kDays, kScale, 7);
    for (const Channel& channel : Channels()) lines_[channel.rule] = month.LinesOf(channel);
    month.Stop();
  }
  static void TearDownTestSuite() {
    fs::remove_all(*directory_);
    delete directory_;
  }

  // What is open under each rule once the files have arrived in that order.
  static std::map<std::string, Found> After(const std::vector<Arrival>& files) {
    const std::string copy = *directory_ + "/copy";
    fs::remove_all(copy);
    fs::copy(*directory_ + "/base", copy, fs::copy_options::recursive);
    auto node = OpenNode(copy);
    // Right after the last day, so that its files are not due.
    const Nanos received = (kMonthBegins + kDays) * kNanosPerDay - 8 * 60 * kNanosPerMinute;
    for (const Arrival& file : files) Import(*node, file, received);
    std::map<std::string, Found> found;
    for (const Channel& channel : Channels()) found[channel.rule] = BreaksOf(*node, channel.rule);
    node->Stop();
    return found;
  }

  static std::string* directory_;
  static std::map<std::string, std::map<DayNumber, std::vector<ReconciliationLine>>> lines_;
};
std::string* MonthOfFiles::directory_ = nullptr;
std::map<std::string, std::map<DayNumber, std::vector<ReconciliationLine>>> MonthOfFiles::lines_;

TEST_F(MonthOfFiles, AllThatIsPlantedIsFoundInAnyOrderOfArrival) {
  const uint64_t seed = generator::SeedOfRun();
  const size_t cases = std::max<size_t>(1, generator::CasesOfRun(100) / 50);
  for (size_t i = 0; i < cases; ++i) {
    SCOPED_TRACE(fmt::format("case {} of LONGMEN_SEED={}", i, seed));
    std::vector<Arrival> files;
    std::map<std::string, Found> expected;
    size_t lines = 0;
    for (const Channel& channel : Channels()) {
      Planted planted(channel, seed + i);
      planted.Plant(lines_[channel.rule], kMonthBegins + kDays - 1);
      expected[channel.rule] = planted.expected();
      for (const auto& [day, of_day] : planted.files()) {
        files.push_back({&channel, day, BytesOf(channel, day, of_day)});
        lines += of_day.size();
      }
    }
    EXPECT_GT(lines, 500);
    const auto found = After(files);
    for (const Channel& channel : Channels()) {
      EXPECT_EQ(found.at(channel.rule), expected.at(channel.rule)) << channel.rule;
    }
    std::ranges::shuffle(files, std::mt19937_64(seed + i));
    EXPECT_EQ(After(files), found);
  }
}

}  // namespace
}  // namespace longmen::testing
