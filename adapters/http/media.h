// Media types: what a body is, and what a client wants back.
#pragma once

#include <string>
#include <string_view>

namespace longmen::adapters::http {

inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kNdjsonType = "application/x-ndjson";
inline constexpr std::string_view kMessagesType = "application/vnd.longmen.proposals";
inline constexpr std::string_view kAnswersType = "application/vnd.longmen.answers";

// "Application/JSON; charset=utf-8" -> "application/json".
std::string MediaType(std::string_view field);

// Does an Accept field name this very type? Whoever says "*/*" gets what can be read.
bool AcceptsType(std::string_view accept, std::string_view type);

}  // namespace longmen::adapters::http
