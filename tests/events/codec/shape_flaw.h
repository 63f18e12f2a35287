// One flaw in a proposal that is whole but for that.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "events/codec/codec.h"

namespace longmen {

// A golden proposal, which is as it should be.
inline std::string Whole(const std::string& name) {
  std::ifstream file("tests/events/golden/proposed/" + name + ".json");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// One change of a whole proposal. `from` stands in it exactly once.
struct Flaw {
  const char* base;
  std::string from;
  std::string to;
  Code code = Code::NONE;
  const char* field = "";
};

inline std::string Apply(const Flaw& flaw) {
  std::string json = Whole(flaw.base);
  const size_t at = json.find(flaw.from);
  EXPECT_NE(at, std::string::npos) << flaw.base << " has no " << flaw.from;
  EXPECT_EQ(json.find(flaw.from, at + 1), std::string::npos) << flaw.base << ": " << flaw.from;
  if (at != std::string::npos) json.replace(at, flaw.from.size(), flaw.to);
  return json;
}

inline void PrintTo(const Flaw& flaw, std::ostream* out) {
  *out << flaw.base << ": " << flaw.from << " -> " << flaw.to.substr(0, 80);
}

inline std::string CodeAndField(const Error& error) {
  return Describe({error.code, error.field, ""});
}

inline void ExpectRefused(const Flaw& flaw) {
  const auto result = ProposalFromJson(Apply(flaw));
  ASSERT_FALSE(result.ok()) << Apply(flaw);
  EXPECT_EQ(CodeAndField(result.error()), CodeAndField({flaw.code, flaw.field, ""}));
}

// "[item,item,...]"
inline std::string Repeat(const std::string& item, size_t times) {
  std::string list = "[";
  for (size_t i = 0; i < times; ++i) list += (i > 0 ? "," : "") + item;
  return list + "]";
}

inline const std::string k35(35, 'x');
inline const std::string k36(36, 'x');
inline const std::string k64(64, 'x');
inline const std::string k65(65, 'x');
inline const std::string k141(141, 'x');
inline constexpr const char* kSplit = R"({"minor":"1","account":"fee:1"})";

}  // namespace longmen
