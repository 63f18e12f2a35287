// Statement files as channels send them, written from lines: for tests that need a file of a day.
//
// What is written is what the formats can hold; what a format has no place for is left out. Each
// file is whole, with totals that are right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/time.h"

namespace longmen::testing {

struct FileLine {
  bool refund = false;             // else a payment
  int64_t minor = 0;               // CNY, >= 0
  int64_t fee = 0;                 // what is charged for it; of a refund: what is given back, >= 0
  Nanos at = 0;                    // whole seconds, within the file's day
  std::string reference;           // the channel's number of the payment or refund
  std::string order_key;           // the merchant's number of the order or refund, ASCII
  std::string original_reference;  // of a refund: the channel's number of the payment
  std::string original_order_key;  // of a refund: the merchant's number of the order
  std::string state = "SUCCESS";   // WeChat's of a refund: PROCESSING, SUCCESS, CLOSED, ABNORMAL
  std::string goods;               // what was sold, UTF-8
};

// WeChat's trade bill of a day, ALL of it: UTF-8, CR LF. Days are Beijing's, from midnight.
std::string WechatTradeBill(std::string_view merchant, const std::vector<FileLine>& lines);

// Alipay's order detail of a day [00:00, 24:00): GBK, CR LF. Alipay has no number of a refund.
std::string AlipayTradeBill(std::string_view account, DayNumber day,
                            const std::vector<FileLine>& lines);

// UnionPay's ZM records: GBK, LF. The clearing day, which the file does not state, runs from 23:00
// of the day before. References have at most 21 bytes, order keys 32, merchants 15.
std::string UnionPayZm(std::string_view merchant, const std::vector<FileLine>& lines);

// UTF-8 as GBK; the text must have one.
std::string ToGbk(std::string_view utf8);

}  // namespace longmen::testing
