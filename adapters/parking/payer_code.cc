#include "adapters/parking/payer_code.h"

#include <algorithm>

namespace longmen::adapters::parking {
namespace {

using schema::PayerCodeWallet;

struct Route {
  size_t digits_min;
  size_t digits_max;
  int prefix_min;  // of the first two digits
  int prefix_max;
  PayerCodeWallet wallet;
};

constexpr Route kRoutes[] = {
    {18, 18, 10, 15, PayerCodeWallet::WECHAT},
    {16, 24, 25, 30, PayerCodeWallet::ALIPAY},
    {19, 19, 62, 62, PayerCodeWallet::UNIONPAY},
};

}  // namespace

PayerCodeWallet RoutePayerCode(std::string_view code) {
  const bool digits =
      std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (code.size() < 2 || !digits) return PayerCodeWallet::UNSTATED;
  const int prefix = (code[0] - '0') * 10 + (code[1] - '0');
  for (const Route& route : kRoutes) {
    if (code.size() >= route.digits_min && code.size() <= route.digits_max &&
        prefix >= route.prefix_min && prefix <= route.prefix_max) {
      return route.wallet;
    }
  }
  return PayerCodeWallet::UNSTATED;
}

}  // namespace longmen::adapters::parking
