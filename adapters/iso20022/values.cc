#include "adapters/iso20022/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "events/base/hash.h"
#include "events/codec/text_forms.h"

namespace longmen::adapters::iso20022 {
namespace {

constexpr int kSumDecimals = 5;         // an amount's, at most
constexpr size_t kSumDigitsMax = 18;    // of CtrlSum, which the schema says
constexpr size_t kCountDigitsMax = 15;  // Max15NumericText
constexpr Nanos kNanosPerMillisecond = 1'000'000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsDigits(std::string_view text) { return std::ranges::all_of(text, IsDigit); }

size_t LettersOf(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// A decimal as a count of 10^-5; nothing where it is none, or has digits beyond.
std::optional<__int128> ParseSum(std::string_view text) {
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string decimals(point == std::string_view::npos ? "" : text.substr(point + 1));
  while (decimals.ends_with('0')) decimals.pop_back();
  if (whole.empty() || whole.size() > kSumDigitsMax || decimals.size() > kSumDecimals ||
      !IsDigits(whole) || !IsDigits(decimals)) {
    return std::nullopt;
  }
  decimals.resize(kSumDecimals, '0');
  __int128 sum = 0;
  for (const char c : std::string(whole) + decimals) sum = sum * 10 + (c - '0');
  return sum;
}

std::string FormatSum(__int128 sum, int decimals) {
  std::string digits;
  for (__int128 rest = sum; rest > 0 || digits.size() <= kSumDecimals; rest /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  std::string text = digits.substr(0, digits.size() - kSumDecimals);
  std::string rest = digits.substr(digits.size() - kSumDecimals);
  while (rest.size() > static_cast<size_t>(decimals) && rest.ends_with('0')) rest.pop_back();
  return rest.empty() ? text : text + "." + rest;
}

__int128 PowerOfTen(int exponent) {
  __int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// ISO 8601 with an offset behind it, if it has none.
bool HasOffset(std::string_view text) {
  const size_t time = text.find('T');
  return time != std::string_view::npos &&
         text.find_first_of("Z+-", time) != std::string_view::npos;
}

}  // namespace

void Reading::Fail(Code code, std::string path, std::string message) {
  if (!error_) error_ = Error{code, std::move(path), std::move(message)};
}

void Reading::Fail(Code code, const Element& at, std::string message) {
  if (!error_) Fail(code, at.Path(), std::move(message));
}

std::string Reading::Letters(const Element& element, size_t letters_max, bool required) {
  std::string text = element.Text();
  if (text.empty() && required) Fail(Code::MISSING_FIELD, element, "it must be there");
  const size_t letters = LettersOf(text);
  if (letters > letters_max) {
    Fail(Code::TOO_LONG, element, fmt::format("{} letters of at most {}", letters, letters_max));
  }
  return text;
}

std::string Reading::OneOf(const Element& element, std::initializer_list<std::string_view> codes) {
  std::string text = Id(element);
  if (std::ranges::find(codes, text) == codes.end()) {
    Fail(Code::UNKNOWN_ENUM, element,
         fmt::format("'{}' is none of {}", text, fmt::join(codes, ", ")));
  }
  return text;
}

uint64_t Reading::Count(const Element& element) {
  const std::string text = Letters(element, kCountDigitsMax, true);
  uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) {
    Fail(Code::BAD_TEXT, element, fmt::format("'{}' is not a count", text));
  }
  return count;
}

DayNumber Reading::Date(const Element& element) {
  const std::string text = Letters(element, kIdLettersMax, true);
  const auto date = ParseDate(text);
  if (!date) Fail(Code::BAD_TIME, element, fmt::format("'{}' is not a date", text));
  return date.value_or(0);
}

Nanos Reading::Instant(const Element& element) {
  std::string text = Letters(element, kIdLettersMax, true);
  const bool local = !HasOffset(text);
  const auto instant = ParseInstant(local ? text + "Z" : text);
  if (!instant) Fail(Code::BAD_TIME, element, fmt::format("'{}' is not an instant", text));
  return instant.value_or(0) - (local ? utc_offset_minutes_ * kNanosPerMinute : 0);
}

Money Reading::Amount(const Element& element) {
  const std::string text = Letters(element, kIdLettersMax, true);
  const std::string code = element.Attribute("Ccy");
  if (element.repeated()) Fail(Code::MALFORMED, element, "there is more than one");
  const auto currency = CurrencyFromAlphabetic(code);
  if (!currency) {
    Fail(code.empty() ? Code::MISSING_FIELD : Code::UNKNOWN_CURRENCY, element,
         code.empty() ? "Ccy must be there" : fmt::format("'{}'", code));
    return {};
  }
  const auto amount = ParseMoney(text, *currency);
  if (!amount.ok()) {
    Fail(amount.error().code, element, fmt::format("{} {}", code, amount.error().message));
    return {};
  }
  if (amount->minor <= 0)
    Fail(Code::AMOUNT_NOT_POSITIVE, element, fmt::format("{} {}", code, text));
  return *amount;
}

std::string Reading::Account(const Element& account, bool required) {
  const Element iban = account.Of({"Id", "IBAN"});
  if (iban.present()) return Letters(iban, kAccountLettersMax, true);
  return Letters(account.Of({"Id", "Othr", "Id"}), kAccountLettersMax, required);
}

std::string Reading::Agent(const Element& agent) {
  const Element institution = agent.Child("FinInstnId");
  for (const Element& id : {institution.Of({"ClrSysMmbId", "MmbId"}), institution.Child("BICFI"),
                            institution.Of({"Othr", "Id"})}) {
    if (id.present()) return Id(id);
  }
  return "";
}

void DecimalSum::Add(const Money& amount) {
  sum_ += amount.minor * PowerOfTen(kSumDecimals - amount.currency.exponent());
}

void DecimalSum::Check(const Element& stated, Reading& reading) const {
  if (!stated.present() || reading.failed()) return;
  const std::string text = stated.Text();
  const auto sum = ParseSum(text);
  if (!sum) return reading.Fail(Code::BAD_TEXT, stated, fmt::format("'{}' is not a sum", text));
  if (*sum == sum_) return;
  const __int128 difference = *sum > sum_ ? *sum - sum_ : sum_ - *sum;
  reading.Fail(
      Code::CONTROL_TOTAL_MISMATCH, stated,
      fmt::format("{} is stated and the amounts are {}: {} too {}", text, FormatSum(sum_, 2),
                  FormatSum(difference, 2), *sum > sum_ ? "much" : "little"));
}

std::string DecimalSum::Text(int decimals) const { return FormatSum(sum_, decimals); }

void CheckCount(const Element& stated, uint64_t count, Reading& reading) {
  const uint64_t said = reading.Count(stated);
  if (reading.failed() || said == count) return;
  reading.Fail(
      Code::CONTROL_TOTAL_MISMATCH, stated,
      fmt::format("{} are stated and {} are there: {} too {}", said, count,
                  said > count ? said - count : count - said, said > count ? "many" : "few"));
}

// ISO 13616: two letters, two check digits, then letters and digits; with the first four put last
// and letters as 10 to 35 the number leaves 1 when divided by 97.
bool IsIban(std::string_view text) {
  constexpr size_t kIbanMin = 15;
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (text.size() < kIbanMin || text.size() > kAccountLettersMax || !is_letter(text[0]) ||
      !is_letter(text[1])) {
    return false;
  }
  int rest = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[(i + 4) % text.size()];
    if (IsDigit(c)) {
      rest = (rest * 10 + (c - '0')) % 97;
    } else if (is_letter(c)) {
      rest = (rest * 100 + (c - 'A' + 10)) % 97;
    } else {
      return false;
    }
  }
  return rest == 1 && IsDigit(text[2]) && IsDigit(text[3]);
}

void PutAmount(Branch branch, const char* name, const Money& amount) {
  branch.Put(name, FormatMinor(amount.minor, amount.currency))
      .Attribute("Ccy", amount.currency.alphabetic());
}

void PutAccount(Branch branch, const char* name, std::string_view account) {
  const Branch id = branch.Put(name).Put("Id");
  if (IsIban(account)) {
    id.Put("IBAN", account);
  } else {
    id.Put("Othr").Put("Id", account);
  }
}

void PutAgent(Branch branch, const char* name, std::string_view agent) {
  constexpr size_t kCnapsDigits = 12;
  const Branch institution = branch.Put(name).Put("FinInstnId");
  if (agent.size() != kCnapsDigits || !IsDigits(agent)) {
    institution.Put("Othr").Put("Id", agent);
    return;
  }
  const Branch member = institution.Put("ClrSysMmbId");
  member.Put("ClrSysId").Put("Cd", "CNAPS");
  member.Put("MmbId", agent);
}

Branch PutHeader(Branch message, std::string_view id, Nanos created) {
  const Branch header = message.Put("GrpHdr");
  header.Put("MsgId", id);
  header.Put("CreDtTm", FormatInstant(created - created % kNanosPerMillisecond));
  return header;
}

std::string Reference(std::string_view text, size_t max) {
  constexpr size_t kHashDigits = 16;
  const bool plain = std::ranges::all_of(
      text, [](char c) { return c > ' ' && c <= '}' && c != '"' && c != '\\'; });
  if (plain && text.size() <= max) return std::string(text);
  std::string reference;
  for (const char c : text.substr(0, max - kHashDigits - 1)) {
    reference += c > ' ' && c <= '}' && c != '"' && c != '\\' ? c : '_';
  }
  return reference + "~" + Hex(Sha256(AsBytes(text))).substr(0, kHashDigits);
}

}  // namespace longmen::adapters::iso20022
