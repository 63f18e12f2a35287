#include "tests/adapters/reconciliation/month.h"

#include <gtest/gtest.h>

#include <future>
#include <regex>

#include "adapters/simulation/simulation.h"

namespace longmen::testing {
namespace {

using adapters::ItemAnswer;
using adapters::Node;
using adapters::simulation::Feed;
namespace simulation = adapters::simulation;

std::string Replaced(const std::string& text, const char* pattern, const std::string& with) {
  return std::regex_replace(text, std::regex(pattern), with);
}

// The same record so many days later, under numbers of its own.
std::string Moved(const std::string& json, int day) {
  const auto date = [day](int of) { return FormatDate(kMonthBegins + of + day); };
  std::string moved = Replaced(json, "2021-02-28", "@yesterday@");
  moved = Replaced(moved, "2021-03-01", date(0));
  moved = Replaced(moved, "2021-03-02", date(1));
  moved = Replaced(moved, "@yesterday@", date(-1));
  moved = Replaced(moved, "\\bS(\\d{5})", fmt::format("S{:02}$1", day));
  return Replaced(moved, "\\bc(\\d\\d)(?=[.\"-])", fmt::format("d{:02}c$1", day));
}

std::vector<ItemAnswer> Wait(const std::function<void(Node::Answered)>& ask) {
  std::promise<std::vector<ItemAnswer>> promise;
  ask([&promise](std::vector<ItemAnswer> items) { promise.set_value(std::move(items)); });
  return promise.get_future().get();
}

void Propose(Node& node, const std::vector<std::string>& proposals) {
  std::vector<std::vector<std::string>> groups;
  for (const std::string& proposal : proposals) groups.push_back({proposal});
  const auto items = Wait([&](Node::Answered answered) {
    node.ProposeJson("operator", std::move(groups), std::move(answered));
  });
  for (const ItemAnswer& item : items) {
    const engine::Answer& answer = item.answers.front();
    ASSERT_TRUE(answer.kind == engine::AnswerKind::kAccepted)
        << item.id << ": " << CodeName(answer.code) << " " << answer.field << " " << item.message;
  }
}

schema::Scenario ScenarioOf(const Channel& channel) {
  return channel.participant == "PSBC" ? schema::Scenario::PARKING : schema::Scenario::CAMPUS;
}

std::string RuleJson(const Channel& channel) {
  const std::string channels =
      channel.channel.empty() ? "" : fmt::format(R"(,"channels":["{}"])", channel.channel);
  return fmt::format(
      R"({{"occurredAt":"2021-02-28T16:00:00Z","id":"rule-{0}","key":"{0}","registration":)"
      R"({{"matchingRule":{{"utcOffsetMinutes":480,"dueDays":1,"edgeMinutes":60,"participant":"{1}",)"
      R"("issuer":"{2}","kinds":["payment","refund"],"scenarios":["{4}"]{3}}}}}}})",
      channel.rule, channel.participant, channel.issuer, channels,
      ScenarioOf(channel) == schema::Scenario::PARKING ? "parking" : "campus");
}

}  // namespace

const std::vector<Channel>& Channels() {
  static const std::vector<Channel> channels = {
      {"parking-wechat", "PSBC", "WECHAT", "WECHAT", "wechat-trade"},
      {"parking-alipay", "PSBC", "ALIPAY", "ALIPAY", "alipay-trade"},
      {"parking-unionpay", "PSBC", "UNIONPAY", "UNIONPAY", "unionpay-zm"},
      {"campus", "BOB", "UNIONPAY-C", "", "wechat-trade"}};
  return channels;
}

std::unique_ptr<Node> OpenNode(const std::string& directory) {
  auto node = Node::Open({.directory = directory, .clock_follows_input = true, .clock = {}});
  EXPECT_TRUE(node.ok());
  return node.ok() ? std::move(*node) : nullptr;
}

Month::Month(const std::string& directory, int days, double scale, uint64_t seed)
    : directory_(directory), days_(days) {
  const auto token = Node::Init(directory, "month", 480, [] {
    return kMonthBegins * kNanosPerDay - 8 * 60 * kNanosPerMinute;
  });
  EXPECT_TRUE(token.ok());
  node_ = OpenNode(directory);
  for (int day = 0; day < days; ++day) Play(day, scale, seed + static_cast<uint64_t>(day));
}

Month::~Month() { Stop(); }

void Month::Stop() {
  if (node_ != nullptr) node_->Stop();
  node_.reset();
}

void Month::Register() {
  std::vector<std::string> proposals;
  for (const char* name : {"UNIONPAY", "UNIONPAY-C"}) {
    proposals.push_back(
        fmt::format(R"({{"occurredAt":"2021-02-28T16:00:00Z","id":"{0}","key":"{0}",)"
                    R"("registration":{{"participant":{{"name":"{0}"}}}}}})",
                    name));
  }
  for (const Channel& channel : Channels()) proposals.push_back(RuleJson(channel));
  Propose(*node_, proposals);
}

void Month::Play(int day, double scale, uint64_t seed) {
  const auto simulated = simulation::Simulate(
      {.seed = seed, .scale = scale, .feeds = {Feed::kParking, Feed::kCampus}});
  if (day == 0) {
    Propose(*node_, simulated.setup);
    Register();
  }
  for (const simulation::Sent& sent : simulated.events) {
    const auto& feed = simulation::NameOf(sent.feed);
    const auto scenario =
        sent.feed == Feed::kParking ? schema::Scenario::PARKING : schema::Scenario::CAMPUS;
    (void)Wait([&](Node::Answered answered) {
      node_->IngestJson(std::string(feed.source), scenario, {Moved(sent.json, day)},
                        std::move(answered));
    });
  }
}

std::map<DayNumber, std::vector<projections::ReconciliationLine>> Month::LinesOf(
    const Channel& channel) {
  EXPECT_TRUE(node_->AwaitProjected(node_->engine().DurableSequence()).ok());
  std::map<DayNumber, std::vector<projections::ReconciliationLine>> days;
  const auto& store = node_->projections();
  for (const DayNumber date : projections::DatesWithLines(store, channel.participant)) {
    const Status read = projections::VisitLines(
        store, date, channel.participant, [&](const projections::ReconciliationLine& line) {
          using projections::LineType;
          const bool kind = line.type == LineType::kPay || line.type == LineType::kRefund;
          if (kind && line.scenario == ScenarioOf(channel) &&
              (channel.channel.empty() || line.channel == channel.channel)) {
            const DayNumber day =
                line.clearing_date != 0 ? line.clearing_date : LocalDate(line.event_time, 8 * 60);
            days[day].push_back(line);
          }
          return Ok();
        });
    EXPECT_TRUE(read.ok());
  }
  return days;
}

}  // namespace longmen::testing
