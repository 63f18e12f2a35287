#include "adapters/demo/report.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <map>
#include <tuple>

namespace longmen::adapters::demo {

using namespace simulation;

namespace {

namespace json = boost::json;

// "1,234,567.89" of fen.
std::string Yuan(int64_t minor) {
  const bool negative = minor < 0;
  const auto magnitude = negative ? 0 - static_cast<uint64_t>(minor) : static_cast<uint64_t>(minor);
  std::string whole = std::to_string(magnitude / 100);
  for (size_t at = whole.size(); at > 3; at -= 3) whole.insert(at - 3, ",");
  return fmt::format("{}{}.{:02}", negative ? "-" : "", whole, magnitude % 100);
}

std::string Grouped(int64_t count) {
  std::string text = Yuan(count * 100);
  return text.substr(0, text.size() - 3);
}

// What a code means to somebody who has never seen one.
std::string_view Words(std::string_view code) {
  static constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"account_closed", "the payee's account is closed"},
      {"amount_mismatch", "another amount than the order's"},
      {"duplicate_notice", "old news under a new number"},
      {"exceeds_debit", "more than is left to give back"},
      {"not_an_approver", "somebody without the right to approve"},
      {"order_expired", "too late: the order's validity had ended"},
      {"order_not_open", "the payment crossed its own revocation"},
      {"merchant_category_not_allowed", "a card was used at another kind of shop"},
      {"own_item", "the submitter tried to approve it"},
      {"position_mismatch", "a settlement left a bank out"},
      {"already_authorized", "revoked after it was approved"},
      {"channel_closed", "no channel took the amount at that time"},
      {"channel_not_allowed", "a card was used through another channel"},
      {"exceeds_single_limit", "above the limit of one payment"},
      {"exceeds_total_count", "a card of single use, used twice"},
      {"exceeds_yearly_amount", "above the year's quota of currency"},
      {"in_arrears", "a rider who owes a fare wants to enter"},
      {"order_not_yet_valid", "a bill before its window opened"},
      {"order_pending_authorization", "captured without an authorization"},
      {"resource_busy", "a second car on a bay that is taken"},
      {"stale_mandate", "a gate let a rider in from an old list"},
      {"unknown_mandate", "a card that nobody asked for"},
      {"unknown_order", "a departure of no known session"},
      {"unknown_payer_code", "the code belongs to no known wallet"},
      {"wrong_level", "the second approver came first"},
  };
  for (const auto& [known, words] : kWords) {
    if (known == code) return words;
  }
  return "";
}

