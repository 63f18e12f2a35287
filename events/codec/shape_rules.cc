#include "events/codec/shape_rules.h"

#include <array>
#include <cstring>

#include "events/codec/codec.h"
#include "events/codec/text_forms.h"
#include "events/money/currency.h"

namespace longmen::codec {
namespace {

// Later than any real instant (the year 2116) and early enough that adding a bound of lateness to
// it stays within 64 bits.
constexpr int32_t kDayMax = 2'932'896;  // 9999-12-31, the last that has a text

// Printable ASCII that needs no escape in JSON and no quotes in a CSV file or a shell.
constexpr std::array<bool, 256> kIdBytes = [] {
  std::array<bool, 256> allowed{};
  for (size_t c = 0x21; c < 0x7f; ++c) allowed[c] = c != '"' && c != '\\';
  return allowed;
}();

constexpr uint64_t kLowBits = 0x0101010101010101;
constexpr uint64_t kHighBits = 0x8080808080808080;

// Nonzero where one of eight bytes, none above 0x7f, is `c`.
constexpr uint64_t Holds(uint64_t bytes, uint8_t c) {
  const uint64_t differs = bytes ^ c * kLowBits;
  return (differs - kLowBits) & ~differs & kHighBits;
}

// Are these eight bytes all in kIdBytes?
constexpr bool ArePlain(uint64_t bytes) {
  if ((bytes & kHighBits) != 0) return false;
  const uint64_t above_space = bytes + (0x80 - 0x21) * kLowBits;  // no carry: all are below 0x80
  return (above_space & kHighBits) == kHighBits &&
         (Holds(bytes, '"') | Holds(bytes, '\\') | Holds(bytes, 0x7f)) == 0;
}

// Eight at a time: a proposal is half ids, and every door looks at all of them.
bool IsPlain(std::string_view text) {
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, 8);
    if (!ArePlain(bytes)) return false;
  }
  for (; at < text.size(); ++at) {
    if (!kIdBytes[static_cast<uint8_t>(text[at])]) return false;
  }
  return true;
}

// Control characters are those of ASCII, DEL, and of Latin-1 (U+0080 to U+009F).
bool IsControl(std::string_view character) {
  const auto first = static_cast<uint8_t>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7f;
  return first == 0xc2 && static_cast<uint8_t>(character[1]) < 0xa0;
}

}  // namespace

std::string Place::Spell() const {
  std::string path = base;
  if (index < 0) return path;
  path += "[" + std::to_string(index) + "]";
  if (*tail != '\0') path += std::string(".") + tail;
  return path;
}

bool ShapeRules::Fail(Code code, const Place& place, const char* message) {
  error_ = {code, place.Spell(), message};
  return false;
}

bool ShapeRules::Id(capnp::Text::Reader text, const Place& place) {
  if (text.size() > 35) return Fail(Code::TOO_LONG, place);
  return IsPlain(View(text)) || Fail(Code::BAD_TEXT, place);
}

bool ShapeRules::Key(capnp::Text::Reader text, const Place& place) {
  if (text.size() > 64) return Fail(Code::TOO_LONG, place);
  return IsPlain(View(text)) || Fail(Code::BAD_TEXT, place);
}

bool ShapeRules::Person(capnp::Text::Reader text, const Place& place) {
  if (text.size() > 35) return Fail(Code::TOO_LONG, place);
  for (std::string_view rest = View(text); !rest.empty();) {
    const size_t length = Utf8Length(rest);
    if (length == 0 || IsControl(rest.substr(0, length))) return Fail(Code::BAD_TEXT, place);
    if (length == 1 && !kIdBytes[static_cast<uint8_t>(rest[0])]) {
      return Fail(Code::BAD_TEXT, place);
    }
    rest.remove_prefix(length);
  }
  return true;
}

bool ShapeRules::Text(capnp::Text::Reader text, const Place& place) {
  if (text.size() > 140) return Fail(Code::TOO_LONG, place);
  for (std::string_view rest = View(text); !rest.empty();) {
    const size_t length = Utf8Length(rest);
    if (length == 0 || IsControl(rest.substr(0, length))) return Fail(Code::BAD_TEXT, place);
    rest.remove_prefix(length);
  }
  return true;
}

