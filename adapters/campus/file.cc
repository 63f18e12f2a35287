#include "adapters/campus/file.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/campus/bill.h"
#include "adapters/port/proposals.h"
#include "adapters/port/record_json.h"
#include "events/codec/shape_rules.h"
#include "events/money/money.h"

namespace longmen::adapters::campus {
namespace {

constexpr size_t kColumns = 5;

// The cells that a row has by the template, each under its meaning.
using Cells = std::array<std::string_view, kColumns>;

std::string_view Trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(' ');
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(' ') - from + 1);
}

std::vector<std::string_view> Split(std::string_view row, char separator) {
  std::vector<std::string_view> cells;
  for (size_t from = 0;;) {
    const size_t end = row.find(separator, from);
    cells.push_back(Trimmed(row.substr(from, end - from)));
    if (end == std::string_view::npos) return cells;
    from = end + 1;
  }
}

// A bill has a number, a student and an amount; its item may be the template's own name.
Status CheckTemplate(Template::Reader given) {
  constexpr const char* kField = "file.template.columns";
  if (given.getSeparator().size() > 1) {
    return Error{Code::TOO_LONG, "file.template.separator", "a separator is one character"};
  }
  std::array<size_t, kColumns> named{};
  for (const Column column : given.getColumns()) ++named[static_cast<size_t>(column)];
  for (const Column column : {Column::NUMBER, Column::STUDENT, Column::AMOUNT}) {
    if (named[static_cast<size_t>(column)] == 0) {
      return Error{Code::MISSING_FIELD, kField, "number, student and amount are needed"};
    }
  }
  for (size_t column = 1; column < kColumns; ++column) {
    if (named[column] > 1) return Error{Code::UNEXPECTED_FIELD, kField, "a column is named twice"};
  }
  return Ok();
}

struct Read {
  std::string number;
  std::string student;
  std::string item;
  int64_t minor = 0;
};

class RowReader {
 public:
  RowReader(Template::Reader given, Currency currency)
      : template_(given),
        separator_(given.hasSeparator() ? given.getSeparator().cStr()[0] : ','),
        currency_(currency) {}

  Result<Read> Take(std::string_view row, const std::string& field) {
    const auto cells = Split(row, separator_);
    const auto columns = template_.getColumns();
    if (cells.size() != columns.size()) {
      return Error{Code::BAD_TEXT, field, "it has not the columns of the template"};
    }
    Cells by_column{};
    for (unsigned i = 0; i < columns.size(); ++i) {
      by_column[static_cast<size_t>(columns[i])] = cells[i];
    }
    const auto cell = [&](Column column) {
      return std::string(by_column[static_cast<size_t>(column)]);
    };
    Read read{cell(Column::NUMBER), cell(Column::STUDENT), cell(Column::ITEM), 0};
    if (read.number.empty() || read.student.empty()) {
      return Error{Code::MISSING_FIELD, field, "it has no payment number or no student"};
    }
    codec::ShapeRules rules;
    if (!rules.Key(read.number.c_str(), field.c_str())) return rules.error();
    RETURN_IF_ERROR(CheckPart(read.number, kNumberBytesMax, field));
    const auto money = ParseMoney(cell(Column::AMOUNT), currency_);
    if (!money || money->minor <= 0 || money->minor > codec::kAmountMax) {
      return Error{Code::AMOUNT_OUT_OF_RANGE, field, "it has no amount above zero"};
    }
    if (!numbers_.insert(read.number).second) {
      return Error{Code::DUPLICATE_IN_GROUP, field, "its payment number came before"};
    }
    read.minor = money->minor;
    if (read.item.empty()) read.item = Copy(template_.getName());
    return read;
  }

 private:
  Template::Reader template_;
  char separator_;
  Currency currency_;
  std::set<std::string> numbers_;
};

}  // namespace

Status ReadRows(File::Builder file, const Door& door) {
  const auto reader = file.asReader();
  RETURN_IF_ERROR(CheckTemplate(reader.getTemplate()));
  RowReader rows(reader.getTemplate(), Currency{reader.getTotal().getCurrency()});
  std::vector<Read> lines;
  std::optional<Error> first;
  std::string every;
  for (unsigned i = 0; i < reader.getRows().size(); ++i) {
    auto line = rows.Take(View(reader.getRows()[i]), fmt::format("file.rows[{}]", i));
    if (line) {
      lines.push_back(*std::move(line));
      continue;
    }
    if (!first) first = line.error();
    every += fmt::format("{}row {}: {}", every.empty() ? "" : "; ", i, line.error().message);
  }
  if (first) return Error{first->code, first->field, every};
  auto out = file.initLines(static_cast<unsigned>(lines.size()));
  for (unsigned i = 0; i < out.size(); ++i) {
    out[i].setNumber(lines[i].number);
    out[i].setItem(lines[i].item);
    out[i].setMinor(lines[i].minor);
    out[i].setStudentToken(AsData(TokenOf("student", lines[i].student, door)));
  }
  file.disownRows();
  return Ok();
}

}  // namespace longmen::adapters::campus
