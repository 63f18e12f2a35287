// A day of virtual cards for an enterprise's suppliers (domain A6). No quantities are published:
// cards, amounts and problems are invented.
#include <fmt/format.h>

#include "adapters/simulation/random.h"
#include "adapters/simulation/setup.h"
#include "adapters/simulation/simulation.h"

namespace longmen::adapters::simulation {
namespace {

constexpr int64_t kCards = 1'200;
constexpr int kShops = 5;  // of each bank
constexpr std::string_view kBank = "ICBC";
constexpr std::string_view kFunding = "ICBC:chain";

enum class Story : uint8_t {
  kCaptured,
  kInParts,
  kReversed,
  kRefunded,
  kTooMuch,  // above the single limit
  kWrongChannel,
  kWrongCategory,
  kUsedTwice,  // a card of single use
  kForced,     // captured without an authorization
  kStranger,   // a token that nobody asked for
};

constexpr std::pair<Story, int64_t> kStories[] = {
    {Story::kInParts, 90},   {Story::kReversed, 60},     {Story::kRefunded, 45},
    {Story::kTooMuch, 25},   {Story::kWrongChannel, 20}, {Story::kWrongCategory, 15},
    {Story::kUsedTwice, 18}, {Story::kForced, 4},        {Story::kStranger, 6},
};

struct Card {
  std::string token;
  std::string number;  // of its authorization
  std::string_view bank;
  std::string shop;
  int64_t minor;
  Nanos at;
};

class CardDay {
 public:
  explicit CardDay(Day& day)
      : random_(day.options.seed * 2 + 6), day_(day), expected_(day.expected) {}

  void Write() {
    const auto stories =
        Stories(random_, day_.options, kStories, static_cast<size_t>(day_.options.Scaled(kCards)));
    for (size_t i = 0; i < stories.size(); ++i) WriteCard(i, stories[i]);
  }

 private:
  void Send(const Card& card, std::string_view what, Nanos at, std::string_view step) {
    day_.events.push_back(
        {at, Feed::kCard, RecordJson(fmt::format("{}.{}", card.token, what), at, step)});
  }

  void Issue(const Card& card) {
    Send(card, "request", card.at - 40 * kNanosPerMinute,
         fmt::format(R"("request":{{"card":"{}","requestor":"chain.li","funding":"{}","uses":1,)"
                     R"("singleMinor":"{}","channels":["online"],"merchantCategories":["5734"],)"
                     R"("invoice":"INV-{}"}})",
                     card.token, kFunding, card.minor, card.token));
    Send(card, "approval", card.at - 30 * kNanosPerMinute,
         fmt::format(R"("approval":{{"card":"{}","by":"chain.wang"}})", card.token));
  }

  void Authorize(const Card& card, std::string_view what, std::string_view number, Nanos at,
                 int64_t minor, std::string_view channel = "online",
                 std::string_view category = "5734") {
    Send(card, what, at,
         fmt::format(R"("authorization":{{"number":"{}","card":"{}","payee":"{}",{},)"
                     R"("scheme":"{}","channel":"{}","merchant":"m-1","merchantCategory":"{}",)"
                     R"("until":"{}"}})",
                     number, card.token, card.shop, AmountJson(minor), kUnionPay, channel, category,
                     FormatInstant(At(24 * 7))));
  }

  void Paid(std::string_view type, Nanos at, std::string_view from, std::string_view to,
            int64_t minor) {
    expected_.Line(Feed::kCard, type, "", from, to, minor);
    expected_.Move(kUnionPay, at, from, to, minor);
  }

  void Capture(const Card& card, std::string_view what, Nanos at, int64_t minor, bool completes) {
    Send(card, what, at,
         fmt::format(R"("capture":{{"number":"{}","reference":"{}-{}",{},"completes":{}}})",
                     card.number, card.number, what, AmountJson(minor), completes));
    Paid("PAY", at, kBank, card.bank, minor);
  }

  void WriteCard(size_t index, Story story) {
    Card card{fmt::format("vc{:05}", index + 1),
              fmt::format("A{:05}", index + 1),
              kBanks[random_.Below(std::size(kBanks))],
              "",
              random_.Between(50'00, 9'000'00),
              At(8) + random_.Between(1, 10 * 3'600) * kNanosPerSecond};
    card.shop = fmt::format("{}:shop-{}", card.bank, random_.Between(1, kShops));
    const auto refused = [this](const char* code) { ++expected_.refused[code]; };
    if (story == Story::kStranger) {
      Authorize(card, "auth", card.number, card.at, card.minor);
      return refused("unknown_mandate");
    }
    Issue(card);
    switch (story) {
      case Story::kTooMuch:
        Authorize(card, "more", card.number + "x", card.at - kNanosPerMinute, card.minor + 1);
        refused("exceeds_single_limit");
        break;
      case Story::kWrongChannel:
        Authorize(card, "pos", card.number + "x", card.at - kNanosPerMinute, card.minor, "pos");
        refused("channel_not_allowed");
        break;
      case Story::kWrongCategory:
        Authorize(card, "food", card.number + "x", card.at - kNanosPerMinute, card.minor, "online",
                  "5812");
        refused("merchant_category_not_allowed");
        break;
      case Story::kForced:
        return Force(card);
      default:
        break;
    }
    Authorize(card, "auth", card.number, card.at, card.minor);
    Finish(card, story);
  }

  void Finish(const Card& card, Story story) {
    const Nanos later = card.at + 20 * kNanosPerMinute;
    if (story == Story::kReversed) {
      return Send(
          card, "reversal", later,
          fmt::format(R"("reversal":{{"number":"{}","reason":"out of stock"}})", card.number));
    }
    if (story == Story::kInParts) {
      Capture(card, "k1", later, card.minor / 3, false);
      return Capture(card, "k2", later + kNanosPerMinute, card.minor / 3, true);
    }
    Capture(card, "k1", later, card.minor, true);
    if (story == Story::kUsedTwice) {
      Authorize(card, "again", card.number + "y", later + kNanosPerMinute, 1'00);
      ++expected_.refused["exceeds_total_count"];
    }
    if (story != Story::kRefunded) return;
    const Nanos back = later + 60 * kNanosPerMinute;
    Send(card, "refund", back,
         fmt::format(R"("refund":{{"number":"{0}","reference":"R-{0}",{1},"reason":"returned"}})",
                     card.number, AmountJson(card.minor / 2)));
    Paid("REFUND", back, card.bank, kBank, card.minor / 2);
  }

  void Force(const Card& card) {
    Send(card, "forced", card.at,
         fmt::format(R"("forced":{{"number":"{}","card":"{}","payee":"{}",{},"scheme":"{}",)"
                     R"("channel":"online","reference":"F-{}"}})",
                     card.number, card.token, card.shop, AmountJson(card.minor), kUnionPay,
                     card.number));
    Paid("PAY", card.at, kBank, card.bank, card.minor);
    ++expected_.booked["order_pending_authorization"];
  }

  Random random_;
  Day& day_;
  Expected& expected_;
};

}  // namespace

void RegisterCards(Setup& setup) {
  setup.Account(kFunding, kBank, "customer", "");
  setup.Opening(kFunding, kBank, 100'000'000'00);
  for (const std::string_view bank : kBanks) {
    for (int i = 1; i <= kShops; ++i) {
      setup.Account(fmt::format("{}:shop-{}", bank, i), bank, "merchant", "");
    }
  }
}

void AddCardDay(Day& day) { CardDay(day).Write(); }

}  // namespace longmen::adapters::simulation
