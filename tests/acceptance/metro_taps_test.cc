// A morning of Shenzhen's cards at its metro gates and on its buses (2018-09-01): 37,000 taps.
//
// Most entries have no exit in the file, and the reverse; one row is there twice. The operators
// priced every ride, so that each exit comes with a ticket. A station is known by the first six
// digits of its gates' numbers: its name is missing in 1,535 rows, and not the same in all others.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <map>
#include <set>

#include "tests/acceptance/real_data.h"

namespace longmen::testing {
namespace {

constexpr int64_t kTopUp = 50'00;

enum class Kind : uint8_t { kEntry, kExit, kBus };

struct Tap {
  std::string card;
  std::string time;  // of the file: "2018-09-01 11:17:31", Beijing's
  Kind kind = Kind::kBus;
  int64_t pays = 0;  // fen, as is the next
  int64_t fare = 0;
  std::string gate;
  std::string company;
  std::string station;

  std::string instant() const { return time.substr(0, 10) + "T" + time.substr(11) + "+08:00"; }
  // The record's id, and the trip's number: the card and when.
  std::string number() const {
    std::string digits = time;
    std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
    return fmt::format("{}-{}{}", card, digits.substr(8), "EXB"[static_cast<int>(kind)]);
  }
};

std::vector<Tap> TapsOf(const Csv& file) {
  std::vector<Tap> taps;
  for (const auto& row : file.rows()) {
    taps.push_back({.card = row["card_no"],
                    .time = row["deal_date"],
                    .kind = row["deal_type"] == "地铁入站"   ? Kind::kEntry
                            : row["deal_type"] == "地铁出站" ? Kind::kExit
                                                             : Kind::kBus,
                    .pays = row.Number("deal_money"),
                    .fare = row.Number("deal_value"),
                    .gate = row["equ_no"],
                    .company = row["company_name"],
                    .station = row["station"]});
  }
  std::ranges::stable_sort(taps, {}, &Tap::time);
  return taps;
}

// The file's names of stations, and the network's.
std::string NetworkName(std::string name, const std::set<std::string>& known) {
  static const std::map<std::string, std::string> kOthers = {
      {"?I岭", "孖岭"}, {"深圳大学", "深大"}, {"马鞍山", "马安山"}, {"", "车公庙"}};
  if (const auto other = kOthers.find(name); other != kOthers.end()) return other->second;
  constexpr std::string_view kStation = "站";
  if (known.contains(name)) return name;
  if (known.contains(name + std::string(kStation))) return name + std::string(kStation);
  if (name.ends_with(kStation)) name.resize(name.size() - kStation.size());
  return name;
}

// The lines of 2018 as segments, and what the ledger calls each station: "s17".
class Network {
 public:
  explicit Network(const std::string& text) {
    const auto lines = boost::json::parse(text).as_object();
    for (const char* line :
         {"Line1", "Line1-1", "Line2", "Line3", "Line4", "Line5", "Line7", "Line9", "Line11"}) {
      AddLine(lines.at(line).as_object());
    }
  }

  std::string Segments() const { return fmt::format("{}", fmt::join(segments_, ",")); }
  void AddGates(const std::vector<Tap>& taps) {
    std::map<std::string, std::map<std::string, int>> names;
    for (const Tap& tap : taps) {
      if (tap.kind != Kind::kBus) ++names[tap.gate.substr(0, 6)][tap.station];
    }
    std::set<std::string> known;
    for (const auto& [name, station] : stations_) known.insert(name);
    for (auto& [gate, counts] : names) {
      if (counts.size() > 1) counts.erase("");  // the gate's other rows have the name
      const auto most =
          std::ranges::max_element(counts, {}, [](const auto& n) { return n.second; });
      const auto at = stations_.find(NetworkName(most->first, known));
      EXPECT_NE(at, stations_.end()) << gate << " " << most->first;
      if (at != stations_.end()) of_gate_[gate] = at->second;
    }
  }
  const std::string& StationOf(const Tap& tap) const { return of_gate_.at(tap.gate.substr(0, 6)); }

