#include "adapters/demo/books.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>

#include "projections/orders/orders.h"

namespace longmen::adapters::demo {

using namespace simulation;

namespace {

namespace json = boost::json;

std::string Text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  return value != nullptr && value->is_string() ? std::string(value->as_string().c_str()) : "";
}

int64_t Number(const json::object& object, std::string_view name) {
  return std::strtoll(Text(object, name).c_str(), nullptr, 10);
}

void ReadCycle(const json::object& page, CycleBook& book) {
  book.status = Text(page, "status");
  for (const json::value& entry : page.at("positions").as_array()) {
    const json::object& position = entry.as_object();
    book.flows[Text(position, "participant")] = {.in_count = Number(position, "inCount"),
                                                 .in = Number(position, "grossInMinor"),
                                                 .out_count = Number(position, "outCount"),
                                                 .out = Number(position, "grossOutMinor")};
  }
  for (const json::value& entry : page.at("bilateral").as_array()) {
    const json::object& pair = entry.as_object();
    const int64_t net = Number(pair, "netMinor");
    if (net < 0) book.owed[Text(pair, "participant") + ">" + Text(pair, "counterparty")] = -net;
  }
}

// A name that outlives the page.
std::string_view TypeOf(std::string_view type) {
  static constexpr std::string_view kTypes[] = {
      "PAY",     "REFUND",  "RETURN",    "REVERSAL", "POSTING",  "PAYOUT",    "TOP_UP",
      "SUBSIDY", "ADVANCE", "WRITE_OFF", "FEE",      "EXCHANGE", "WITHDRAWAL"};
  const auto* found = std::ranges::find(kTypes, type);
  return found == std::end(kTypes) ? "?" : *found;
}

void CountParkingLine(const json::object& line, ParkingTotals& totals) {
  static constexpr std::pair<std::string_view, std::string_view> kWallets[] = {
      {"WECHAT", "WeChat"}, {"ALIPAY", "Alipay"}, {"UNIONPAY", "UnionPay"}};
  const int64_t minor = Number(line, "amountMinor");
  if (Text(line, "type") != "PAY") return totals.refunded.Add(minor);
  const std::string channel = Text(line, "channel");
  for (const auto& [name, wallet] : kWallets) {
    if (channel != name) continue;
    totals.prepaid.Add(minor);
    totals.prepaid_by_wallet[std::string(wallet)].Add(minor);
    return;
  }
  if (Text(line, "key").starts_with("PO-")) {
    totals.payout += minor;
    return;
  }
  totals.fees.Add(minor);
  if (Text(line, "channelReference") == "abandoned") totals.abandoned.Add(minor);
}

void CountRefusals(const json::object& page, Books& books) {
  for (const json::value& entry : page.at("refusals").as_array()) {
    const json::object& item = entry.as_object();
    if (Text(item, "kind") == "booked") {
      ++books.booked[Text(item, "code")];
    } else if (item.at("atFault").as_bool()) {
      ++books.refused[Text(item, "code")];
    }
  }
}

Result<json::object> Page(DayClient& client, const std::string& target) {
  const auto text = client.Get(target);
  if (!text.ok()) return text.error();
  return json::parse(*text).as_object();
}

// Every line once, under the bank that pays.
Status ReadReconciliation(DayClient& client, Books& books) {
  for (const FeedName& feed : kFeeds) {
    const auto page = Page(client, fmt::format("/v1/reconciliation?scenario={}&part=detail&date={}",
                                               feed.scenario, kDate));
    if (!page.ok()) return page.error();
    for (const json::value& entry : page->at("detail").as_array()) {
      const json::object& line = entry.as_object();
      books
          .lines[{feed.scenario, TypeOf(Text(line, "type")), Text(line, "channel"),
                  Text(line, "payerBank"), Text(line, "payeeBank"), Text(line, "currency")}]
          .Add(Number(line, "amountMinor"));
      if (&feed == &NameOf(Feed::kParking)) CountParkingLine(line, books.parking);
      if (&feed == &NameOf(Feed::kB2b)) {
        Tally& tally = Text(line, "type") == "PAY" ? books.b2b.paid : books.b2b.given_back;
        tally.Add(Number(line, "amountMinor"));
      }
    }
  }
  return Ok();
}

Status ReadRefusals(DayClient& client, Books& books) {
  std::string after = "0";
  while (!after.empty()) {
    const auto page = Page(client, fmt::format("/v1/refusals?limit=1000&after={}", after));
    if (!page.ok()) return page.error();
    CountRefusals(*page, books);
    after = Text(*page, "next");
  }
  return Ok();
}

Status ReadBalances(DayClient& client, Books& books) {
  for (const auto& [account, balance] : {std::pair("PSBC:parking-pending", &books.pending_balance),
                                         std::pair("PSBC:parking-revenue", &books.revenue_balance),
                                         std::pair("PSBC:municipal", &books.municipal_balance),
                                         std::pair("CCB:metro-owed", &books.metro_owed)}) {
    const auto page = Page(client, fmt::format("/v1/accounts/{}", account));
    if (!page.ok()) return page.error();
    *balance = Number(*page, "balanceMinor");
  }
  return Ok();
}

Status ReadOrders(const projections::ReadStore& store, Books& books) {
  B2bTotals& totals = books.b2b;
  const auto orders = projections::Orders(store);
  if (!orders.ok()) return orders.error();
  for (const projections::Order& order : *orders) {
    const OrderState& state = order.state;
    if (state.scenario == schema::Scenario::METRO && IsLive(state.status) &&
        std::string_view(state.key).ends_with("/arrears")) {
      books.metro.arrears.Add(state.amount.minor);
    }
    if (state.scenario != schema::Scenario::B2B_GATEWAY) continue;
    ++totals.orders;
    totals.expired += state.status == OrderStatus::kExpired;
    totals.declined += state.status == OrderStatus::kDeclined;
    totals.cancelled += state.status == OrderStatus::kCancelled;
    totals.waiting += state.status == OrderStatus::kPendingAuthorization;
    totals.approved += state.approved_level > 0;
  }
  return Ok();
}

class Comparison {
 public:
  void Number(const std::string& what, int64_t expected, int64_t found) {
    if (expected != found) Add(what, std::to_string(expected), std::to_string(found));
  }
  void Sum(const std::string& what, const Tally& expected, const Tally& found) {
    Number(what + ", count", expected.count, found.count);
    Number(what + ", fen", expected.minor, found.minor);
  }
  void ByCode(const std::string& what, const std::map<std::string, int64_t, std::less<>>& expected,
              const std::map<std::string, int64_t, std::less<>>& found) {
    for (const auto& [code, count] : expected) {
      const auto it = found.find(code);
      Number(what + " " + code, count, it == found.end() ? 0 : it->second);
    }
    for (const auto& [code, count] : found) {
      if (!expected.contains(code)) Number(what + " " + code, 0, count);
    }
  }
  void Cycle(std::string_view name, const Flows& expected, const CycleBook& found) {
    if (found.status != "settled") Add(fmt::format("cycle {}", name), "settled", found.status);
    int64_t net = 0;
    for (const auto& [participant, flow] : found.flows) {
      net += flow.net();
      if (!expected.contains(participant))
        Add(fmt::format("{} {}", name, participant), "", "there");
    }
    Number(fmt::format("cycle {}, sum of nets", name), 0, net);
    for (const auto& [participant, flow] : expected) {
      const auto it = found.flows.find(participant);
      const Flow there = it == found.flows.end() ? Flow{} : it->second;
      const std::string what = fmt::format("{} {}", name, participant);
      Number(what + ", received", flow.in, there.in);
      Number(what + ", items received", flow.in_count, there.in_count);
      Number(what + ", sent", flow.out, there.out);
      Number(what + ", items sent", flow.out_count, there.out_count);
    }
  }
  std::vector<Difference> Take() { return std::move(differences_); }

