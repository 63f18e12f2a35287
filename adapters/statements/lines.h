// Lines: the lines of a file, one after another, and the errors that name them.
//
// A line ends with LF or CR LF, the last one with the file too. Line numbers begin at 1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/result.h"
#include "events/money/money.h"

namespace longmen::adapters::statements {

inline constexpr size_t kRawMax = 32'768;  // of a line that is kept as it came

// A mark of UTF-8 before the first line is no part of it.
std::string_view WithoutMark(std::string_view bytes);

class Lines {
 public:
  explicit Lines(std::string_view bytes, uint64_t lines_before = 0)
      : rest_(bytes), number_(lines_before), first_(lines_before) {}

  // False at the end.
  bool Next();
  // The line goes on in the next one, whose end becomes its own. False at the end.
  bool Extend();
  std::string_view line() const { return line_; }  // without its end
  uint64_t number() const { return first_; }       // of the line's begin
  std::string_view rest() const { return rest_; }  // what follows the line

 private:
  std::string_view Cut();

  std::string_view rest_;
  std::string_view line_;
  uint64_t number_ = 0;  // of lines that were cut
  uint64_t first_ = 0;
};

// "line 17"; of XML "entry 17".
Error LineError(Code code, uint64_t line, std::string message, const char* place = "line");
inline Error BadLine(uint64_t line, std::string message) {
  return LineError(Code::BAD_LINE, line, std::move(message));
}
// How many lines lie before the byte `at`; for errors, since it counts them.
uint64_t LinesBefore(std::string_view bytes, size_t at);

// control_total_mismatch where the two differ: what the file states under the name, at the line,
// and what its lines come to.
Status CheckCount(uint64_t line, std::string_view name, uint64_t counted, int64_t stated,
                  const char* place = "line");
Status CheckSum(uint64_t line, std::string_view name, const WideSum& counted, int64_t stated,
                Currency currency, const char* place = "line");

}  // namespace longmen::adapters::statements
