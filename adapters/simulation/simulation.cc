#include "adapters/simulation/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "events/base/check.h"
#include "events/base/hash.h"

namespace longmen::adapters::simulation {

std::string_view CycleAt(std::string_view scheme, Nanos accepted) {
  for (const CyclePlan& cycle : kCycles) {
    if (cycle.scheme == scheme && accepted < cycle.cut_off) return cycle.name;
  }
  CHECK(false, "simulation.cycle", scheme, "has no cycle at this time");
  return "";
}

std::vector<Feed> AllFeeds() {
  std::vector<Feed> feeds;
  for (size_t i = 0; i < kFeedCount; ++i) feeds.push_back(static_cast<Feed>(i));
  return feeds;
}

int64_t SimulationOptions::Scaled(int64_t count) const {
  return std::max<int64_t>(1, std::llround(static_cast<double>(count) * scale));
}

bool SimulationOptions::Has(Feed feed) const {
  return std::ranges::find(feeds, feed) != feeds.end();
}

bool SimulationOptions::Clears(const CyclePlan& cycle) const {
  return Has(Feed::kEnterprise) || (cycle.scheme != kBeps && cycle.scheme != kHvps);
}

void Expected::Line(Feed feed, std::string_view type, std::string_view channel,
                    std::string_view from, std::string_view to, int64_t minor,
                    std::string_view currency) {
  lines[{NameOf(feed).scenario, type, std::string(channel), std::string(from), std::string(to),
         std::string(currency)}]
      .Add(minor);
}

void Expected::Move(std::string_view scheme, Nanos accepted, std::string_view from,
                    std::string_view to, int64_t minor) {
  if (from == to) return;
  Flows& flows = cycles[std::string(CycleAt(scheme, accepted))];
  Flow& payer = flows[std::string(from)];
  ++payer.out_count;
  payer.out += minor;
  Flow& payee = flows[std::string(to)];
  ++payee.in_count;
  payee.in += minor;
}

std::string RecordJson(std::string_view id, Nanos at, std::string_view step) {
  return fmt::format(R"({{"id":"{}","occurredAt":"{}",{}}})", id, FormatInstant(at), step);
}

std::string AmountJson(int64_t minor) {
  return fmt::format(R"("amount":{{"minor":"{}","currency":"CNY"}})", minor);
}

std::string TokenOf(std::string_view source, uint64_t seed) {
  return Hex(Sha256(AsBytes(fmt::format("demo token of {} {}", source, seed))));
}

Day Simulate(const SimulationOptions& options) {
  Day day;
  day.options = options;
  AddSetup(day);
  for (const Feed feed : options.feeds) {
    switch (feed) {
      case Feed::kParking:
        AddParkingDay(day);
        break;
      case Feed::kB2b:
        AddB2bDay(day);
        break;
      case Feed::kMetro:
        AddMetroDay(day);
        break;
      case Feed::kEnterprise:
        AddEnterpriseDay(day);
        break;
      case Feed::kCampus:
        AddCampusDay(day);
        break;
      case Feed::kCard:
        AddCardDay(day);
        break;
      case Feed::kTakeout:
        AddTakeoutDay(day);
        break;
      case Feed::kTuition:
        AddTuitionDay(day);
        break;
    }
  }
  if (options.Has(Feed::kEnterprise)) AddTreasuryDay(day);
  std::stable_sort(day.events.begin(), day.events.end(),
                   [](const Sent& a, const Sent& b) { return a.at < b.at; });
  return day;
}

}  // namespace longmen::adapters::simulation