class PageText {
 public:
  template <typename... Values>
  void Line(fmt::format_string<Values...> format, Values&&... values) {
    text_ += fmt::format(format, std::forward<Values>(values)...) + "\n";
  }
  void Head(std::string_view title) {
    text_ += fmt::format("\n{:-<78}\n", std::string(title) + " ");
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

void AddParking(const Run& run, PageText& page) {
  const ParkingTotals& parking = run.books.parking;
  page.Head("PARKING, Xining: 453 lots, 21,458 bays");
  const auto row = [&page](std::string_view what, const Tally& tally) {
    page.Line("  {:<38}{:>9} {:>20}", what, Grouped(tally.count), Yuan(tally.minor));
  };
  page.Line("  {:<38}{:>9} {:>20}", "", "items", "yuan");
  row("prepaid caps of 20.00", parking.prepaid);
  for (const auto& [wallet, tally] : parking.prepaid_by_wallet) row("  by " + wallet, tally);
  row("fees", parking.fees);
  row("  of them closed without a departure", parking.abandoned);
  row("refunded the way it came", parking.refunded);
  row("refunds that failed, still owed",
      {run.expected.parking.owed.count, run.books.pending_balance});
  page.Line("  {:<38}{:>9} {:>20}", "paid out to the municipal account", "1", Yuan(parking.payout));
  page.Line("  {:<38}{:>9} {:>20}", "earned since, for tomorrow's payout", "",
            Yuan(parking.fees.minor - parking.payout));
  const int64_t mean = parking.prepaid.count == 0 ? 0 : parking.fees.minor / parking.prepaid.count;
  page.Line("  a car paid {} on average (casebook 2020: 13.12)", Yuan(mean));
}

void AddB2b(const Run& run, PageText& page) {
  const B2bTotals& b2b = run.books.b2b;
  page.Head("B2B through NetsUnion: 5 banks, 20 enterprises");
  page.Line("  paid {} orders, {} yuan; given back {}, {} yuan", b2b.paid.count,
            Yuan(b2b.paid.minor), b2b.given_back.count, Yuan(b2b.given_back.minor));
  page.Line("  {} orders: {} approved by a second person, {} declined, {} cancelled,", b2b.orders,
            b2b.approved, b2b.declined, b2b.cancelled);
  page.Line("  {} expired, {} still waiting for an approval", b2b.expired, b2b.waiting);
}

void AddMetro(const Run& run, PageText& page) {
  const MetroTotals& metro = run.expected.metro;
  page.Head("METRO, Xi'an: face and code, in and out");
  page.Line("  {:<38}{:>9} {:>20}", fmt::format("{} riders", Grouped(metro.riders)), "items",
            "yuan");
  const auto row = [&](std::string_view what, auto&& takes) {
    Tally sum;
    for (const auto& [kind, tally] : run.books.lines) {
      if (kind.scenario != NameOf(Feed::kMetro).scenario || !takes(kind)) continue;
      sum.count += tally.count;
      sum.minor += tally.minor;
    }
    page.Line("  {:<38}{:>9} {:>20}", what, Grouped(sum.count), Yuan(sum.minor));
  };
  row("paid by wallet, in the bank", [](const LineKind& kind) {
    return kind.type == "PAY" && kind.payer_bank == kind.payee_bank;
  });
  row("paid, topped up or repaid by card", [](const LineKind& kind) {
    return kind.type == "PAY" && kind.payer_bank != kind.payee_bank;
  });
  row("15 % of the fare, from the bank",
      [](const LineKind& kind) { return kind.type == "SUBSIDY"; });
  row("advanced for riders who could not pay",
      [](const LineKind& kind) { return kind.type == "ADVANCE"; });
  page.Line("  {:<38}{:>9} {:>20}", "still owed when the day ends",
            Grouped(run.books.metro.arrears.count), Yuan(run.books.metro.arrears.minor));
}

// The scenarios without a part of their own, by kind of line and currency.
void AddOthers(const Run& run, PageText& page) {
  page.Head("ENTERPRISE, CAMPUS, VIRTUAL CARDS, TAKEOUT, TUITION");
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, Tally> sums;
  for (const auto& [kind, tally] : run.books.lines) {
    if (kind.scenario == NameOf(Feed::kParking).scenario ||
        kind.scenario == NameOf(Feed::kB2b).scenario ||
        kind.scenario == NameOf(Feed::kMetro).scenario) {
      continue;
    }
    Tally& sum = sums[{kind.scenario, kind.type, kind.currency}];
    sum.count += tally.count;
    sum.minor += tally.minor;
  }
  page.Line("  {:<38}{:>9} {:>20}", "", "items", "amount");
  for (const auto& [of, sum] : sums) {
    const auto& [scenario, type, currency] = of;
    page.Line("  {:<16}{:<22}{:>9} {:>20} {}", scenario, type, Grouped(sum.count), Yuan(sum.minor),
              currency);
  }
}

void AddCycle(const CyclePlan& plan, const CycleBook& book, PageText& page) {
  page.Line("  {}  {}, {}", plan.name, plan.title, book.status);
  Flow sum;
  const auto row = [&page](std::string_view name, const Flow& flow) {
    page.Line("    {:<8}{:>6}{:>18}{:>6}{:>18}{:>18}", name, flow.out_count, Yuan(flow.out),
              flow.in_count, Yuan(flow.in), (flow.net() > 0 ? "+" : "") + Yuan(flow.net()));
  };
  for (const auto& [participant, flow] : book.flows) {
    row(participant, flow);
    sum.in_count += flow.in_count;
    sum.in += flow.in;
    sum.out_count += flow.out_count;
    sum.out += flow.out;
  }
  row("sum", sum);
  if (&plan != &kCycles[kB2bMorning]) return;
  std::string line = "    after netting pairs, in yuan:";
  for (const auto& [pair, minor] : book.owed) {
    const std::string item = fmt::format(" {} {}", pair, Grouped(minor / 100));
    if (line.size() + item.size() > 76) {
      page.Line("{}", line);
      line = "     ";
    }
    line += item;
  }
  page.Line("{}", line);
}

void AddCycles(const Run& run, PageText& page) {
  page.Head("CLEARING: positions of each cycle, in yuan");
  page.Line("    {:<8}{:>6}{:>18}{:>6}{:>18}{:>18}", "", "items", "sent", "items", "received",
            "net");
  for (const CyclePlan& plan : kCycles) {
    AddCycle(plan, run.books.cycles.find(plan.name)->second, page);
  }
  page.Line("  Drivers with a card of PSBC itself pay inside that bank: no position.");
}

void AddQueue(const Run& run, PageText& page) {
  page.Head("QUEUE of four city banks, who pay through a gross system, in yuan");
  page.Line("  40,000,000 at the central bank, and 365,000,000 to pay in a circle: nobody can");
  page.Line("  begin. What settles together needs the nets alone.");
  page.Line("    {:<14}{:>9}{:>20}{:>20}", "", "payments", "value", "saved");
  for (const Resolution& resolution : run.books.resolutions) {
    page.Line("    {:<14}{:>9}{:>20}{:>20}", resolution.result, resolution.count,
              Yuan(resolution.minor), resolution.saved == 0 ? "" : Yuan(resolution.saved));
  }
  page.Line("  What it would have cost otherwise: longmen whatif LEDGER --scheme rtgs");
}

void AddRefusals(const Run& run, PageText& page) {
  page.Head("REFUSED, and why");
  for (const auto& [code, count] : run.books.refused) {
    page.Line("  {:>5}  {:<30} {}", count, code, Words(code));
  }
  page.Line("  {:>5}  {:<30} {}", run.heard.duplicates, "(duplicate)",
            "the same record again: moved nothing");
  page.Line("  {:>5}  {:<30} {}", run.heard.invalid, "(invalid)",
            "a line cut in transmission: not recorded");
  page.Line("  Booked all the same, because the bank reported it as done:");
  for (const auto& [code, count] : run.books.booked) {
    page.Line("  {:>5}  {:<30} {}", count, code,
              code == "order_expired" ? "debited after the order's validity" : Words(code));
  }
}

void AddEnd(const Run& run, PageText& page) {
  page.Head("BOOKS");
  const double rate =
      run.seconds_streaming > 0 ? static_cast<double>(run.heard.sent) / run.seconds_streaming : 0;
  page.Line("  {} records sent in {} requests; {} in the log", Grouped(run.heard.sent),
            run.requests, Grouped(static_cast<int64_t>(run.records_in_log)));
  page.Line("  {:.1f} s over HTTP ({} records/s), {:.1f} s in total, {} MB at most",
            run.seconds_streaming, Grouped(static_cast<int64_t>(rate)), run.seconds_total,
            run.memory_peak_mb);
  page.Line("  input    {}/input", run.out);
  page.Line("  exports  {}/export ({} files)", run.out, run.files_exported);
  page.Line("  ledger   {}/ledger", run.out);
  page.Line("  auditor  {}/audit.txt", run.out);
  page.Line("           {}", run.audit.exit_code == 0
                                 ? "clean: every byte, decision and projection computed again"
                                 : "FINDINGS");
  if (run.differences.empty()) {
    page.Line("  totals   equal to those the generator computed by itself");
    return;
  }
  page.Line("  totals   {} DIFFERENCES from what the generator computed:", run.differences.size());
  for (const Difference& difference : run.differences) {
    page.Line("    {}: expected {}, found {}", difference.what, difference.expected,
              difference.found);
  }
}

json::string Value(std::string_view text) { return json::string(text.data(), text.size()); }

json::object TallyJson(const Tally& tally) {
  return {{"count", tally.count}, {"minor", std::to_string(tally.minor)}};
}

json::object CountsJson(const std::map<std::string, int64_t, std::less<>>& counts) {
  json::object out;
  for (const auto& [code, count] : counts) out[code] = count;
  return out;
}

json::object CyclesJson(const Books& books) {
  json::object cycles;
  for (const auto& [name, book] : books.cycles) {
    json::object positions;
    for (const auto& [participant, flow] : book.flows) {
      positions[participant] = json::object{{"inCount", flow.in_count},
                                            {"inMinor", std::to_string(flow.in)},
                                            {"outCount", flow.out_count},
                                            {"outMinor", std::to_string(flow.out)},
                                            {"netMinor", std::to_string(flow.net())}};
    }
    cycles[name] = json::object{{"status", book.status}, {"positions", std::move(positions)}};
  }
  return cycles;
}

}  // namespace

std::string ReportPage(const Run& run) {
  PageText page;
  page.Line("LONGMEN  business day {}  seed {}  {}", kDate, run.seed,
            run.good() ? "all as expected" : "NOT AS EXPECTED, see the end");
  AddParking(run, page);
  AddB2b(run, page);
  AddMetro(run, page);
  AddOthers(run, page);
  AddCycles(run, page);
  AddQueue(run, page);
  AddRefusals(run, page);
  AddEnd(run, page);
  return page.Take();
}

std::string ReportJson(const Run& run) {
  const ParkingTotals& parking = run.books.parking;
  const B2bTotals& b2b = run.books.b2b;
  json::object out;
  out["date"] = Value(kDate);
  out["seed"] = run.seed;
  out["good"] = run.good();
  out["parking"] = json::object{{"prepaid", TallyJson(parking.prepaid)},
                                {"fees", TallyJson(parking.fees)},
                                {"refunded", TallyJson(parking.refunded)},
                                {"abandoned", TallyJson(parking.abandoned)},
                                {"owedMinor", std::to_string(run.books.pending_balance)},
                                {"payoutMinor", std::to_string(parking.payout)}};
  out["b2b"] = json::object{{"paid", TallyJson(b2b.paid)}, {"givenBack", TallyJson(b2b.given_back)},
                            {"orders", b2b.orders},        {"approved", b2b.approved},
                            {"declined", b2b.declined},    {"cancelled", b2b.cancelled},
                            {"expired", b2b.expired},      {"waiting", b2b.waiting}};
  out["metro"] = json::object{{"riders", run.expected.metro.riders},
                              {"rides", run.expected.metro.rides},
                              {"arrears", TallyJson(run.books.metro.arrears)}};
  out["cycles"] = CyclesJson(run.books);
  out["refused"] = CountsJson(run.books.refused);
  out["booked"] = CountsJson(run.books.booked);
  out["duplicates"] = run.heard.duplicates;
  out["invalid"] = run.heard.invalid;
  out["sent"] = run.heard.sent;
  out["logRecords"] = run.records_in_log;
  out["secondsStreaming"] = run.seconds_streaming;
  out["secondsTotal"] = run.seconds_total;
  out["memoryPeakMb"] = run.memory_peak_mb;
  out["auditExitCode"] = run.audit.exit_code;
  json::array differences;
  for (const Difference& difference : run.differences) {
    differences.push_back(json::object{
        {"what", difference.what}, {"expected", difference.expected}, {"found", difference.found}});
  }
  out["differences"] = std::move(differences);
  return json::serialize(out) + "\n";
}

}  // namespace longmen::adapters::demo
