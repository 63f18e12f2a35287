// CsvRecord: one record of RFC 4180, split where it lies.
//
// A field may stand in quotes, and then hold separators, doubled quotes and ends of lines; blanks
// around the quotes are allowed, for exports have them, and anything else there is refused. In an
// encoding of two bytes a character the second byte is never taken for a separator.
//
// A record takes no allocation once the longest has been seen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/statements/lines.h"

namespace longmen::adapters::statements {

struct CsvForm {
  char separator = ',';
  char quote = '"';        // 0: none
  bool two_bytes = false;  // GBK and GB18030
};

class CsvRecord {
 public:
  explicit CsvRecord(CsvForm form = {}) : form_(form) {}

  // The line that `lines` is at, which is extended where a field goes on behind its end.
  Status Read(Lines& lines);
  size_t size() const { return fields_.size(); }
  // As they came, blanks included, but for quotes.
  std::string_view operator[](size_t field) const { return fields_[field]; }

 private:
  enum class End : uint8_t { kDone, kOpen, kBad };
  End Split(std::string_view line);
  // Takes the field in quotes that begins there off the line.
  End TakeQuoted(std::string_view line, size_t& at);
  size_t FindSeparator(std::string_view line, size_t at) const;

  CsvForm form_;
  std::vector<std::string_view> fields_;
  std::string unquoted_;  // what doubled quotes were taken out of
};

}  // namespace longmen::adapters::statements