bool ShapeRules::Free(capnp::Text::Reader text, const Place& place, size_t bytes_max) {
  if (text.size() > bytes_max) return Fail(Code::TOO_LONG, place);
  for (std::string_view rest = View(text); !rest.empty();) {
    const size_t length = Utf8Length(rest);
    if (length == 0 || IsControl(rest.substr(0, length))) return Fail(Code::BAD_TEXT, place);
    rest.remove_prefix(length);
  }
  return NoCardNumber(text, place);
}

bool ShapeRules::NoCardNumber(capnp::Text::Reader text, const Place& place) {
  return !ContainsCardNumber(View(text)) || Fail(Code::CARD_NUMBER, place);
}

bool ShapeRules::MerchantCategory(capnp::Text::Reader text, const Place& place) {
  if (text.size() == 0) return true;
  const bool digits = View(text).find_first_not_of("0123456789") == std::string_view::npos;
  return (text.size() == 4 && digits) || Fail(Code::BAD_TEXT, place, "not four digits");
}

bool ShapeRules::Positive(int64_t minor, const Place& place) {
  if (minor <= 0) return Fail(Code::AMOUNT_NOT_POSITIVE, place);
  return minor <= kAmountMax || Fail(Code::AMOUNT_OUT_OF_RANGE, place);
}

bool ShapeRules::NotNegative(int64_t value, const Place& place, int64_t max) {
  return (value >= 0 && value <= max) || Fail(Code::AMOUNT_OUT_OF_RANGE, place);
}

bool ShapeRules::Currency(uint16_t numeric, const Place& place) {
  if (numeric == 0) return Fail(Code::MISSING_FIELD, place);
  return CurrencyFromNumeric(numeric).has_value() || Fail(Code::UNKNOWN_CURRENCY, place);
}

bool ShapeRules::Amount(int64_t minor, uint16_t currency, const Place& group,
                        const Place& minor_place, const Place& currency_place) {
  return Required(minor != 0 || currency != 0, group) && Positive(minor, minor_place) &&
         Currency(currency, currency_place);
}

bool ShapeRules::Instant(int64_t nanos, const Place& place) {
  return (nanos >= 0 && nanos < kInstantMax) || Fail(Code::BAD_TIME, place);
}

bool ShapeRules::Date(int32_t day, const Place& place) {
  return (day >= 0 && day <= kDayMax) || Fail(Code::BAD_TIME, place);
}

bool ShapeRules::UtcOffset(int16_t minutes, const Place& place) {
  return (minutes > -24 * 60 && minutes < 24 * 60) || Fail(Code::BAD_TIME, place);
}

bool ShapeRules::Ids(capnp::List<capnp::Text>::Reader ids, const char* list) {
  if (!ListSize(ids.size(), list)) return false;
  for (unsigned i = 0; i < ids.size(); ++i) {
    if (!RequiredId(ids[i], {list, i})) return false;
  }
  return true;
}

bool ShapeRules::Splits(capnp::List<schema::Split>::Reader splits, int64_t amount,
                        const char* list) {
  if (!ListSize(splits.size(), list)) return false;
  int64_t rest = amount;
  for (unsigned i = 0; i < splits.size(); ++i) {
    const auto split = splits[i];
    if (!Positive(split.getMinor(), {list, i, "minor"}) ||
        !RequiredId(split.getAccount(), {list, i, "account"})) {
      return false;
    }
    // Both are at most kAmountMax and there are at most a hundred: no overflow.
    rest -= split.getMinor();
  }
  return rest >= 0 || Fail(Code::AMOUNT_OUT_OF_RANGE, list, "together more than the amount");
}

bool ShapeRules::Reference(schema::Reference::Reader reference, const Place& id,
                           const Place& source) {
  return RequiredId(reference.getId(), id) && Id(reference.getSource(), source);
}

}  // namespace longmen::codec
