#include "adapters/cli/tally.h"

#include <fmt/format.h>

#include "adapters/cli/table.h"

namespace longmen::adapters::cli {

using engine::AnswerKind;

void Tally::Add(uint64_t line, const http::Members& members) {
  ++lines_;
  for (const ItemAnswer& item : members) {
    for (const engine::Answer& answer : item.answers) {
      Count& count = counts_[{answer.kind, answer.code, answer.field}];
      if (++count.count == 1) count.first_line = line;
    }
  }
}

bool Tally::HasUnavailable() const {
  for (const auto& [key, count] : counts_) {
    if (key.kind == AnswerKind::kUnavailable) return true;
  }
  return false;
}

bool Tally::Clean(bool refusals_too) const {
  for (const auto& [key, count] : counts_) {
    const bool good = key.kind == AnswerKind::kAccepted || key.kind == AnswerKind::kDuplicate ||
                      (refusals_too && key.kind == AnswerKind::kRefused);
    if (!good) return false;
  }
  return true;
}

std::string Tally::Text() const {
  Table table{"answers",
              {{"answer"},
               {"code"},
               {"field"},
               {"answers", ColumnKind::kNumber},
               {"firstLine", ColumnKind::kNumber}},
              {}};
  uint64_t answers = 0;
  for (const auto& [key, count] : counts_) {
    answers += count.count;
    table.Row({engine::AnswerKindName(key.kind),
               key.code == Code::NONE ? std::string_view() : CodeName(key.code), key.field,
               Cell::Number(count.count), Cell::Number(count.first_line)});
  }
  return Render({table}, Form::kPeople) + fmt::format("{} answers to {} lines\n", answers, lines_);
}

}  // namespace longmen::adapters::cli