 private:
  void Add(std::string what, std::string expected, std::string found) {
    differences_.push_back({std::move(what), std::move(expected), std::move(found)});
  }
  std::vector<Difference> differences_;
};

void CompareParking(const ParkingTotals& expected, const Books& books, Comparison& out) {
  const ParkingTotals& found = books.parking;
  out.Sum("parking prepaid", expected.prepaid, found.prepaid);
  for (const auto& [wallet, tally] : expected.prepaid_by_wallet) {
    const auto it = found.prepaid_by_wallet.find(wallet);
    out.Sum("parking prepaid by " + wallet, tally,
            it == found.prepaid_by_wallet.end() ? Tally{} : it->second);
  }
  out.Sum("parking refunded", expected.refunded, found.refunded);
  out.Sum("parking fees", expected.fees, found.fees);
  out.Sum("parking abandoned", expected.abandoned, found.abandoned);
  out.Number("parking payout", expected.payout, found.payout);
  // Every fen that was collected is a fee, went back, or is still owed to a driver.
  out.Number("parking pending balance", expected.owed.minor, books.pending_balance);
  out.Number("parking revenue balance", expected.abandoned.minor, books.revenue_balance);
  out.Number("municipal balance", expected.payout, books.municipal_balance);
  out.Number("parking fees + refunds + owed", found.prepaid.minor,
             found.fees.minor + found.refunded.minor + books.pending_balance);
}

void CompareMetro(const MetroTotals& expected, const Books& books, Comparison& out) {
  out.Sum("metro arrears", expected.arrears, books.metro.arrears);
  out.Number("metro owed to the bank", -expected.arrears.minor, books.metro_owed);
}

// By scenario, kind, channel and banks: what reconciliation will hold against the channels' files.
void CompareLines(const Expected& expected, const Books& books, Comparison& out) {
  std::map<LineKind, Tally> all = expected.lines;
  for (const auto& [kind, tally] : books.lines) all.try_emplace(kind);
  for (const auto& [kind, unused] : all) {
    const auto of = [&kind = kind](const std::map<LineKind, Tally>& lines) {
      const auto it = lines.find(kind);
      return it == lines.end() ? Tally{} : it->second;
    };
    out.Sum(fmt::format("{} {} {} {} to {} {}", kind.scenario, kind.type, kind.channel,
                        kind.payer_bank, kind.payee_bank, kind.currency),
            of(expected.lines), of(books.lines));
  }
}

void CompareB2b(const B2bTotals& expected, const B2bTotals& found, Comparison& out) {
  out.Sum("B2B paid", expected.paid, found.paid);
  out.Sum("B2B given back", expected.given_back, found.given_back);
  out.Number("B2B orders", expected.orders, found.orders);
  out.Number("B2B approved", expected.approved, found.approved);
  out.Number("B2B declined", expected.declined, found.declined);
  out.Number("B2B cancelled", expected.cancelled, found.cancelled);
  out.Number("B2B expired", expected.expired, found.expired);
  out.Number("B2B waiting", expected.waiting, found.waiting);
}

void CompareQueue(const Expected& expected, const Books& books, Comparison& out) {
  const auto& found = books.resolutions;
  out.Number("resolutions of the queue", static_cast<int64_t>(expected.resolutions.size()),
             static_cast<int64_t>(found.size()));
  for (size_t i = 0; i < std::min(expected.resolutions.size(), found.size()); ++i) {
    const Resolution& wanted = expected.resolutions[i];
    const std::string what = fmt::format("resolution {}, {}", i + 1, wanted.result);
    out.Number(what, 1, wanted.result == found[i].result ? 1 : 0);
    out.Number(what + ": payments", wanted.count, found[i].count);
    out.Number(what + ": value", wanted.minor, found[i].minor);
    out.Number(what + ": saved", wanted.saved, found[i].saved);
  }
}

// The published table (domain E2b), whatever the generator thinks of it. Net in yuan.
void CompareE2b(const CycleBook& morning, Comparison& out) {
  static constexpr std::pair<std::string_view, int64_t> kNets[] = {{"ICBC", 800'000},
                                                                   {"CCB", -500'000},
                                                                   {"PSBC", -210'000},
                                                                   {"CMB", -650'000},
                                                                   {"BOB", 560'000}};
  static constexpr std::pair<std::string_view, int64_t> kOwed[] = {
      {"CCB>ICBC", 500'000}, {"CMB>ICBC", 800'000}, {"ICBC>BOB", 500'000},
      {"PSBC>CCB", 60'000},  {"CCB>BOB", 60'000},   {"PSBC>CMB", 150'000}};
  int64_t gross = 0;
  int64_t items = 0;
  for (const auto& [participant, flow] : morning.flows) {
    gross += flow.out;
    items += flow.out_count;
  }
  out.Number("E2b gross", 3'950'000'00, gross);
  out.Number("E2b items", 11, items);
  for (const auto& [bank, net] : kNets) {
    const auto it = morning.flows.find(bank);
    out.Number(fmt::format("E2b net of {}", bank), net * 100,
               it == morning.flows.end() ? 0 : it->second.net());
  }
  out.Number("E2b pairs", std::size(kOwed), static_cast<int64_t>(morning.owed.size()));
  for (const auto& [pair, yuan] : kOwed) {
    const auto it = morning.owed.find(std::string(pair));
    out.Number(fmt::format("E2b {}", pair), yuan * 100, it == morning.owed.end() ? 0 : it->second);
  }
}

}  // namespace

Result<Books> ReadBooks(DayClient& client, const projections::ReadStore& store) try {
  Books books;
  for (const CyclePlan& cycle : kCycles) {
    const auto page = Page(client, fmt::format("/v1/cycles/{}/positions", cycle.name));
    if (!page.ok()) return page.error();
    ReadCycle(*page, books.cycles[std::string(cycle.name)]);
  }
  const auto resolutions = Page(client, fmt::format("/v1/schemes/{}/resolutions", kRtgs));
  if (!resolutions.ok()) return resolutions.error();
  for (const json::value& entry : resolutions->at("resolutions").as_array()) {
    const json::object& found = entry.as_object();
    books.resolutions.push_back({Text(found, "result"), Number(found, "count"),
                                 Number(found, "valueMinor"), Number(found, "savedMinor")});
  }
  RETURN_IF_ERROR(ReadReconciliation(client, books));
  RETURN_IF_ERROR(ReadRefusals(client, books));
  RETURN_IF_ERROR(ReadBalances(client, books));
  RETURN_IF_ERROR(ReadOrders(store, books));
  return books;
} catch (const std::exception& failure) {
  return Error{Code::MALFORMED, "http",
               std::string("a page is not as promised: ") + failure.what()};
}

std::vector<Difference> Compare(const Expected& expected, const Books& books, const Heard& heard) {
  Comparison out;
  out.ByCode("refused (answers)", expected.refused, heard.refused);
  out.ByCode("refused (log)", expected.refused, books.refused);
  out.ByCode("booked with exception (answers)", expected.booked, heard.booked);
  out.ByCode("booked with exception (log)", expected.booked, books.booked);
  out.Number("duplicates", expected.duplicates, heard.duplicates);
  out.Number("invalid", expected.invalid, heard.invalid);
  out.Number("answers of no expected kind", 0, heard.other);
  CompareParking(expected.parking, books, out);
  CompareB2b(expected.b2b, books.b2b, out);
  CompareMetro(expected.metro, books, out);
  CompareLines(expected, books, out);
  CompareQueue(expected, books, out);
  for (const CyclePlan& cycle : kCycles) {
    const auto it = expected.cycles.find(cycle.name);
    out.Cycle(cycle.name, it == expected.cycles.end() ? Flows{} : it->second,
              books.cycles.find(cycle.name)->second);
  }
  CompareE2b(books.cycles.find(kCycles[kB2bMorning].name)->second, out);
  return out.Take();
}

}  // namespace longmen::adapters::demo
