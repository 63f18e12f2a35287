// A liquidity study for programs.
#include "adapters/cli/liquidity_methods.h"

namespace longmen::adapters::cli {
namespace {

using engine::LiquidityStudy;
using engine::MethodFigures;
using engine::Ratio;
using enum ColumnKind;

Cell AmountOf(__int128 minor, const WhatIf& what_if) {
  return Cell::Amount(Wide(minor), what_if.items.currency);
}

Cell PerMille(const Ratio& ratio) {
  const auto per_mille = ratio.PerMille();
  if (!per_mille) return "";
  const auto size = static_cast<unsigned __int128>(*per_mille < 0 ? -*per_mille : *per_mille);
  return (*per_mille < 0 ? "-" : "") + Cell::Number(size).text();
}

Cell Count(uint64_t count) { return Cell::Number(count); }
Cell Span(Nanos nanos) { return Cell::Number(static_cast<uint64_t>(nanos)); }

Table MethodsTable(const std::vector<WhatIf>& studies) {
  Table table{"methods",
              {{"scheme"},
               {"currency"},
               {"method"},
               {"liquidityAvailable", kAmount},
               {"liquidityUsed", kAmount},
               {"savedPerMille", kNumber},
               {"settledCount", kNumber},
               {"settledValue", kAmount},
               {"leftCount", kNumber},
               {"leftValue", kAmount},
               {"meanDelayNanos", kNumber},
               {"meanDelayByValueNanos", kNumber},
               {"turnoverPerMille", kNumber},
               {"resolutions", kNumber},
               {"resolvedCount", kNumber},
               {"resolvedValue", kAmount},
               {"leastPercent", kNumber}},
              {}};
  for (const WhatIf& what_if : studies) {
    for (const LiquidityMethod& method : kMethods) {
      const MethodFigures& figures = what_if.study.*method.figures;
      const bool queued = method.least_percent != nullptr;
      const auto saved = SavedBy(figures, what_if);
      table.Row({what_if.scheme, what_if.items.currency.alphabetic(), method.name,
                 queued ? AmountOf(OpeningOf(what_if), what_if) : Cell(""),
                 AmountOf(figures.liquidity_used, what_if), saved ? PerMille(*saved) : Cell(""),
                 Count(figures.settled_count), AmountOf(figures.settled_value, what_if),
                 Count(figures.left_count), AmountOf(figures.left_value, what_if),
                 Span(figures.mean_delay), Span(figures.mean_delay_by_value),
                 PerMille(figures.turnover()), Count(figures.resolutions),
                 Count(figures.resolved_count), AmountOf(figures.resolved_value, what_if),
                 queued ? Count(what_if.study.*method.least_percent) : Cell("")});
    }
  }
  return table;
}

Table StudyTable(const std::vector<WhatIf>& studies) {
  Table table{"study",
              {{"scheme"},
               {"currency"},
               {"from"},
               {"to"},
               {"begin"},
               {"end"},
               {"participants", kNumber},
               {"payments", kNumber},
               {"value", kAmount},
               {"liquidityPercent", kNumber},
               {"intervalMinutes", kNumber},
               {"bypass", kFlag},
               {"byValue", kFlag}},
              {}};
  for (const WhatIf& what_if : studies) {
    const engine::StudyOptions& options = what_if.options;
    table.Row({what_if.scheme, what_if.items.currency.alphabetic(), FormatDate(what_if.first),
               FormatDate(what_if.last), FormatInstant(options.begin), FormatInstant(options.end),
               Count(what_if.items.participants.size()), Count(what_if.items.payments.size()),
               AmountOf(ValueOf(what_if), what_if), Count(options.opening_percent),
               Span(options.resolution_interval / kNanosPerMinute),
               Cell::Flag(options.order == engine::QueueOrder::kBypassFifo),
               Cell::Flag(options.by_value)});
  }
  return table;
}

Table ParticipantsTable(const std::vector<WhatIf>& studies) {
  Table table{"participants",
              {{"scheme"},
               {"currency"},
               {"participant"},
               {"gross", kAmount},
               {"multilateralNet", kAmount},
               {"bilateralNet", kAmount},
               {"available", kAmount},
               {"queued", kAmount},
               {"queuedGridlock", kAmount}},
              {}};
  for (const WhatIf& what_if : studies) {
    const LiquidityStudy& study = what_if.study;
    for (const uint32_t i : ByNeed(what_if)) {
      table.Row({what_if.scheme, what_if.items.currency.alphabetic(), what_if.items.participants[i],
                 AmountOf(study.gross.used[i], what_if),
                 AmountOf(study.multilateral_net.used[i], what_if),
                 AmountOf(study.bilateral_net.used[i], what_if),
                 AmountOf(study.opening[i], what_if),
                 AmountOf(study.single_release.used[i], what_if),
                 AmountOf(study.gridlock.used[i], what_if)});
    }
  }
  return table;
}

Table SeriesTable(const std::vector<WhatIf>& studies) {
  Table table{"series",
              {{"scheme"},
               {"currency"},
               {"method"},
               {"begin"},
               {"queued", kAmount},
               {"liquidityInUse", kAmount}},
              {}};
  for (const WhatIf& what_if : studies) {
    for (const LiquidityMethod& method : kMethods) {
      const auto& series = (what_if.study.*method.figures).series;
      for (size_t i = 0; i < series.size(); ++i) {
        table.Row({what_if.scheme, what_if.items.currency.alphabetic(), method.name,
                   FormatInstant(BeginOf(what_if.options, i, series.size())),
                   AmountOf(series[i].queued, what_if),
                   AmountOf(series[i].liquidity_in_use, what_if)});
      }
    }
  }
  return table;
}

}  // namespace

std::vector<Table> TablesOf(const std::vector<WhatIf>& studies) {
  return {MethodsTable(studies), StudyTable(studies), ParticipantsTable(studies),
          SeriesTable(studies)};
}

}  // namespace longmen::adapters::cli
