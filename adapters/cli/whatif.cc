// longmen whatif: what the payments of a ledger's cycles would have cost in liquidity and waiting
// under each way of settling them, beside whoever has it open.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "adapters/cli/command.h"
#include "adapters/cli/cycle_items.h"
#include "adapters/cli/liquidity_screen.h"
#include "adapters/cli/names.h"
#include "adapters/cli/progress.h"
#include "adapters/cli/view.h"
#include "engine/log/record_block.h"
#include "events/codec/codec.h"
#include "projections/calendar/calendar.h"
#include "projections/store/applied.h"

namespace longmen::adapters::cli {
namespace {

constexpr uint32_t kAllPercent = 100;
constexpr uint32_t kIntervalMinutesMax = 24 * 60;
// Less, and the charts are made narrower.
constexpr unsigned short kWideTerminal = kColumns + 1;

struct WhatIfOptions {
  ViewOptions view;
  std::string scheme;
  std::string currency;
  std::string date;
  std::string from;
  std::string to;
  uint32_t interval_minutes = 15;
  uint32_t percent = 50;
  bool bypass = false;
  bool by_value = false;
  bool json = false;
  bool csv = false;
  std::string part;
};

using Options = WhatIfOptions;

// What is wrong with the call itself, whatever the ledger holds.
Status CheckOptions(const Options& options) {
  if (!options.currency.empty() && !CurrencyFromAlphabetic(options.currency)) {
    return Error{Code::USAGE, "currency",
                 fmt::format("{} is no code of ISO 4217, as CNY is", options.currency)};
  }
  if (options.percent > kAllPercent) {
    return Error{Code::USAGE, "liquidity", "a percentage of the gross need, at most 100"};
  }
  if (options.interval_minutes > kIntervalMinutesMax) {
    return Error{Code::USAGE, "interval", "minutes, at most 1440; 0: only at the end"};
  }
  if (!options.date.empty() && !(options.from.empty() && options.to.empty())) {
    return Error{Code::USAGE, "date", "either --date, or --from and --to"};
  }
  if (options.from.empty() && !options.to.empty()) {
    return Error{Code::USAGE, "from", "the first book date, where --to names the last"};
  }
  if (!options.part.empty() && !options.json && !options.csv) {
    return Error{Code::USAGE, "part", "goes with --json or --csv only"};
  }
  return Ok();
}

// At which book dates are local dates: the log's first record says.
Result<int> OffsetOf(const engine::LogReader& log) {
  const auto block = engine::RecordBlock::Read(log, 1);
  if (!block.ok()) return block.error();
  const ProposalReader proposal(block->record(1).proposal);
  return int{proposal.get().getBody().getRegistration().getLedger().getUtcOffsetMinutes()};
}

struct Dates {
  std::optional<DayNumber> first;  // nothing: the whole log
  DayNumber last = 0;
};

Result<Dates> DatesOf(const Options& options) {
  const bool one = options.from.empty();
  const std::string& text = one ? options.date : options.from;
  if (text.empty()) return Dates{};
  const auto first = DateOf(text, one ? "date" : "from");
  if (!first.ok()) return first.error();
  if (options.to.empty()) return Dates{*first, *first};
  const auto last = DateOf(options.to, "to");
  if (!last.ok()) return last.error();
  return Dates{*first, *last};
}

Nanos Midnight(DayNumber day, int utc_offset_minutes) {
  return day * kNanosPerDay - utc_offset_minutes * kNanosPerMinute;
}

// The part of the log that is asked for. Of the whole log the dates are those of the first and the
// last payment, which are not known yet.
Result<ItemsScope> ScopeOf(const Options& options, const View& view, const Dates& dates,
                           int utc_offset_minutes) {
  ItemsScope scope{.directory = options.view.directory,
                   .scheme = options.scheme,
                   .first = 1,
                   .last = view.as_of()};
  if (!dates.first) return scope;
  auto range = projections::RangeOfDates(view.projections(), *dates.first, dates.last);
  if (!range.ok()) {
    Error error = range.error();
    if (!options.date.empty()) error.field = "date";
    return error;
  }
  scope.first = range->first;
  scope.last = range->last;
  scope.begin = Midnight(*dates.first, utc_offset_minutes);
  return scope;
}

// Only the currency that is asked for, if one is.
Status KeepCurrency(const Options& options, std::vector<CurrencyItems>& all) {
  if (all.empty()) {
    return Error{Code::NOT_FOUND, "", "no payment between participants is in any of these cycles"};
  }
  if (options.currency.empty()) return Ok();
  std::vector<std::string_view> codes;
  for (const CurrencyItems& items : all) codes.push_back(items.currency.alphabetic());
  std::erase_if(all, [&](const CurrencyItems& items) {
    return items.currency.alphabetic() != options.currency;
  });
  if (!all.empty()) return Ok();
  return Error{
      Code::NOT_FOUND, "currency",
      fmt::format("nothing was paid in {}, only in {}", options.currency, fmt::join(codes, ", "))};
}

// A period ends with what has been recorded of it: nobody wants to see the days to come.
Status CompleteDates(const View& view, const std::vector<CurrencyItems>& all,
                     int utc_offset_minutes, Dates& dates) {
  const auto applied = projections::ReadApplied(view.projections());
  if (!applied.ok()) return applied.error();
  if (dates.first) {
    dates.last = std::min(dates.last, applied->book_date);
    return Ok();
  }
  Nanos first = kInstantMax;
  Nanos last = 0;
  for (const CurrencyItems& items : all) {
    first = std::min(first, items.payments.front().at);
    last = std::max(last, items.payments.back().at);
  }
  dates.first = LocalDate(first, utc_offset_minutes);
  dates.last = LocalDate(last, utc_offset_minutes);
  return Ok();
}

bool IsNarrowTerminal() {
  winsize size{};
  return ::isatty(STDOUT_FILENO) != 0 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
         size.ws_col != 0 && size.ws_col < kWideTerminal;
}

engine::StudyOptions StudyOptionsOf(const Options& options, const Dates& dates,
                                    int utc_offset_minutes) {
  const bool people = !options.json && !options.csv;
  return {.begin = Midnight(*dates.first, utc_offset_minutes),
          .end = Midnight(dates.last + 1, utc_offset_minutes),
          .order = options.bypass ? engine::QueueOrder::kBypassFifo : engine::QueueOrder::kFifo,
          .by_value = options.by_value,
          .resolution_interval = options.interval_minutes * kNanosPerMinute,
          .opening_percent = options.percent,
          .buckets = people && IsNarrowTerminal() ? kColumnsNarrow : kColumns};
}

Result<std::vector<WhatIf>> Study(const Options& options, const View& view) {
  auto dates = DatesOf(options);
  if (!dates.ok()) return dates.error();
  const auto offset = OffsetOf(view.log());
  if (!offset.ok()) return offset.error();
  const auto scope = ScopeOf(options, view, *dates, *offset);
  if (!scope.ok()) return scope.error();
  auto all = ReadCycleItems(view, *scope);
  if (!all.ok()) return all.error();
  RETURN_IF_ERROR(KeepCurrency(options, *all));
  RETURN_IF_ERROR(CompleteDates(view, *all, *offset, *dates));
  const engine::StudyOptions study_options = StudyOptionsOf(options, *dates, *offset);
  uint64_t count = 0;
  for (const CurrencyItems& items : *all) count += items.payments.size();
  Progress progress("studied", "payments", count);
  uint64_t studied = 0;
  std::vector<WhatIf> studies;
  for (CurrencyItems& items : *all) {
    progress.Show(studied);
    studied += items.payments.size();
    auto study = engine::StudyLiquidity(static_cast<uint32_t>(items.participants.size()),
                                        items.payments, study_options);
    studies.push_back({options.scheme, std::move(items), study_options, std::move(study),
                       *dates->first, dates->last, *offset});
  }
  progress.Show(studied);
  return studies;
}

int RunWhatIf(const Options& options) {
  if (const Status fit = CheckOptions(options); !fit.ok()) return Fail(fit.error());
  auto view = View::Open(options.view);
  if (!view.ok()) return Fail(view.error());
  const auto studies = Study(options, **view);
  if (!studies.ok()) return Fail(studies.error());
  if (const Status read = (*view)->status(); !read.ok()) return Fail(read.error());
  if (options.json || options.csv) {
    auto tables = TablesOf(*studies);
    if (const Status part = KeepPart(options.part, tables); !part.ok()) return Fail(part.error());
    fmt::print("{}", Render(tables, options.json ? Form::kJson : Form::kCsv));
    return kDone;
  }
  for (const WhatIf& what_if : *studies) fmt::print("{}\n", ScreenOf(what_if, InkOfOutput()));
  fmt::print("as of sequence {}\n", (*view)->as_of());
  return kDone;
}

}  // namespace

Command DeclareWhatIf(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* whatif =
      app.add_subcommand("whatif", "what its payments would have cost, settled in each other way");
  whatif->add_option("DIR", options->view.directory, "the ledger's directory")->required();
  whatif->add_option("--scheme", options->scheme, "the payments of its cycles (default: of all)");
  whatif->add_option("--currency", options->currency, "as CNY (default: each in turn)");
  whatif->add_option("--date", options->date, "one book date (default: the whole log)");
  whatif->add_option("--from", options->from, "first book date");
  whatif->add_option("--to", options->to, "last book date (default: the first)");
  whatif
      ->add_option("--interval", options->interval_minutes,
                   "minutes between resolutions of gridlock; 0: only at the end")
      ->capture_default_str();
  whatif
      ->add_option("--liquidity", options->percent,
                   "percent of what each participant uses gross, with which queues begin")
      ->capture_default_str();
  whatif->add_flag("--bypass", options->bypass,
                   "what its sender cannot pay yet is passed by, and holds up nothing");
  whatif->add_flag("--value", options->by_value, "resolutions settle the most value, in any order");
  auto* json = whatif->add_flag("--json", options->json, "one JSON object a line");
  whatif->add_flag("--csv", options->csv, "one table as CSV")->excludes(json);
  whatif->add_option("--part", options->part,
                     "one table of the answer: methods, study, participants, series");
  return {whatif, [options] { return RunWhatIf(*options); }};
}

}  // namespace longmen::adapters::cli
