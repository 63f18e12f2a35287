// A liquidity study for people.
#include "adapters/cli/liquidity_screen.h"

#include <algorithm>
#include <array>

#include "adapters/cli/liquidity_methods.h"

namespace longmen::adapters::cli {
namespace {

using engine::LiquidityStudy;
using engine::MethodFigures;
using engine::Ratio;
using enum ColumnKind;

constexpr size_t kBarsHeight = 4;
constexpr size_t kParticipantsShown = 8;
constexpr size_t kTicks = 4;  // parts of the axis

// "-12.3%"
std::string Percent(const Ratio& ratio) {
  const auto per_mille = ratio.PerMille();
  if (!per_mille) return "";
  const __int128 size = *per_mille < 0 ? -*per_mille : *per_mille;
  return fmt::format("{}{}.{}%", *per_mille < 0 ? "-" : "", size / 10, static_cast<int>(size % 10));
}

// "1.833"
std::string Times(const Ratio& ratio) {
  const auto per_mille = ratio.PerMille();
  if (!per_mille) return "";
  return fmt::format("{}.{:03}", *per_mille / 1'000, static_cast<int>(*per_mille % 1'000));
}

// "2h 05m", "14m 30s", "3s"; what is less than a second is said to be.
std::string Duration(Nanos span) {
  const int64_t seconds = span / kNanosPerSecond;
  if (span > 0 && seconds == 0) return "<1s";
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3'600) return fmt::format("{}m {:02}s", seconds / 60, seconds % 60);
  return fmt::format("{}h {:02}m", seconds / 3'600, seconds / 60 % 60);
}

std::string Amount(__int128 minor, const WhatIf& what_if) {
  return Wide(minor).Format(what_if.items.currency);
}

// A line a figure, a column a method.
std::string FiguresOf(const WhatIf& what_if) {
  Table table{"figures", {{""}}, {}};
  for (const LiquidityMethod& method : kMethods) table.columns.push_back({method.heading, kNumber});
  const LiquidityStudy& study = what_if.study;
  const auto row = [&](std::string_view name, const auto& figure) {
    std::vector<Cell> cells = {name};
    for (const LiquidityMethod& method : kMethods)
      cells.emplace_back(figure(study.*method.figures, method));
    table.Row(std::move(cells));
  };
  row("liquidity available", [&](const MethodFigures&, const LiquidityMethod& method) {
    return method.least_percent == nullptr ? "" : Amount(OpeningOf(what_if), what_if);
  });
  row("liquidity used", [&](const MethodFigures& figures, const LiquidityMethod&) {
    return Amount(figures.liquidity_used, what_if);
  });
  row("saved against gross", [&](const MethodFigures& figures, const LiquidityMethod&) {
    const auto saved = SavedBy(figures, what_if);
    return saved && &figures != &study.gross ? Percent(*saved) : "";
  });
  row("settled", [](const MethodFigures& figures, const LiquidityMethod&) {
    return fmt::format("{}", figures.settled_count);
  });
  row("settled value", [&](const MethodFigures& figures, const LiquidityMethod&) {
    return Amount(figures.settled_value, what_if);
  });
  row("left", [](const MethodFigures& figures, const LiquidityMethod&) {
    return fmt::format("{}", figures.left_count);
  });
  row("left value", [&](const MethodFigures& figures, const LiquidityMethod&) {
    return Amount(figures.left_value, what_if);
  });
  row("mean delay", [](const MethodFigures& figures, const LiquidityMethod&) {
    return Duration(figures.mean_delay);
  });
  row("mean delay by value", [](const MethodFigures& figures, const LiquidityMethod&) {
    return Duration(figures.mean_delay_by_value);
  });
  row("turnover", [](const MethodFigures& figures, const LiquidityMethod&) {
    return Times(figures.turnover());
  });
  row("settles all from", [&](const MethodFigures&, const LiquidityMethod& method) {
    return method.least_percent == nullptr ? "" : fmt::format("{}%", study.*method.least_percent);
  });
  return Render({table}, Form::kPeople);
}

std::string Head(const WhatIf& what_if) {
  const size_t payments = what_if.items.payments.size();
  const int offset = what_if.utc_offset_minutes;
  const int size = offset < 0 ? -offset : offset;
  const std::string days =
      what_if.first == what_if.last
          ? FormatDate(what_if.first)
          : fmt::format("{} to {}", FormatDate(what_if.first), FormatDate(what_if.last));
  return fmt::format(
      "{} {} of {} {} between {} participants, {}\n"
      "book date{} {}, from midnight to midnight at {}{:02}:{:02}\n",
      payments, payments == 1 ? "payment" : "payments", Amount(ValueOf(what_if), what_if),
      what_if.items.currency.alphabetic(), what_if.items.participants.size(),
      what_if.scheme.empty() ? "all schemes" : "scheme " + what_if.scheme,
      what_if.first == what_if.last ? "" : "s", days, offset < 0 ? '-' : '+', size / 60, size % 60);
}

// How the queues went about it, and what came of their resolutions.
std::string Terms(const WhatIf& what_if) {
  const engine::StudyOptions& options = what_if.options;
  const MethodFigures& gridlock = what_if.study.gridlock;
  const Nanos interval = options.resolution_interval / kNanosPerMinute;
  std::string text = fmt::format(
      "The queues begin with {}% of each participant's gross need, {}.\n", options.opening_percent,
      options.order == engine::QueueOrder::kBypassFifo ? "and pass by what cannot be paid yet"
                                                       : "and let go first what came first");
  text += interval == 0
              ? "Gridlock is resolved at the end"
              : fmt::format("Gridlock is resolved every {} minutes and at the end", interval);
  text += options.by_value ? ", for the most value:\n" : ", each sender's first payments first:\n";
  if (gridlock.resolutions == 0) return text + "there was no set that could settle together.\n";
  return text + fmt::format("payments settled together: {}, of {}, in {} {}.\n",
                            gridlock.resolved_count, Amount(gridlock.resolved_value, what_if),
                            gridlock.resolutions,
                            gridlock.resolutions == 1 ? "resolution" : "resolutions");
}

std::string Needs(const WhatIf& what_if) {
  Table table{"needs",
              {{"participant"},
               {"gross", kNumber},
               {"multilateral net", kNumber},
               {"bilateral net", kNumber},
               {"queue", kNumber},
               {"queue+gridlock", kNumber}},
              {}};
  const auto order = ByNeed(what_if);
  for (const uint32_t i : std::span(order).first(std::min(order.size(), kParticipantsShown))) {
    std::vector<Cell> cells = {what_if.items.participants[i]};
    for (const LiquidityMethod& method : kMethods) {
      cells.emplace_back(Amount((what_if.study.*method.figures).used[i], what_if));
    }
    table.Row(std::move(cells));
  }
  std::string text = "Liquidity used, by participant\n" + Render({table}, Form::kPeople);
  if (order.size() > kParticipantsShown) {
    text += fmt::format("and {} more (--json has all)\n", order.size() - kParticipantsShown);
  }
  return text;
}

using Measure = __int128 engine::Bucket::*;

__int128 Most(const MethodFigures& figures, Measure measure) {
  const auto most = std::ranges::max_element(figures.series, {}, measure);
  return (*most).*measure;
}

// Of a day its hours, of more than one their dates.
std::string Axis(const WhatIf& what_if) {
  const size_t columns = what_if.study.gross.series.size();
  std::string axis(columns + kTicks, ' ');
  for (size_t tick = 0; tick < kTicks; ++tick) {
    const Nanos local =
        BeginOf(what_if.options, tick, kTicks) + what_if.utc_offset_minutes * kNanosPerMinute;
    const int64_t minute = FloorDivide(local, kNanosPerMinute) % (24 * 60);
    std::string label = fmt::format("{:02}:{:02}", minute / 60, minute % 60);
    if (what_if.first != what_if.last) {
      label = FormatDate(LocalDate(local, 0)).substr(5) + " " + label;
    }
    axis.replace(tick * columns / kTicks, label.size() + 1, "|" + label);
  }
  axis.resize(columns);
  return axis + "|\n";
}

// The methods on one scale, so that they can be compared.
std::string Chart(const WhatIf& what_if, std::string_view about, Measure measure,
                  std::span<const LiquidityMethod> methods, Ink ink) {
  __int128 top = 0;
  for (const LiquidityMethod& method : methods) {
    top = std::max(top, Most(what_if.study.*method.figures, measure));
  }
  std::string text;
  for (const LiquidityMethod& method : methods) {
    const MethodFigures& figures = what_if.study.*method.figures;
    text += fmt::format("{}, {}: at most {}\n", about, method.heading,
                        Amount(Most(figures, measure), what_if));
    std::vector<__int128> values;
    for (const engine::Bucket& bucket : figures.series) values.push_back(bucket.*measure);
    if (std::ranges::count(values, 0) == std::ssize(values)) continue;
    for (const std::string& line : Bars(values, top, kBarsHeight, ink)) {
      const size_t end = line.find_last_not_of(' ');
      // What is empty is above all others.
      if (end != std::string::npos) text += line.substr(0, end + 1) + "\n";
    }
    text += Axis(what_if);
  }
  return text;
}

}  // namespace

std::string ScreenOf(const WhatIf& what_if, Ink ink) {
  const std::span<const LiquidityMethod> methods = kMethods;
  const std::array<LiquidityMethod, 3> in_use = {methods[0], methods[3], methods[4]};
  return Head(what_if) + "\n" + FiguresOf(what_if) + "\n" + Terms(what_if) + "\n" + Needs(what_if) +
         "\n" +
         Chart(what_if, "value that waits", &engine::Bucket::queued, methods.subspan(3), ink) +
         "\n" + Chart(what_if, "liquidity in use", &engine::Bucket::liquidity_in_use, in_use, ink);
}

}  // namespace longmen::adapters::cli
