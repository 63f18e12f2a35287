#include "adapters/cli/export_kinds.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <functional>
#include <tuple>

#include "adapters/cli/names.h"
#include "adapters/cli/whole_file.h"
#include "adapters/iso20022/gateway_messages.h"
#include "adapters/node/node.h"
#include "projections/balances/balances.h"
#include "projections/calendar/calendar.h"
#include "projections/matching/matching.h"
#include "projections/store/applied.h"

namespace longmen::adapters::cli {
namespace {

using projections::ReadStore;

Status WriteBalances(Exporting& exporting) {
  return exporting.Take(ExportBalances(exporting.store, exporting.to));
}
Status WriteOrders(Exporting& exporting) {
  return exporting.Take(ExportOrders(exporting.store, exporting.to));
}
Status WritePayments(Exporting& exporting) {
  return exporting.Take(ExportPayments(exporting.store, exporting.to));
}

using RangeExporter = Result<ExportedFile> (*)(const ReadStore&, const ExportTo&, ExportRange);

template <RangeExporter kExport>
Status WriteRange(Exporting& exporting) {
  const auto range = RangeOf(exporting.options.range);
  if (!range.ok()) return range.error();
  return exporting.Take(kExport(exporting.store, exporting.to, *range));
}

struct Dates {
  DayNumber from = 0;
  DayNumber until = 0;
};

Result<Dates> DatesOf(const ExportOptions& options) {
  const auto from = DateOf(options.from, "from");
  if (!from.ok()) return from.error();
  const auto until = options.to.empty() ? from : DateOf(options.to, "to");
  if (!until.ok()) return until.error();
  return Dates{*from, *until};
}

// Of the account that is named, or of every account of the participant that was there by then.
Status OfAccounts(Exporting& exporting,
                  const std::function<Result<ExportedFile>(const std::string& account)>& exporter) {
  const auto& [account, participant] =
      std::tie(exporting.options.account, exporting.options.participant);
  if (account.empty() == participant.empty()) {
    return Error{Code::USAGE, "account", "whose? --account or --participant"};
  }
  if (!account.empty()) return exporting.Take(exporter(account));
  constexpr size_t kPage = 1'000;
  Status last =
      Error{Code::NOT_FOUND, "participant", fmt::format("{} has no account", participant)};
  for (std::string after;;) {
    const auto page = projections::Balances(exporting.store, after, kPage);
    if (!page.ok()) return page.error();
    for (const auto& balance : *page) {
      if (balance.state.participant != participant) continue;
      last = exporting.Take(exporter(balance.state.account));
      if (!last.ok() && last.error().code != Code::UNANSWERABLE) return last;
    }
    if (page->size() < kPage) break;
    after = page->back().state.account;
  }
  return exporting.files.empty() ? last : Ok();
}

using StatementExporter = Result<ExportedFile> (*)(const ReadStore&, const ExportTo&,
                                                   std::string_view account, DayNumber from,
                                                   DayNumber until);

template <StatementExporter kExport>
Status WriteStatement(Exporting& exporting) {
  const auto dates = DatesOf(exporting.options);
  if (!dates.ok()) return dates.error();
  return OfAccounts(exporting, [&](const std::string& account) {
    return kExport(exporting.store, exporting.to, account, dates->from, dates->until);
  });
}

Status WriteCamt052(Exporting& exporting) {
  return OfAccounts(exporting, [&](const std::string& account) {
    return ExportCamt052(exporting.store, exporting.to, account);
  });
}

// The book dates on which something was recorded.
std::vector<DayNumber> BookDates(const ReadStore& store) {
  std::vector<DayNumber> dates;
  const auto applied = projections::ReadApplied(store);
  if (!applied.ok()) return dates;
  Sequence next = applied->sequence + 1;
  for (DayNumber day = applied->book_date; next > 1; --day) {
    const auto first = projections::FirstOfDate(store, day);
    if (!first) continue;
    if (*first < next) dates.insert(dates.begin(), day);
    next = std::min(next, *first);
  }
  return dates;
}

// The scenarios of this build, and none: movements between participants that belong to no scenario
// (a payout, a top-up, a fee) are items of a cycle too.
std::vector<schema::Scenario> AllScenarios() {
  std::vector<schema::Scenario> all{schema::Scenario::NONE};
  for (const auto& adapter : Scenarios()) all.push_back(adapter->scenario());
  return all;
}

Result<bool> HasLines(const ReadStore& store, const projections::ReconciliationScope& scope) {
  bool found = false;
  const auto read = projections::EachReconciliationLine(store, scope, [&](const auto&) {
    found = true;
    return false;
  });
  if (!read.ok()) return read.error();
  return found;
}

// Every scenario and day that has a line.
Status EveryReconciliation(Exporting& exporting, const std::vector<schema::Scenario>& scenarios,
                           const Dates& dates) {
  const ExportOptions& options = exporting.options;
  for (const DayNumber day : BookDates(exporting.store)) {
    if (day < dates.from || day > dates.until) continue;
    for (const schema::Scenario scenario : scenarios) {
      const projections::ReconciliationScope scope{scenario, day, options.participant,
                                                   options.channel, options.cycle};
      const auto found = HasLines(exporting.store, scope);
      if (!found.ok()) return found.error();
      if (!*found) continue;
      RETURN_IF_ERROR(exporting.Take(ExportReconciliation(exporting.store, exporting.to, scope)));
    }
  }
  return Ok();
}

// Of one scenario and date, whether or not there is a line; of a range of dates or of a cycle
// wherever there is one.
Status WriteReconciliation(Exporting& exporting) {
  const ExportOptions& options = exporting.options;
  constexpr Dates kAllDates{INT32_MIN, INT32_MAX};
  if (options.what == "all") return EveryReconciliation(exporting, AllScenarios(), kAllDates);
  std::vector<schema::Scenario> scenarios;
  if (options.scenario.empty() && !options.cycle.empty()) {
    scenarios = AllScenarios();
  } else {
    const auto scenario = ScenarioOf(options.scenario, true);
    if (!scenario.ok()) return scenario.error();
    scenarios = {*scenario};
  }
  if (!options.from.empty() || !options.to.empty()) {
    const auto dates = DatesOf(options);
    if (!dates.ok()) return dates.error();
    RETURN_IF_ERROR(EveryReconciliation(exporting, scenarios, *dates));
  } else if (options.date.empty() && !options.cycle.empty()) {
    RETURN_IF_ERROR(EveryReconciliation(exporting, scenarios, kAllDates));
  } else {
    const auto date = DateOf(options.date, "date");
    if (!date.ok()) return date.error();
    if (scenarios.size() > 1) return EveryReconciliation(exporting, scenarios, {*date, *date});
    return exporting.Take(ExportReconciliation(
        exporting.store, exporting.to,
        {scenarios.front(), *date, options.participant, options.channel, options.cycle}));
  }
  if (exporting.files.empty()) {
    fmt::print(stderr, "longmen: there is nothing of that to reconcile, hence no file\n");
  }
  return Ok();
}

using RuleExporter = Result<ExportedFile> (*)(const ReadStore&, const ExportTo&, std::string_view);

// Of the matching rule that is named, or of each that is open.
template <RuleExporter kExport>
Status WriteOfRules(Exporting& exporting) {
  if (!exporting.options.rule.empty()) {
    return exporting.Take(kExport(exporting.store, exporting.to, exporting.options.rule));
  }
  const auto rules = projections::MatchRules(exporting.store);
  if (!rules.ok()) return rules.error();
  for (const projections::MatchRule& rule : *rules) {
    if (rule.status != schema::Status::OPEN) continue;
    RETURN_IF_ERROR(exporting.Take(kExport(exporting.store, exporting.to, rule.name)));
  }
  if (rules->empty() && exporting.options.what != "all") {
    fmt::print(stderr, "longmen: no matching rule is registered, hence no file\n");
  }
  return Ok();
}

Status WriteDecisions(Exporting& exporting) {
  const auto any = projections::ItemDecisions(exporting.store, 0, 1);
  if (!any.ok()) return any.error();
  if (any->empty() && exporting.options.what == "all") return Ok();
  return exporting.Take(ExportDecisions(exporting.store, exporting.to));
}

using MessageExporter = Result<std::vector<ExportedFile>> (*)(const ReadStore&, const std::string&,
                                                              const iso20022::MessageScope&,
                                                              const iso20022::Mapping&);

// The gateway's payments, or its refunds and returns, as messages between banks.
template <MessageExporter kExport>
Status WriteGatewayMessages(Exporting& exporting) {
  const ExportOptions& options = exporting.options;
  if (options.cycle.empty() == options.date.empty()) {
    return Error{Code::USAGE, "cycle", "either --cycle or --date says of what"};
  }
  iso20022::MessageScope scope{.cycle = options.cycle, .participant = options.participant};
  if (!options.date.empty()) {
    const auto date = DateOf(options.date, "date");
    if (!date.ok()) return date.error();
    scope.date = *date;
  }
  const auto mapping = ReadMapping(options.mapping);
  if (!mapping.ok()) return mapping.error();
  RETURN_IF_ERROR(
      exporting.Take(kExport(exporting.store, exporting.to.directory, scope, *mapping)));
  if (exporting.files.empty()) {
    fmt::print(stderr, "longmen: there is no such transaction, hence no message\n");
  }
  return Ok();
}

constexpr ExportKind kKinds[] = {
    {"balances", WriteBalances, true, true},
    {"orders", WriteOrders, true, true},
    {"payments", WritePayments, true, true},
    {"journal", WriteRange<ExportJournal>, true, true},
    {"refusals", WriteRange<ExportRefusals>, true, true},
    {"hledger", WriteRange<ExportHledger>, false, true},
    {"ledger", WriteRange<ExportLedger>, false, true},
    {"positions", WritePositions, true, true},
    {"reconciliation", WriteReconciliation, true, true},
    {"breaks", WriteOfRules<ExportBreaks>, true, true},
    {"matches", WriteOfRules<ExportMatches>, true, false},
    {"decisions", WriteDecisions, true, true},
    {"settlement-reports", WriteSettlementReports, true, true},
    {"pacs029", WritePacs029, false, true},
    {"pacs009", WritePacs009, false, true},
    {"pacs008", WriteGatewayMessages<iso20022::ExportCreditTransfers>, false, false},
    {"pacs004", WriteGatewayMessages<iso20022::ExportPaymentReturns>, false, false},
    {"statement", WriteStatement<ExportStatement>, true, false},
    {"camt052", WriteCamt052, false, false},
    {"camt053", WriteStatement<ExportCamt053>, false, false},
    {"camt054", WriteStatement<ExportCamt054>, false, false}};

}  // namespace

std::span<const ExportKind> ExportKinds() { return kKinds; }

Status Exporting::Take(Result<ExportedFile> file) {
  if (!file.ok()) return file.error();
  files.push_back(std::move(*file));
  return Ok();
}

Status Exporting::Take(Result<std::vector<ExportedFile>> more) {
  if (!more.ok()) return more.error();
  for (ExportedFile& file : *more) files.push_back(std::move(file));
  return Ok();
}

Result<ExportRange> RangeOf(std::string_view text) {
  ExportRange range;
  if (text.empty()) return range;
  const size_t dots = text.find("..");
  const auto number = [](std::string_view digits, Sequence& to) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), to);
    return error == std::errc() && end == digits.data() + digits.size() && to > 0;
  };
  const std::string_view last = dots == text.npos ? "" : text.substr(dots + 2);
  if (dots != text.npos && number(text.substr(0, dots), range.first) &&
      (last.empty() || number(last, range.last))) {
    return range;
  }
  return Error{Code::USAGE, "range", "FIRST..LAST or FIRST.., by records, as 17..93"};
}

}  // namespace longmen::adapters::cli