 private:
  std::string Station(const std::string& name) {
    return stations_.try_emplace(name, fmt::format("s{}", stations_.size() + 1)).first->second;
  }
  void AddLine(const boost::json::object& line) {
    const auto& names = line.at("id2name").as_array().at(0).as_object();
    for (const auto& [hop, value] : line) {
      if (!std::string_view(hop).starts_with('(')) continue;  // "(3,4)"
      const std::string ends(hop.substr(1, hop.size() - 2));
      const size_t comma = ends.find(',');
      const auto name = [&](const std::string& id) {
        return Station(std::string(names.at(id).as_string()));
      };
      // Some hops have no length: a kilometre.
      const auto& along = value.as_object().at("dist").as_array();
      const double length = along.empty() ? 0 : along.back().to_number<double>();
      const int64_t metres = length < 1 ? 1'000 : std::lround(length);
      segments_.push_back(fmt::format(R"({{"from":"{}","to":"{}","metres":{}}})",
                                      name(ends.substr(0, comma)), name(ends.substr(comma + 1)),
                                      metres));
    }
  }

  std::map<std::string, std::string> stations_;  // by the network's name
  std::map<std::string, std::string> of_gate_;
  std::vector<std::string> segments_;
};

// What must come of the taps, told by the file alone.
struct Expected {
  std::map<std::string, int64_t> by_company;
  std::map<std::string, int64_t> paid;  // by the number of the order that pays the ride
  std::set<std::string> pairs;          // those of rides whose entry is in the file
  std::set<std::string> orphan_exits;
  std::set<std::string> inside;           // entries that stay open
  std::set<std::string> refused_entries;  // of who is inside already
  std::set<std::string> duplicates;
};

Expected Expect(const std::vector<Tap>& taps) {
  Expected expected;
  std::map<std::string, const Tap*> open;
  std::set<std::string> seen;
  for (const Tap& tap : taps) {
    if (!seen.insert(tap.number()).second) {
      expected.duplicates.insert(tap.number());
      continue;
    }
    if (tap.kind == Kind::kEntry) {
      const bool let_in = open.try_emplace(tap.card, &tap).second;
      if (!let_in) expected.refused_entries.insert(tap.number());
      continue;
    }
    expected.by_company[tap.company] += tap.pays;
    std::string number = tap.number();
    if (tap.kind == Kind::kExit) {
      const auto entry = open.find(tap.card);
      if (entry == open.end()) {
        expected.orphan_exits.insert(number);
      } else {
        // Another company's gate: the exit's number has the fare.
        if (entry->second->company == tap.company) number = entry->second->number();
        expected.pairs.insert(number);
        open.erase(entry);
      }
    }
    expected.paid[number] = tap.pays;
  }
  for (const auto& [card, entry] : open) expected.inside.insert(entry->number());
  return expected;
}

// What a member says in a line of JSON; "": nothing. Numbers are written as texts.
std::string MemberOf(const std::string& line, std::string_view member) {
  const std::string before = fmt::format(R"("{}":)", member);
  size_t from = line.find(before);
  if (from == std::string::npos) return "";
  from += before.size() + (line[from + before.size()] == '"' ? 1 : 0);
  return line.substr(from, line.find_first_of("\",}", from) - from);
}

// What it says in the lines that hold `what`.
std::set<std::string> KeysOf(const std::string& lines, std::string_view what,
                             std::string_view member) {
  std::set<std::string> keys;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    if (line.find(what) != std::string::npos) keys.insert(MemberOf(line, member));
  }
  return keys;
}

// How many rides with a length cost what the ladder says of it, and how many there are.
std::pair<size_t, size_t> FaresByDistance(const std::string& records) {
  size_t equal = 0;
  size_t rides = 0;
  std::istringstream in(records);
  for (std::string line; std::getline(in, line);) {
    const std::string metres = MemberOf(line, "metres");
    const std::string fare = MemberOf(line, "fareMinor");
    if (metres.empty() || fare.empty()) continue;
    ++rides;
    const double km = std::stod(metres) / 1'000;
    const double steps = km <= 12   ? std::ceil((km - 4) / 4)
                         : km <= 24 ? 2 + std::ceil((km - 12) / 6)
                                    : 4 + std::ceil((km - 24) / 8);
    if (std::stod(fare) == 200 + 100 * std::max(steps, 0.0)) ++equal;
  }
  return {equal, rides};
}

class MetroTaps : public RealData {
 protected:
  MetroTaps() : RealData("metro/shenzhen_taps.csv", "2018-09-01T06:00:00+08:00") {}

