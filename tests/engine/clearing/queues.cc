#include "tests/engine/clearing/queues.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <sstream>

namespace longmen::engine {
namespace {

// rapidcheck reads it once, at the first property. LONGMEN_SEED makes a run the same again.
const bool kParameters = [] {
  const char* seed = std::getenv("LONGMEN_SEED");
  const std::string parameters = "max_success=500";
  setenv("RC_PARAMS", (seed == nullptr ? parameters : parameters + " seed=" + seed).c_str(), 0);
  return true;
}();

}  // namespace

std::vector<int64_t> Amounts(const std::string& text) {
  std::vector<int64_t> amounts;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    EXPECT_EQ(static_cast<size_t>(word[0] - 'A'), amounts.size()) << text;
    amounts.push_back(std::stoll(word.substr(1)));
  }
  return amounts;
}

std::vector<QueuedPayment> Payments(const std::string& text) {
  std::vector<QueuedPayment> payments;
  std::istringstream items(text);
  for (std::string who, minor; items >> who >> minor;) {
    payments.push_back({static_cast<uint32_t>(who[0] - 'A'), static_cast<uint32_t>(who[2] - 'A'),
                        std::stoll(minor)});
  }
  return payments;
}

PaymentQueue Queue(const std::string& liquidity, const std::string& payments) {
  return {Amounts(liquidity), Payments(payments)};
}

std::string Text(const PaymentQueue& queue, const std::vector<uint32_t>& payments) {
  std::string text;
  for (const uint32_t p : payments) {
    const auto& [from, to, minor] = queue.payments[p];
    if (!text.empty()) text += ", ";
    text += {static_cast<char>('A' + from), '>', static_cast<char>('A' + to), ' '};
    text += std::to_string(minor);
  }
  return text;
}

std::string Text(const PaymentQueue& queue, const std::vector<bool>& settles) {
  std::vector<uint32_t> payments;
  for (uint32_t p = 0; p < settles.size(); ++p) {
    if (settles[p]) payments.push_back(p);
  }
  return Text(queue, payments);
}

std::string Text(const std::vector<__int128>& liquidity) {
  std::string text;
  for (size_t i = 0; i < liquidity.size(); ++i) {
    if (i > 0) text += ' ';
    text += static_cast<char>('A' + i) + std::to_string(static_cast<int64_t>(liquidity[i]));
  }
  return text;
}

std::vector<__int128> After(const PaymentQueue& queue, const std::vector<bool>& settles) {
  std::vector<__int128> after(queue.liquidity.begin(), queue.liquidity.end());
  for (size_t p = 0; p < settles.size(); ++p) {
    if (!settles[p]) continue;
    after[queue.payments[p].from] -= queue.payments[p].minor;
    after[queue.payments[p].to] += queue.payments[p].minor;
  }
  return after;
}

bool MaySettle(const PaymentQueue& queue, const std::vector<bool>& settles) {
  const auto after = After(queue, settles);
  for (size_t i = 0; i < after.size(); ++i) {
    if (after[i] < std::min<int64_t>(0, queue.liquidity[i])) return false;
  }
  return true;
}

__int128 ValueOf(const PaymentQueue& queue, const std::vector<bool>& settles) {
  __int128 value = 0;
  for (size_t p = 0; p < settles.size(); ++p) {
    if (settles[p]) value += queue.payments[p].minor;
  }
  return value;
}

void ExpectSound(const PaymentQueue& queue, const Resolution& resolution) {
  ASSERT_EQ(resolution.settles.size(), queue.payments.size());
  EXPECT_TRUE(MaySettle(queue, resolution.settles));
  std::vector<uint32_t> of_sender(queue.liquidity.size());
  uint64_t count = 0;
  for (size_t p = 0; p < queue.payments.size(); ++p) {
    if (!resolution.settles[p]) continue;
    ++of_sender[queue.payments[p].from];
    ++count;
  }
  EXPECT_EQ(resolution.of_sender, of_sender);
  EXPECT_EQ(resolution.count, count);
  EXPECT_TRUE(resolution.value == ValueOf(queue, resolution.settles));
  EXPECT_TRUE(resolution.value <= resolution.value_max);
}

rc::Gen<PaymentQueue> AnyQueue(size_t payments_max) {
  // All sizes from the first case on: what is small is quick.
  return rc::gen::resize(
      rc::kNominalSize, rc::gen::exec([payments_max] {
        PaymentQueue queue;
        const auto participants = *rc::gen::inRange<uint32_t>(2, 6);
        queue.liquidity = *rc::gen::container<std::vector<int64_t>>(
            participants, rc::gen::inRange<int64_t>(-10, *rc::gen::element<int64_t>(1, 10, 60)));
        const auto count = *rc::gen::inRange<size_t>(0, payments_max + 1);
        const auto minor_max = *rc::gen::element<int64_t>(3, 12, 100);
        while (queue.payments.size() < count) {
          const auto from = *rc::gen::inRange<uint32_t>(0, participants);
          const auto step = *rc::gen::inRange<uint32_t>(1, participants);
          queue.payments.push_back(
              {from, (from + step) % participants, *rc::gen::inRange<int64_t>(1, minor_max + 1)});
        }
        return queue;
      }));
}

PaymentQueue LargeQueue(uint64_t number, size_t participants, size_t payments, int64_t per_mille) {
  std::mt19937_64 random(number);
  const auto draw = [&](uint64_t below) { return random() % below; };
  PaymentQueue queue;
  int64_t total = 0;
  while (queue.payments.size() < payments) {
    const uint64_t from = draw(draw(participants) + 1);  // a few send most of it
    const uint64_t to = (from + 1 + draw(participants - 1)) % participants;
    const auto minor = static_cast<int64_t>(1 + draw(uint64_t{1} << (4 + draw(20))));
    queue.payments.push_back({static_cast<uint32_t>(from), static_cast<uint32_t>(to), minor});
    total += minor;
  }
  const int64_t each = total / 1'000 * per_mille / static_cast<int64_t>(participants);
  queue.liquidity.assign(participants, each);
  return queue;
}

}  // namespace longmen::engine
