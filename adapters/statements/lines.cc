#include "adapters/statements/lines.h"

#include <fmt/format.h>

#include <algorithm>

namespace longmen::adapters::statements {

std::string_view WithoutMark(std::string_view bytes) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  return bytes.starts_with(kMark) ? bytes.substr(kMark.size()) : bytes;
}

std::string_view Lines::Cut() {
  const size_t end = rest_.find('\n');
  const std::string_view cut = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  ++number_;
  return cut.ends_with('\r') ? cut.substr(0, cut.size() - 1) : cut;
}

bool Lines::Next() {
  if (rest_.empty()) return false;
  line_ = Cut();
  first_ = number_;
  return true;
}

bool Lines::Extend() {
  if (rest_.empty()) return false;
  const std::string_view more = Cut();
  line_ = {line_.data(), static_cast<size_t>(more.data() + more.size() - line_.data())};
  return true;
}

Error LineError(Code code, uint64_t line, std::string message, const char* place) {
  return Error{code, fmt::format("{} {}", place, line), std::move(message)};
}

uint64_t LinesBefore(std::string_view bytes, size_t at) {
  const std::string_view before = bytes.substr(0, at);
  return static_cast<uint64_t>(std::ranges::count(before, '\n'));
}

Status CheckCount(uint64_t line, std::string_view name, uint64_t counted, int64_t stated,
                  const char* place) {
  if (static_cast<__int128>(counted) == stated) return Ok();
  return LineError(Code::CONTROL_TOTAL_MISMATCH, line,
                   fmt::format("{} is {} here, and there are {} lines: {} apart", name, stated,
                               counted, static_cast<__int128>(counted) - stated),
                   place);
}

Status CheckSum(uint64_t line, std::string_view name, const WideSum& counted, int64_t stated,
                Currency currency, const char* place) {
  if (counted.value() == stated) return Ok();
  WideSum apart = counted;
  apart.Add(-stated);
  return LineError(
      Code::CONTROL_TOTAL_MISMATCH, line,
      fmt::format("{} is {} here, and the lines come to {}: {} apart", name,
                  FormatMinor(stated, currency), counted.Format(currency), apart.Format(currency)),
      place);
}

}  // namespace longmen::adapters::statements