  void SetUp() override {
    RealData::SetUp();
    if (IsSkipped()) return;
    taps_ = TapsOf(Csv(Text()));
    for (const Tap& tap : taps_) {
      companies_.try_emplace(tap.company, fmt::format("company-{}", companies_.size() + 1));
    }
    Network network(ReadWhole("../shared/data/metro/shenzhen_network.json"));
    network.AddGates(taps_);
    RegisterAll(network);
    lines_ = Riders();
    for (const Tap& tap : taps_) lines_ += LineOf(tap, network) + "\n";
  }

  void RegisterAll(const Network& network) {
    std::vector<std::pair<std::string, std::string>> all = {
        {"SZ", R"("registration":{"participant":{"name":"SZ"}})"},
        {"cards", Account("SZ", "mirror", "CNY", R"(,"unlimited":true)")},
        {"metro", Fares(network.Segments())},
        {"bus", Fares(R"({"from":"bus","to":"depot","metres":1})")},
    };
    for (const auto& [name, account] : companies_)
      all.push_back({account, Account("SZ", "merchant", "CNY")});
    Register(all);
  }

  // The ladder of 2018. The highest fare holds line 11's first class too, which costs three times
  // as much.
  static std::string Fares(const std::string& segments) {
    return fmt::format(
        R"("registration":{{"tariff":{{"currency":"CNY","fare":{{"maxMinor":"4500",)"
        R"("beyondMinor":"100","beyondMetres":8000,"stayMinutes":210,"sameStationMinor":"200",)"
        R"("steps":[{{"minor":"200","upToMetres":4000}},{{"minor":"300","upToMetres":8000}},)"
        R"({{"minor":"400","upToMetres":12000}},{{"minor":"500","upToMetres":18000}},)"
        R"({{"minor":"600","upToMetres":24000}}],"segments":[{}]}}}}}})",
        segments);
  }

  // Every card's holder signs up and has fifty yuan before the first tap.
  std::string Riders() const {
    std::set<std::string> cards;
    for (const Tap& tap : taps_) cards.insert(tap.card);
    std::string lines;
    for (const std::string& card : cards) {
      lines +=
          fmt::format(R"({{"id":"{0}.s","occurredAt":"2018-09-01T06:00:00+08:00",)"
                      R"("signUp":{{"rider":"{0}","bank":"SZ","wallet":"w:{0}",)"
                      R"("identityCheck":"ID-{0}","card":"cards"}}}})"
                      "\n"
                      R"({{"id":"{0}.t","occurredAt":"2018-09-01T06:00:00+08:00",)"
                      R"("topUp":{{"number":"{0}.t","rider":"{0}","card":"cards",)"
                      R"("amount":{{"minor":"{1}","currency":"CNY"}},"outcome":"succeeded"}}}})"
                      "\n",
                      card, kTopUp);
    }
    return lines;
  }
  std::string LineOf(const Tap& tap, const Network& network) const {
    const bool bus = tap.kind == Kind::kBus;
    std::string step = fmt::format(
        R"({{"trip":"{}","rider":"{}","station":"{}","gate":"{}","mode":"code","tariff":"{}",)"
        R"("operator":"{}")",
        tap.number(), tap.card, bus ? "bus" : network.StationOf(tap), tap.gate,
        bus ? "bus" : "metro", companies_.at(tap.company));
    if (tap.kind != Kind::kEntry) {
      step += fmt::format(R"(,"ticket":{{"fareMinor":"{}","paysMinor":"{}","flat":{},"free":{}}})",
                          tap.fare, tap.pays, bus, tap.pays == 0);
    }
    return fmt::format(R"({{"id":"{}","occurredAt":"{}","{}":{}}}}})", tap.number(), tap.instant(),
                       tap.kind == Kind::kEntry ? "entry" : "exit", step);
  }

