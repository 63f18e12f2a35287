#include <gtest/gtest.h>

#include "events/codec/codec.h"

namespace longmen {
namespace {

TEST(CardNumber, IsFoundHoweverItIsWritten) {
  for (const char* text : {"4111111111111111",
                           "4111 1111 1111 1111",
                           "4111-1111-1111-1111",
                           "4222222222222",
                           "5555555555554444",
                           "2223003122003222",
                           "378282246310005",
                           "3530111333300000",
                           "6011111111111117",
                           "6222021234567890128",
                           "6222 0212 3456 7890 128",
                           "pay with 4111111111111111, please",
                           "卡号：4111111111111111。",
                           "x4111111111111111x",
                           "order 17 4111 1111 1111 1111",
                           "4111 1111 1111 1111 05/27",
                           "1-4111111111111111",
                           "4111 1111-1111 1111",
                           "4111.1111.1111.1111",
                           "4111/1111/1111/1111",
                           "4111_1111_1111_1111",
                           "4111  1111  1111  1111",
                           "4111 - 1111 - 1111 - 1111",
                           "4111\u00a01111\u00a01111\u00a01111",
                           "4111\u20131111\u20131111\u20131111",
                           "４１１１１１１１１１１１１１１１",
                           "卡号４１１１　１１１１　１１１１　１１１１"}) {
    EXPECT_TRUE(ContainsCardNumber(text)) << text;
  }
}

TEST(CardNumber, IsNotEveryLongNumber) {
  for (const char* text :
       {"", "no digits", "411111111111", "4111111111111112", "411111111111111a",
        "1234567890123452",                  // Luhn, but no issuer begins so
        "134567890123456780",                // a payer code of a wallet
        "20210301123456789012345678901234",  // an order number, longer than any card
        "4111    1111    1111    1111",      // four spaces are a table
        "4111, 1111, 1111, 1111", "41111111111111111111", "４１１１１１１１１１１１１１１２"}) {
    EXPECT_FALSE(ContainsCardNumber(text)) << text;
  }
}

// About one random number in ten passes Luhn; only together with an issuer's prefix it counts.
TEST(CardNumber, NeedsBothThePrefixAndLuhn) {
  int found = 0;
  for (int last = 0; last < 10; ++last) {
    if (ContainsCardNumber("622202123456789012" + std::to_string(last))) ++found;
    EXPECT_FALSE(ContainsCardNumber("902202123456789012" + std::to_string(last)));
  }
  EXPECT_EQ(found, 1);
}

TEST(CardNumber, TakesTimeInProportionToTheText) {
  std::string digits;
  for (int i = 0; i < 200'000; ++i) digits += i % 2 == 0 ? "4" : " ";
  EXPECT_FALSE(ContainsCardNumber(std::string(1'000'000, '7')));
  (void)ContainsCardNumber(digits);
}

}  // namespace
}  // namespace longmen
