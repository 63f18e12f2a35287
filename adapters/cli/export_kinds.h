// The kinds of files that `longmen export` writes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/cli/view.h"
#include "adapters/files/exports.h"

namespace longmen::adapters::cli {

struct ExportOptions {
  ViewOptions view;
  std::string out;
  std::string what = "all";
  std::string format = "csv";
  std::string range;
  std::string cycle;
  std::string account;
  std::string from;
  std::string to;
  std::string scenario;
  std::string date;
  std::string participant;
  std::string channel;
  std::string rule;
  std::string settlement_agent;
  std::string mapping;
  bool json = false;
};

// One call of the command while it is answered.
struct Exporting {
  const projections::ReadStore& store;
  const ExportOptions& options;
  ExportTo to;
  std::vector<ExportedFile> files = {};

  Status Take(Result<ExportedFile> file);
  Status Take(Result<std::vector<ExportedFile>> more);
};

struct ExportKind {
  std::string_view name;
  Status (*write)(Exporting& exporting);
  bool is_table;  // any format writes it; else it has the one form
  bool in_all;    // part of what `all` writes, in this order
};

std::span<const ExportKind> ExportKinds();

// "17..93"; "17..": to the end; empty: all of it. USAGE otherwise.
Result<ExportRange> RangeOf(std::string_view text);

// Of clearing, which have more to say to who asks for them (export_cycles.cc).
Status WritePositions(Exporting& exporting);
Status WritePacs029(Exporting& exporting);
Status WritePacs009(Exporting& exporting);
Status WriteSettlementReports(Exporting& exporting);

}  // namespace longmen::adapters::cli
