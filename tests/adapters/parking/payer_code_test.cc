#include "adapters/parking/payer_code.h"

#include <gtest/gtest.h>

#include <string>

namespace longmen::adapters::parking {
namespace {

using schema::PayerCodeWallet;

std::string Code(const std::string& prefix, size_t digits) {
  return prefix + std::string(digits - prefix.size(), '7');
}

TEST(PayerCode, RoutesByLengthAndPrefixTogether) {  // domain B7, every pair
  for (size_t digits = 2; digits <= 30; ++digits) {
    for (int prefix = 0; prefix <= 99; ++prefix) {
      const std::string text = (prefix < 10 ? "0" : "") + std::to_string(prefix);
      PayerCodeWallet expected = PayerCodeWallet::UNSTATED;
      if (digits == 18 && prefix >= 10 && prefix <= 15) expected = PayerCodeWallet::WECHAT;
      if (digits >= 16 && digits <= 24 && prefix >= 25 && prefix <= 30) {
        expected = PayerCodeWallet::ALIPAY;
      }
      if (digits == 19 && prefix == 62) expected = PayerCodeWallet::UNIONPAY;
      EXPECT_EQ(RoutePayerCode(Code(text, digits)), expected) << text << " of " << digits;
    }
  }
}

TEST(PayerCode, IsMadeOfDigitsOnly) {
  EXPECT_EQ(RoutePayerCode(""), PayerCodeWallet::UNSTATED);
  EXPECT_EQ(RoutePayerCode("1"), PayerCodeWallet::UNSTATED);
  EXPECT_EQ(RoutePayerCode("62123456789012345 7"), PayerCodeWallet::UNSTATED);
  EXPECT_EQ(RoutePayerCode("621234567890123456x"), PayerCodeWallet::UNSTATED);
}

}  // namespace
}  // namespace longmen::adapters::parking
