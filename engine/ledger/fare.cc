#include "engine/ledger/fare.h"

#include <algorithm>
#include <queue>

namespace longmen::engine {
namespace {

constexpr uint32_t kNoWay = UINT32_MAX;

struct Neighbour {
  size_t station;
  uint32_t metres;
};
using Network = std::vector<std::vector<Neighbour>>;

// Shortest ways from one station (Dijkstra), into its row.
void MeasureFrom(const Network& network, size_t start, uint32_t* row) {
  using Reached = std::pair<uint32_t, size_t>;
  std::priority_queue<Reached, std::vector<Reached>, std::greater<>> next;
  row[start] = 0;
  next.push({0, start});
  while (!next.empty()) {
    const auto [metres, station] = next.top();
    next.pop();
    if (metres > row[station]) continue;
    for (const Neighbour& neighbour : network[station]) {
      const uint32_t way = metres + neighbour.metres;
      if (way >= row[neighbour.station]) continue;
      row[neighbour.station] = way;
      next.push({way, neighbour.station});
    }
  }
}

}  // namespace

FareTable::FareTable(schema::FareTable::Reader registered, uint16_t its_currency)
    : currency(its_currency),
      beyond_minor(registered.getBeyondMinor()),
      beyond_metres(registered.getBeyondMetres()),
      max_minor(registered.getMaxMinor()),
      stay_minutes(registered.getStayMinutes()),
      same_station_minor(registered.getSameStationMinor()),
      receivable(View(registered.getReceivable())) {
  for (auto step : registered.getSteps()) {
    steps.push_back({step.getUpToMetres(), step.getMinor()});
  }
  for (auto segment : registered.getSegments()) {
    segments.push_back({std::string(View(segment.getFrom())), std::string(View(segment.getTo())),
                        segment.getMetres()});
  }
  for (auto discount : registered.getDiscounts()) {
    discounts.push_back({std::string(View(discount.getName())),
                         std::string(View(discount.getFunder())), discount.getPayPermille(),
                         discount.getFunderPermille()});
  }
  Measure();
}

void FareTable::Measure() {
  stations_.clear();
  for (const FareSegment& segment : segments) {
    stations_.push_back(segment.from);
    stations_.push_back(segment.to);
  }
  std::ranges::sort(stations_);
  stations_.erase(std::unique(stations_.begin(), stations_.end()), stations_.end());
  Network network(stations_.size());
  for (const FareSegment& segment : segments) {
    const size_t from = *Find(segment.from);
    const size_t to = *Find(segment.to);
    network[from].push_back({to, segment.metres});
    network[to].push_back({from, segment.metres});
  }
  metres_.assign(stations_.size() * stations_.size(), kNoWay);
  for (size_t i = 0; i < stations_.size(); ++i) {
    MeasureFrom(network, i, &metres_[i * stations_.size()]);
  }
}

std::optional<size_t> FareTable::Find(std::string_view station) const {
  const auto at = std::ranges::lower_bound(
      stations_, station, {}, [](const std::string& name) { return std::string_view(name); });
  if (at == stations_.end() || *at != station) return std::nullopt;
  return static_cast<size_t>(at - stations_.begin());
}

std::optional<uint32_t> FareTable::Metres(std::string_view from, std::string_view to) const {
  const auto start = Find(from);
  const auto end = Find(to);
  if (!start || !end) return std::nullopt;
  const uint32_t metres = metres_[*start * stations_.size() + *end];
  return metres == kNoWay ? std::nullopt : std::optional(metres);
}

uint32_t FareTable::MetresMax() const {
  uint32_t most = 0;
  for (const uint32_t metres : metres_) {
    if (metres != kNoWay) most = std::max(most, metres);
  }
  return most;
}

const FareDiscount* FareTable::FindDiscount(std::string_view name) const {
  const auto at = std::ranges::find(discounts, name, &FareDiscount::name);
  return at == discounts.end() ? nullptr : &*at;
}

}  // namespace longmen::engine
