// The simulation as files.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <fstream>

#include "adapters/simulation/simulation.h"

namespace longmen::adapters::simulation {
namespace {

namespace json = boost::json;

json::string Value(std::string_view text) { return json::string(text.data(), text.size()); }

// One file of lines, written as it grows: a day at a large scale need not be in memory twice.
class LinesFile {
 public:
  explicit LinesFile(std::string path)
      : path_(std::move(path)), file_(path_, std::ios::binary | std::ios::trunc) {}
  void Add(std::string_view line) { file_ << line << '\n'; }
  Status Close() {
    file_.close();
    if (file_) return Ok();
    return Error{Code::STORAGE_FAILED, "out", path_ + ": cannot be written"};
  }

 private:
  std::string path_;
  std::ofstream file_;
};

Status WriteAll(const std::string& path, const std::vector<std::string>& lines) {
  LinesFile file(path);
  for (const std::string& line : lines) file.Add(line);
  return file.Close();
}

Status WriteLots(const Day& day, const std::string& path) {
  LinesFile file(path);
  for (const Lot& lot : day.lots) {
    file.Add(fmt::format(R"({{"lot":"{}","district":"{}","tariff":"{}","bays":{}}})", lot.name,
                         lot.district, lot.tariff, lot.bays));
  }
  return file.Close();
}

json::object CountsJson(const std::map<std::string, int64_t, std::less<>>& counts) {
  json::object out;
  for (const auto& [code, count] : counts) out[code] = count;
  return out;
}

json::array LinesJson(const Expected& expected) {
  json::array lines;
  for (const auto& [kind, tally] : expected.lines) {
    lines.push_back(json::object{{"scenario", Value(kind.scenario)},
                                 {"type", Value(kind.type)},
                                 {"channel", Value(kind.channel)},
                                 {"payerBank", Value(kind.payer_bank)},
                                 {"payeeBank", Value(kind.payee_bank)},
                                 {"currency", Value(kind.currency)},
                                 {"count", tally.count},
                                 {"amountMinor", std::to_string(tally.minor)}});
  }
  return lines;
}

json::object CyclesJson(const Expected& expected) {
  json::object cycles;
  for (const auto& [cycle, flows] : expected.cycles) {
    json::object positions;
    for (const auto& [participant, flow] : flows) {
      positions[participant] = json::object{{"grossInMinor", std::to_string(flow.in)},
                                            {"grossOutMinor", std::to_string(flow.out)},
                                            {"netMinor", std::to_string(flow.net())}};
    }
    cycles[cycle] = std::move(positions);
  }
  return cycles;
}

}  // namespace

std::string ExpectedJson(const Day& day) {
  const Expected& expected = day.expected;
  std::array<int64_t, kFeedCount> counts{};
  for (const Sent& sent : day.events) ++counts[static_cast<size_t>(sent.feed)];
  json::object records;
  for (const Feed feed : day.options.feeds) {
    records[NameOf(feed).scenario] = counts[static_cast<size_t>(feed)];
  }
  json::object out;
  out["date"] = Value(kDate);
  out["seed"] = day.options.seed;
  out["scale"] = day.options.scale;
  out["records"] = std::move(records);
  out["lines"] = LinesJson(expected);
  out["cycles"] = CyclesJson(expected);
  out["refused"] = CountsJson(expected.refused);
  out["booked"] = CountsJson(expected.booked);
  out["duplicates"] = expected.duplicates;
  out["invalid"] = expected.invalid;
  return json::serialize(out);
}

Status WriteFiles(const Day& day, const std::string& directory) {
  RETURN_IF_ERROR(WriteAll(directory + "/setup.ndjson", day.setup));
  if (day.options.Has(Feed::kParking)) {
    RETURN_IF_ERROR(WriteLots(day, directory + "/parking-lots.ndjson"));
  }
  for (const Feed feed : day.options.feeds) {
    LinesFile file(fmt::format("{}/{}.ndjson", directory, NameOf(feed).scenario));
    for (const Sent& sent : day.events) {
      if (sent.feed == feed) file.Add(sent.json);
    }
    RETURN_IF_ERROR(file.Close());
  }
  if (!day.treasury.empty()) {
    LinesFile file(directory + "/treasury.ndjson");
    for (const Day::Proposed& proposal : day.treasury) file.Add(proposal.json);
    RETURN_IF_ERROR(file.Close());
  }
  return WriteAll(directory + "/expected.json", {ExpectedJson(day)});
}

}  // namespace longmen::adapters::simulation