  // How many payments of fares the day's file has.
  size_t Debits() {
    const Csv lines = Exported("reconciliation", {"--scenario", "metro", "--date", "2018-09-01"},
                               "reconciliation-detail");
    return static_cast<size_t>(std::ranges::count_if(
        lines.rows(), [&](const auto& row) { return !row["order_no"].ends_with(".t"); }));
  }

  std::vector<Tap> taps_;
  std::map<std::string, std::string> companies_;  // accounts
  std::string lines_;
};

TEST_F(MetroTaps, EveryPairIsDebitedOnceAndEveryOrphanIsListed) {
  const Expected expected = Expect(taps_);
  EXPECT_EQ(expected.pairs.size(), 486u);
  EXPECT_EQ(expected.orphan_exits.size(), 8'775u);
  EXPECT_EQ(expected.inside.size(), 9'125u);
  EXPECT_EQ(expected.refused_entries.size(), 9u);
  EXPECT_EQ(expected.duplicates.size(), 1u);

  const Said said = TakeIn("metro", lines_);
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(KeysOf(said.out, R"("answer":"duplicate")", "id"), expected.duplicates);

  const Csv balances = Exported("balances");
  std::map<std::string, int64_t> balance_of;
  for (const auto& row : balances.rows()) {
    balance_of[row["account"]] = row.Number("balance_minor");
  }
  for (const auto& [company, minor] : expected.by_company) {
    EXPECT_EQ(balance_of.at(companies_.at(company)), minor) << company;
  }

  // One order a ride has its fare; what is open is who went in and did not come out.
  const Csv orders = Exported("orders");
  std::map<std::string, int64_t> paid;
  std::set<std::string> open;
  for (const auto& row : orders.rows()) {
    const std::string& key = row["key"];
    const std::string& status = row["status"];
    if (status == "open") open.insert(key);
    if (status == "paid" && !key.ends_with(".t")) {
      paid[key] = row.Number("paid_minor");
    }
  }
  std::erase_if(paid, [&](const auto& ride) { return !expected.paid.contains(ride.first); });
  auto charged = expected.paid;
  std::erase_if(charged, [](const auto& ride) { return ride.second == 0; });  // rides for nothing
  EXPECT_EQ(paid, charged);
  EXPECT_EQ(open, expected.inside);
  EXPECT_EQ(Debits(), charged.size());

  const Csv refusals = Exported("refusals");
  std::set<std::string> refused;
  for (const auto& row : refusals.rows()) {
    EXPECT_EQ(row["code"], "resource_busy");
    refused.insert(row["key"]);
  }
  EXPECT_EQ(refused, expected.refused_entries);

  const Said records = Query({"records", "--json", "--limit", "1000000"});
  EXPECT_EQ(KeysOf(records.out, R"("anomaly":"exit_without_entry")", "key"), expected.orphan_exits);
  // What the ledger measured is what the company measured, as far as the fare tells: the network's
  // lines are drawn shorter than the track is, most of all line 4's.
  const auto [by_distance, rides] = FaresByDistance(records.out);
  EXPECT_EQ(rides, 462u);  // the others end where they began
  EXPECT_EQ(by_distance, 422u);
  ExpectClean();
}

}  // namespace
}  // namespace longmen::testing
