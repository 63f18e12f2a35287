#include "adapters/statements/csv_record.h"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/statements/text.h"

namespace longmen::adapters::statements {

Status CsvRecord::Read(Lines& lines) {
  for (;;) {
    switch (Split(lines.line())) {
      case End::kDone:
        return Ok();
      case End::kBad:
        return BadLine(lines.number(),
                       fmt::format("something follows the quotes of value {}", fields_.size() + 1));
      case End::kOpen:
        break;
    }
    if (lines.line().size() > kRawMax) {
      return LineError(Code::TOO_LONG, lines.number(),
                       fmt::format("a value in quotes goes on beyond {} bytes", kRawMax));
    }
    if (!lines.Extend()) return BadLine(lines.number(), "a value in quotes does not end");
  }
}

size_t CsvRecord::FindSeparator(std::string_view line, size_t at) const {
  // Below 0x30 no byte is the second of a character in these encodings.
  if (!form_.two_bytes || form_.separator < 0x30) {
    return std::min(line.find(form_.separator, at), line.size());
  }
  for (; at < line.size() && line[at] != form_.separator; ++at) {
    if (static_cast<uint8_t>(line[at]) > 0x80) ++at;
  }
  return std::min(at, line.size());
}

CsvRecord::End CsvRecord::Split(std::string_view line) {
  fields_.clear();
  unquoted_.clear();
  unquoted_.reserve(line.size());  // the fields of this line point into it
  for (size_t at = 0;;) {
    size_t begin = at;
    if (form_.quote != 0) {
      while (begin < line.size() && line[begin] == ' ') ++begin;
    }
    if (form_.quote != 0 && begin < line.size() && line[begin] == form_.quote) {
      at = begin;
      const End end = TakeQuoted(line, at);
      if (end != End::kDone) return end;
    } else {
      const size_t separator = FindSeparator(line, at);
      fields_.push_back(line.substr(at, separator - at));
      at = separator;
    }
    if (at == line.size()) return End::kDone;
    ++at;
  }
}

CsvRecord::End CsvRecord::TakeQuoted(std::string_view line, size_t& at) {
  const size_t first = unquoted_.size();
  size_t begin = at + 1;
  for (;;) {
    const size_t quote = line.find(form_.quote, begin);
    if (quote == std::string_view::npos) return End::kOpen;
    unquoted_.append(line.substr(begin, quote - begin));
    at = quote + 1;
    if (at == line.size() || line[at] != form_.quote) break;
    unquoted_ += form_.quote;
    begin = at + 1;
  }
  while (at < line.size() && (line[at] == ' ' || line[at] == '\t') && line[at] != form_.separator) {
    ++at;
  }
  if (at != line.size() && line[at] != form_.separator) return End::kBad;
  fields_.push_back(std::string_view(unquoted_).substr(first));
  return End::kDone;
}

}  // namespace longmen::adapters::statements
