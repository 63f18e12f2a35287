// Frames: bodies of the binary door as a client would put them together, and its answers read back.
// Written from docs/http.md and not with the door's own code.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace longmen::adapters::http {

constexpr std::string_view kProposals = "application/vnd.longmen.proposals";
constexpr std::string_view kAnswers = "application/vnd.longmen.answers";

std::string Word(uint32_t low, uint32_t high);

// The canonical bytes of a proposal given as JSON, whatever its shape; empty where it is no JSON.
std::string CanonicalWords(std::string_view json, std::string_view source = "operator");
// One segment as a message.
std::string Framed(std::string_view segment);
std::string Message(std::string_view json, std::string_view source = "operator");
std::string GroupOf(const std::vector<std::string>& messages);

// "accepted 7", "invalid malformed [item]", "refused order_exists [key] 9 #1", one an answer;
// nothing where the bytes are not what the page says.
std::vector<std::string> ReadAnswers(std::string_view body);

}  // namespace longmen::adapters::http
