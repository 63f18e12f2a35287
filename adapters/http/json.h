// How this door writes values: the conventions of pages.h in one place.
#pragma once

#include <capnp/schema.h>
#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "events/base/code.h"
#include "events/money/money.h"

namespace longmen::adapters::http {

// Boost.JSON takes std::string but not every view of one.
inline std::string JsonText(std::string_view text) { return std::string(text); }

template <typename Number>
std::string JsonNumber(Number number) {
  return fmt::format("{}", number);
}
inline std::string JsonSum(const WideSum& sum) { return JsonNumber(sum.value()); }

// What arrives in another currency, if anything is exchanged.
template <typename Object>
void AddCounter(const Money& counter, Object& out) {
  if (counter.currency.numeric == 0) return;
  out["counterCurrency"] = JsonText(counter.currency.alphabetic());
  out["counterAmountMinor"] = JsonNumber(counter.minor);
}

// "b2b_gateway": an enumerant of the schema.
template <typename Enum>
std::string EnumName(Enum value) {
  const auto enumerants = capnp::Schema::from<Enum>().getEnumerants();
  const auto number = static_cast<uint16_t>(value);
  return number < enumerants.size() ? SnakeCase(enumerants[number].getProto().getName().cStr())
                                    : std::to_string(number);
}

// The enumerant of that name; nothing for others and for the first, which always means "none".
template <typename Enum>
std::optional<Enum> EnumFromName(std::string_view name) {
  const auto enumerants = capnp::Schema::from<Enum>().getEnumerants();
  for (capnp::uint number = 1; number < enumerants.size(); ++number) {
    if (EnumName(static_cast<Enum>(number)) == name) return static_cast<Enum>(number);
  }
  return std::nullopt;
}

}  // namespace longmen::adapters::http
