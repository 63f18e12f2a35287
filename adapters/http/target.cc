#include "adapters/http/target.h"

#include <fmt/format.h>

#include <charconv>

namespace longmen::adapters::http {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// "+" stays itself: this is a URI, not a form, and instants carry offsets.
std::optional<std::string> Decode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

// Calls `part` with every piece between separators; false as soon as it says so.
template <typename Part>
bool ForEachPart(std::string_view text, char separator, const Part& part) {
  while (true) {
    const size_t end = text.find(separator);
    if (!part(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

Result<Target> ParseTarget(std::string_view target) {
  const Error malformed{Code::MALFORMED, "target", "the request target is not a path and query"};
  if (target.empty() || target.front() != '/') return malformed;
  const size_t mark = target.find('?');
  Target parsed;
  const bool path_read =
      ForEachPart(target.substr(1, mark == std::string_view::npos ? mark : mark - 1), '/',
                  [&](std::string_view segment) {
                    auto decoded = Decode(segment);
                    if (decoded) parsed.path.push_back(std::move(*decoded));
                    return decoded.has_value();
                  });
  if (!path_read) return malformed;
  if (mark == std::string_view::npos) return parsed;
  std::optional<std::string> twice;
  const bool query_read = ForEachPart(target.substr(mark + 1), '&', [&](std::string_view pair) {
    if (pair.empty()) return true;
    const size_t equals = pair.find('=');
    auto name = Decode(pair.substr(0, equals));
    auto value = Decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    if (!name || !value) return false;
    if (!parsed.query.emplace(*name, *value).second) twice = *name;
    return !twice;
  });
  if (twice) return Error{Code::MALFORMED, *twice, "it stands there twice"};
  if (!query_read) return malformed;
  return parsed;
}

Result<uint64_t> NumberParameter(const Target& target, const std::string& name, uint64_t fallback) {
  const auto found = target.query.find(name);
  if (found == target.query.end()) return fallback;
  const std::string& text = found->second;
  uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) {
    return Error{Code::MALFORMED, name, "not a whole number"};
  }
  return number;
}

Result<uint64_t> LimitParameter(const Target& target) {
  auto limit = NumberParameter(target, "limit", kLimitDefault);
  if (limit.ok() && *limit >= 1 && *limit <= kLimitMax) return limit;
  return Error{Code::MALFORMED, "limit", fmt::format("a whole number from 1 to {}", kLimitMax)};
}

Result<std::optional<DayNumber>> DateParameter(const Target& target, const std::string& name) {
  const auto found = target.query.find(name);
  if (found == target.query.end()) return std::optional<DayNumber>();
  const std::optional<DayNumber> day = ParseDate(found->second);
  if (!day) return Error{Code::BAD_TIME, name, "not a date like 2021-03-01"};
  return day;
}

std::string TextParameter(const Target& target, const std::string& name) {
  const auto found = target.query.find(name);
  return found == target.query.end() ? "" : found->second;
}

}  // namespace longmen::adapters::http
