#include "tests/bench/common/figures.h"

#include <fmt/format.h>

#include <cstdio>

#include "events/base/check.h"

namespace longmen::bench {
namespace {

// Whole numbers where there are many digits, else what can be told apart.
std::string Number(double value) {
  if (value >= 10'000) return fmt::format("{:.0f}", value);
  if (value >= 100) return fmt::format("{:.1f}", value);
  return fmt::format("{:.3g}", value);
}

std::string Text(const Target& target) {
  return fmt::format("{}{} {}", target.of == Target::Of::kRatio ? "ratio " : "",
                     target.bound == Target::Bound::kAtLeast ? ">=" : "<=", Number(target.number));
}

std::string Text(const std::vector<Target>& targets) {
  std::string text;
  for (const Target& target : targets) text += (text.empty() ? "" : ", ") + Text(target);
  return text;
}

bool Meets(const Figure& figure, const Target& target) {
  const double reached = target.of == Target::Of::kRatio ? figure.ratio() : figure.value;
  return target.bound == Target::Bound::kAtLeast ? reached >= target.number
                                                 : reached <= target.number;
}

const char* Verdict(const Figure& figure, const char* met, const char* missed,
                    const char* unknown) {
  const std::optional<bool> is_met = figure.met();
  if (!is_met) return unknown;
  return *is_met ? met : missed;
}

std::string Json(const Figure& figure) {
  std::string line = fmt::format(R"({{"figure":"{}","value":{:.6g},"unit":"{}")", figure.name,
                                 figure.value, figure.unit);
  if (figure.peer.value != 0) {
    line += fmt::format(R"(,"peer":"{}","peer_value":{:.6g},"ratio":{:.4g})", figure.peer.name,
                        figure.peer.value, figure.ratio());
  } else if (!figure.peer.name.empty()) {
    line += fmt::format(R"(,"note":"{}")", figure.peer.name);
  }
  if (!figure.targets.empty()) {
    line += fmt::format(R"(,"target":"{}","met":{})", Text(figure.targets),
                        Verdict(figure, "true", "false", "null"));
  }
  return line + "}";
}

}  // namespace

std::optional<bool> Figure::met() const {
  bool all = true;
  for (const Target& target : targets) {
    if (target.of == Target::Of::kRatio && peer.value == 0) return std::nullopt;
    all = all && Meets(*this, target);
  }
  if (targets.empty()) return std::nullopt;
  return all;
}

Table::Table(const std::string& json) {
  if (!json.empty()) json_.open(json);
  CHECK(json.empty() || json_.is_open(), "bench.json", json);
  fmt::print("{:<36} {:>12} {:<9} {:>8}  {:<40} {}\n", "figure", "value", "unit", "ratio",
             "to its peer or limit", "target");
  std::fflush(stdout);
}

void Table::Subject(const std::string& title) {
  fmt::print("-- {}\n", title);
  std::fflush(stdout);
}

void Table::Add(Figure figure) {
  if (json_.is_open()) json_ << Json(figure) << std::endl;
  const std::string peer =
      figure.peer.value == 0 ? figure.peer.name
                             : fmt::format("{} ({})", figure.peer.name, Number(figure.peer.value));
  const std::string ratio = figure.peer.value == 0 ? "" : fmt::format("{:.3f}", figure.ratio());
  const std::string target =
      figure.targets.empty()
          ? ""
          : fmt::format("{}: {}", Text(figure.targets), Verdict(figure, "met", "short", "no peer"));
  fmt::print("{:<36} {:>12} {:<9} {:>8}  {:<40} {}\n", figure.name, Number(figure.value),
             figure.unit, ratio, peer, target);
  std::fflush(stdout);
}

void Table::Note(const std::string& text) {
  fmt::print("   {}\n", text);
  std::fflush(stdout);
}

}  // namespace longmen::bench
