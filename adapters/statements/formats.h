// Formats: what a format has to be, and which there are.
//
// A format is a file of its own that defines one of these, and a line below.
#pragma once

#include <string_view>

#include "adapters/statements/statement_file.h"

namespace longmen::adapters::statements {

struct Format {
  std::string_view name;
  // Whether the bytes are in it, by their beginning. No two formats recognise the same file.
  bool (*recognises)(std::string_view bytes, const StatementDefaults& defaults);
  Status (*read)(std::string_view bytes, const StatementDefaults& defaults,
                 StatementVisitor& visitor);
};

extern const Format kWechatTrade;
extern const Format kWechatFund;
extern const Format kAlipayTrade;
extern const Format kAlipayAccount;
extern const Format kUnionPayZm;
extern const Format kCamt052;
extern const Format kCamt053;
extern const Format kCamt054;
extern const Format kLongmen;
extern const Format kDescribed;

inline constexpr const Format* kFormats[] = {
    &kWechatTrade, &kWechatFund, &kAlipayTrade, &kAlipayAccount, &kUnionPayZm,
};

}  // namespace longmen::adapters::statements
