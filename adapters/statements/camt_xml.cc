#include "adapters/statements/camt_xml.h"

#include <fmt/format.h>

#include <pugixml.hpp>

namespace longmen::adapters::statements {
namespace {

// Whether it is called so in the vocabulary of a node of the message.
bool IsNamed(const pugi::xml_node& node, std::string_view name, const pugi::xml_node& like) {
  const std::string_view other = like.name();
  const size_t colon = other.find(':');
  const std::string_view prefix = colon == std::string_view::npos ? "" : other.substr(0, colon + 1);
  const std::string_view whole = node.name();
  return node.type() == pugi::node_element && whole.starts_with(prefix) &&
         whole.substr(prefix.size()) == name;
}

pugi::xml_node ChildNamed(const pugi::xml_node& node, std::string_view name) {
  for (pugi::xml_node child = node.first_child(); child; child = child.next_sibling()) {
    if (IsNamed(child, name, node)) return child;
  }
  return {};
}

}  // namespace

pugi::xml_node At(const pugi::xml_node& node, std::string_view path) {
  pugi::xml_node at = node;
  while (at && !path.empty()) {
    const size_t slash = path.find('/');
    at = ChildNamed(at, path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return at;
}

pugi::xml_node NextNamed(const pugi::xml_node& node, std::string_view name) {
  pugi::xml_node next = node.next_sibling();
  while (next && !IsNamed(next, name, node)) next = next.next_sibling();
  return next;
}

std::string_view TextAt(const pugi::xml_node& node, std::string_view path) {
  std::string_view text = At(node, path).child_value();
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

int64_t AmountAt(const pugi::xml_node& node, std::string_view path, Row& row) {
  const pugi::xml_node amount = At(node, path);
  if (!amount) {
    row.Fail(fmt::format("{} is missing", path));
    return 0;
  }
  if (NextNamed(amount, path.substr(path.rfind('/') + 1))) {
    row.Fail(fmt::format("there is more than one {}", path));
  }
  const std::string_view code = amount.attribute("Ccy").value();
  if (!code.empty() && code != row.currency().alphabetic()) {
    const bool known = CurrencyFromAlphabetic(code).has_value();
    row.Fail(known ? Code::CURRENCY_MISMATCH : Code::UNKNOWN_CURRENCY,
             fmt::format("the currency is '{}' here, and that of the statement {}", Shown(code),
                         row.currency().alphabetic()));
  }
  const int64_t minor = row.Amount(TextAt(amount, ""), path);
  if (minor < 0) row.Fail(fmt::format("{} is below zero", path));
  return minor;
}

schema::Direction DirectionOf(const pugi::xml_node& node, Row& row, schema::Direction otherwise) {
  const std::string_view word = TextAt(node, "CdtDbtInd");
  if (word == "CRDT") return schema::Direction::CREDIT;
  if (word == "DBIT") return schema::Direction::DEBIT;
  if (!word.empty() || otherwise == schema::Direction::UNSTATED) {
    row.Fail(fmt::format("CdtDbtInd is '{}', neither CRDT nor DBIT", Shown(word)));
  }
  return otherwise;
}

int OffsetOf(std::string_view time) {
  const auto with = ParseInstant(time);
  if (!with) return 0;
  const auto without = ParseInstant(fmt::format("{}Z", time.substr(0, 19)));
  return without ? static_cast<int>(FloorDivide(*without, kNanosPerMinute) -
                                    FloorDivide(*with, kNanosPerMinute))
                 : 0;
}

std::optional<WrittenTime> ParseWrittenTime(std::string_view text, int utc_offset_minutes) {
  const auto day = ParseDate(text.substr(0, 10));
  // Years in which a record can be, so that the product below stays in 64 bits.
  if (!day || YearOf(*day) < 1971 || YearOf(*day) > 2115) return std::nullopt;
  const Nanos offset = utc_offset_minutes * kNanosPerMinute;
  if (text.size() <= 10 || text[10] != 'T') {  // a date, perhaps with an offset
    return WrittenTime{.day = *day, .instant = *day * kNanosPerDay - offset, .midnight = true};
  }
  auto instant = ParseInstant(text);
  if (!instant) {
    instant = ParseInstant(fmt::format("{}Z", text));
    if (instant) *instant -= offset;
  }
  if (!instant) return std::nullopt;
  return WrittenTime{
      .day = *day, .instant = *instant, .midnight = text.substr(11, 8) == "00:00:00"};
}

std::optional<WrittenTime> TimeIn(const pugi::xml_node& node, int utc_offset_minutes) {
  const std::string_view time = TextAt(node, "DtTm");
  return ParseWrittenTime(time.empty() ? TextAt(node, "Dt") : time, utc_offset_minutes);
}

}  // namespace longmen::adapters::statements
