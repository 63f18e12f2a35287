#include "tests/adapters/http/frames.h"

#include <capnp/message.h>
#include <fmt/format.h>

#include <cstring>

#include "events/codec/codec.h"

namespace longmen::adapters::http {
namespace {

template <typename Number>
Number Read(std::string_view bytes, size_t at) {
  Number value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

}  // namespace

std::string Word(uint32_t low, uint32_t high) {
  std::string word(8, '\0');
  std::memcpy(word.data(), &low, 4);
  std::memcpy(word.data() + 4, &high, 4);
  return word;
}

std::string CanonicalWords(std::string_view json, std::string_view source) {
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  if (!FromJson(json, proposal).ok()) return "";
  if (!source.empty()) proposal.setSource(std::string(source));
  const auto canonical = Canonicalize(proposal.asReader());
  if (!canonical.ok()) return "";
  return {reinterpret_cast<const char*>(canonical->bytes().data()), canonical->bytes().size()};
}

std::string Framed(std::string_view segment) {
  return Word(0, static_cast<uint32_t>(segment.size() / 8)) + std::string(segment);
}

std::string Message(std::string_view json, std::string_view source) {
  return Framed(CanonicalWords(json, source));
}

std::string GroupOf(const std::vector<std::string>& messages) {
  std::string group = Word(0xffffffff, static_cast<uint32_t>(messages.size()));
  for (const std::string& message : messages) group += message;
  return group;
}

std::vector<std::string> ReadAnswers(std::string_view body) {
  static constexpr const char* kKinds[] = {"accepted", "duplicate", "conflict",
                                           "refused",  "invalid",   "unavailable"};
  if (body.size() < 8 || body.size() % 8 != 0 || Read<uint32_t>(body, 4) != 0) return {};
  std::vector<std::string> answers;
  size_t at = 8;
  for (uint32_t left = Read<uint32_t>(body, 0); left > 0; --left) {
    if (at + 16 > body.size()) return {};
    const auto sequence = Read<uint64_t>(body, at);
    const auto code = static_cast<Code>(Read<uint16_t>(body, at + 8));
    const auto kind = Read<uint8_t>(body, at + 10);
    const size_t field = Read<uint8_t>(body, at + 11);
    const size_t room = (field + 7) / 8 * 8;
    if (kind > 5 || at + 16 + room > body.size()) return {};
    std::string text = kKinds[kind];
    if (code != Code::NONE) text += " " + std::string(CodeName(code));
    if (field > 0) text += fmt::format(" [{}]", body.substr(at + 16, field));
    if (sequence > 0) text += fmt::format(" {}", sequence);
    if (const auto index = Read<uint16_t>(body, at + 12)) text += fmt::format(" #{}", index);
    answers.push_back(std::move(text));
    at += 16 + room;
  }
  return at == body.size() ? answers : std::vector<std::string>();
}

}  // namespace longmen::adapters::http
