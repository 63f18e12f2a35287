#include "adapters/iso20022/mapping.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "adapters/iso20022/values.h"

namespace longmen::adapters::iso20022 {
namespace {

namespace json = boost::json;

// Before a name that no ledger has: names that are mapped to must not begin with it.
constexpr char kUnmapped = '?';
constexpr size_t kPrefixMax = 12;
constexpr int kUtcOffsetMax = 14 * 60;

std::string Unmapped(std::string_view external) {
  return kUnmapped + Reference(external, kIdLettersMax - 1);
}

Result<std::string> NameIn(const json::value& value, const std::string& field) {
  if (!value.is_string()) return Error{Code::MALFORMED, field, "a text is wanted"};
  std::string name(value.get_string());
  if (name.empty()) return Error{Code::MISSING_FIELD, field, "it must say something"};
  if (name.front() == kUnmapped) {
    return Error{Code::BAD_TEXT, field,
                 fmt::format("'{}' begins names that are not mapped", kUnmapped)};
  }
  return name;
}

Status ReadNames(const json::value& value, const std::string& field,
                 std::map<std::string, std::string, std::less<>>& names) {
  if (!value.is_object()) return Error{Code::MALFORMED, field, "an object is wanted"};
  for (const auto& member : value.get_object()) {
    const std::string external(member.key());
    auto name = NameIn(member.value(), field + "." + external);
    if (!name.ok()) return name.error();
    names[external] = *std::move(name);
  }
  return Ok();
}

Result<Debtor> ReadDebtor(const json::value& value, const std::string& field) {
  if (!value.is_object()) return Error{Code::MALFORMED, field, "an object is wanted"};
  Debtor debtor;
  for (const auto& member : value.get_object()) {
    const std::string at = field + "." + std::string(member.key());
    auto name = NameIn(member.value(), at);
    if (!name.ok()) return name.error();
    if (member.key() == "mode") {
      debtor.mode = *std::move(name);
    } else if (member.key() == "submitter") {
      debtor.submitter = *std::move(name);
    } else {
      return Error{Code::UNKNOWN_FIELD, at, "a debtor has mode and submitter"};
    }
  }
  if (debtor.mode.empty()) return Error{Code::MISSING_FIELD, field + ".mode", "whose limits?"};
  if (debtor.submitter.empty()) return Error{Code::MISSING_FIELD, field + ".submitter", "who?"};
  return debtor;
}

Result<int> ReadOffset(const json::value& value) {
  if (value.is_int64()) {
    const int64_t minutes = value.get_int64();
    if (minutes >= -kUtcOffsetMax && minutes <= kUtcOffsetMax) return static_cast<int>(minutes);
  }
  return Error{Code::BAD_TIME, "utcOffsetMinutes", "minutes, up to 14 hours either way"};
}

Status ReadDebtors(const json::value& value, std::map<std::string, Debtor, std::less<>>& debtors) {
  if (!value.is_object()) return Error{Code::MALFORMED, "debtors", "an object is wanted"};
  for (const auto& member : value.get_object()) {
    const std::string external(member.key());
    auto debtor = ReadDebtor(member.value(), "debtors." + external);
    if (!debtor.ok()) return debtor.error();
    debtors[external] = *std::move(debtor);
  }
  return Ok();
}

// It stands in references, between marks of its own.
Result<std::string> ReadPrefix(const json::value& value) {
  auto prefix = NameIn(value, "prefix");
  if (!prefix.ok()) return prefix.error();
  if (prefix->size() > kPrefixMax || Reference(*prefix) != *prefix ||
      prefix->find_first_of("+/") != std::string::npos) {
    return Error{Code::BAD_TEXT, "prefix",
                 fmt::format("up to {} letters and digits of ASCII", kPrefixMax)};
  }
  return prefix;
}

std::string FirstNamed(const std::map<std::string, std::string, std::less<>>& names,
                       std::string_view wanted) {
  for (const auto& [external, name] : names) {
    if (name == wanted) return external;
  }
  return std::string(wanted);
}

}  // namespace

Result<Mapping> Mapping::Parse(std::string_view text) {
  boost::system::error_code error;
  const json::value root = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !root.is_object())
    return Error{Code::MALFORMED, "mapping", "one JSON object is wanted"};
  Mapping mapping;
  mapping.given_ = true;
  for (const auto& member : root.get_object()) {
    const std::string name(member.key());
    if (name == "accounts") {
      RETURN_IF_ERROR(ReadNames(member.value(), name, mapping.accounts_));
    } else if (name == "agents") {
      RETURN_IF_ERROR(ReadNames(member.value(), name, mapping.agents_));
    } else if (name == "utcOffsetMinutes") {
      const auto minutes = ReadOffset(member.value());
      if (!minutes.ok()) return minutes.error();
      mapping.utc_offset_minutes_ = *minutes;
    } else if (name == "scheme") {
      auto scheme = NameIn(member.value(), name);
      if (!scheme.ok()) return scheme.error();
      mapping.scheme_ = *std::move(scheme);
    } else if (name == "prefix") {
      auto prefix = ReadPrefix(member.value());
      if (!prefix.ok()) return prefix.error();
      mapping.prefix_ = *std::move(prefix);
    } else if (name == "debtors") {
      RETURN_IF_ERROR(ReadDebtors(member.value(), mapping.debtors_));
    } else {
      return Error{Code::UNKNOWN_FIELD, name, "a mapping has no such member"};
    }
  }
  return mapping;
}

std::string Mapping::AccountOf(std::string_view external) const {
  const auto it = accounts_.find(external);
  if (it != accounts_.end()) return it->second;
  return given_ ? Unmapped(external) : std::string(external);
}

Debtor Mapping::DebtorOf(std::string_view external) const {
  const auto it = debtors_.find(external);
  if (it != debtors_.end()) return it->second;
  return {.mode = Unmapped(external), .submitter = "nobody"};
}

std::string Mapping::ParticipantOf(std::string_view agent) const {
  const auto it = agents_.find(agent);
  return it == agents_.end() ? std::string(agent) : it->second;
}

std::string Mapping::ExternalOf(std::string_view account) const {
  return FirstNamed(accounts_, account);
}

std::string Mapping::AgentOf(std::string_view participant) const {
  return FirstNamed(agents_, participant);
}

}  // namespace longmen::adapters::iso20022
