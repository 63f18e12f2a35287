// A channel's days: what a platform collected through it, and the bill that the channel makes of
// it.
#pragma once

#include <string>
#include <vector>

#include "events/codec/codec.h"

namespace longmen::bench {

inline constexpr DayNumber kFirstDay = 18'687;  // 2021-03-01
inline constexpr const char* kRule = "wechat";

// The participants, accounts and the matching rule, as JSON proposals in order.
std::vector<std::string> SetUpJson();

// Every line follows from its day and number. One line in a hundred thousand is missing on one
// side.
class ChannelDay {
 public:
  ChannelDay(int day, size_t lines) : day_(day), lines_(lines) {}

  // Our debits of the day.
  std::vector<ProposalBytes> Debits() const;
  // The trade bill, as WeChat writes it.
  std::string Bill() const;
  // Lines of the bill.
  size_t bill_lines() const { return lines_; }

 private:
  std::string Reference(size_t line) const;
  std::string Session(size_t line) const;
  static int64_t Minor(size_t line) { return 100 * static_cast<int64_t>(1 + line % 97); }
  Nanos At(size_t line) const;

  const int day_;
  const size_t lines_;
};

}  // namespace longmen::bench
