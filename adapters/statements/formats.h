// Formats: what a format has to be, and which there are.
//
// A format is a file of its own that defines one of these, declared and listed below.
#pragma once

#include <string_view>

#include "adapters/statements/statement_file.h"

namespace longmen::adapters::statements {

struct Format {
  std::string_view name;
  // Whether the bytes are in it, by their beginning. Of several the first in the list has it.
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
    &kDescribed,  // what somebody describes is that, whatever it looks like
    &kWechatTrade, &kWechatFund, &kAlipayTrade, &kAlipayAccount, &kUnionPayZm,
    &kCamt052,     &kCamt053,    &kCamt054,     &kLongmen,
};

}  // namespace longmen::adapters::statements
