// A day of a takeout platform (domain D3, reconstructed): meals like the published sample. No
// volume is known; it and the problems are invented.
#include <fmt/format.h>

#include "adapters/simulation/random.h"
#include "adapters/simulation/setup.h"
#include "adapters/simulation/simulation.h"

namespace longmen::adapters::simulation {
namespace {

constexpr int64_t kMeals = 3'000;
constexpr int64_t kPacking = 1'00;
constexpr int64_t kDelivery = 7'00;
constexpr int64_t kMembership = 15'00;
constexpr int64_t kCommission = 4'00;
constexpr int64_t kDeliveryOff = 5'00;  // this and the next the merchant bears
constexpr int64_t kFullOff = 14'00;
constexpr int64_t kPromotion = 7'00;  // the platform's
constexpr std::string_view kBank = "BOB";

enum class Story : uint8_t {
  kEaten,
  kRejected,  // paid, and the merchant has sold out
  kNotPaid,
  kWrongTotal,  // the App added up something else
};

constexpr std::pair<Story, int64_t> kStories[] = {
    {Story::kRejected, 70}, {Story::kNotPaid, 120}, {Story::kWrongTotal, 8}};

class TakeoutDay {
 public:
  explicit TakeoutDay(Day& day)
      : random_(day.options.seed * 2 + 7), day_(day), expected_(day.expected) {}

  void Write() {
    const auto stories =
        Stories(random_, day_.options, kStories, static_cast<size_t>(day_.options.Scaled(kMeals)));
    for (size_t i = 0; i < stories.size(); ++i) WriteMeal(i, stories[i]);
  }

 private:
  void Send(const std::string& meal, std::string_view what, Nanos at, std::string_view step) {
    day_.events.push_back(
        {at, Feed::kTakeout, RecordJson(fmt::format("{}.{}", meal, what), at, step)});
  }
  void Inside(std::string_view type, int64_t minor) {
    expected_.Line(Feed::kTakeout, type, "", kBank, kBank, minor);
  }

  void WriteMeal(size_t index, Story story) {
    const std::string meal = fmt::format("M{:06}", index + 1);
    const int64_t food = random_.Between(25'00, 90'00);
    const int64_t pays =
        food + kPacking + kDelivery + kMembership - kDeliveryOff - kFullOff - kPromotion;
    const Nanos from = random_.Chance(55) ? At(11) : At(17);
    const Nanos at = from + random_.Between(1, 3 * 3'600'000) * 1'000'000;
    Send(
        meal, "place", at,
        fmt::format(R"("place":{{"order":"{0}","user":"u{0}","items":[{{"name":"牛肉面",)"
                    R"("minor":"{1}","quantity":1}}],"packingMinor":"{2}","deliveryMinor":"{3}",)"
                    R"("membershipMinor":"{4}","commissionMinor":"{5}","discounts":[)"
                    R"({{"name":"delivery","minor":"{6}"}},{{"name":"full","minor":"{7}"}},)"
                    R"({{"name":"red packet","minor":"{8}","funder":"BOB:meal-promotion"}}],)"
                    R"("pays":{{"minor":"{9}","currency":"CNY"}},"escrow":"BOB:meal-escrow",)"
                    R"("merchant":"BOB:noodles","rider":"BOB:riders",)"
                    R"("platform":"BOB:meal-income","scheme":"{10}"}})",
                    meal, food, kPacking, kDelivery, kMembership, kCommission, kDeliveryOff,
                    kFullOff, kPromotion, pays + (story == Story::kWrongTotal ? 1 : 0), kUnionPay));
    if (story == Story::kWrongTotal) ++expected_.refused["amount_mismatch"];
    if (story == Story::kWrongTotal || story == Story::kNotPaid) return;
    Pay(meal, story, at, food, pays);
  }

  void Pay(const std::string& meal, Story story, Nanos at, int64_t food, int64_t pays) {
    const std::string_view bank = kBanks[random_.Below(std::size(kBanks))];
    const Nanos paid = at + 40 * kNanosPerSecond;
    Send(meal, "paid", paid,
         fmt::format(R"("payment":{{"order":"{0}",{1},"outcome":"succeeded","reference":"W-{0}",)"
                     R"("card":"{2}:users","scheme":"{3}"}})",
                     meal, AmountJson(pays), bank, kUnionPay));
    expected_.Line(Feed::kTakeout, "PAY", "", bank, kBank, pays);
    expected_.Move(kUnionPay, paid, bank, kBank, pays);
    Inside("PAY", kPromotion);
    const Nanos later = paid + 2 * kNanosPerMinute;
    if (story == Story::kRejected) {
      Send(meal, "reject", later,
           fmt::format(R"("reject":{{"order":"{}","reason":"sold out"}})", meal));
      Inside("REFUND", kPromotion);
      const Nanos back = later + 30 * kNanosPerSecond;
      Send(meal, "r1", back,
           fmt::format(R"("refundResult":{{"order":"{0}","attempt":"{0}/r1",)"
                       R"("outcome":"succeeded","reference":"WR-{0}"}})",
                       meal));
      expected_.Line(Feed::kTakeout, "REFUND", "", kBank, bank, pays);
      return expected_.Move(kUnionPay, back, kBank, bank, pays);
    }
    Send(meal, "accept", later, fmt::format(R"("accept":{{"order":"{}"}})", meal));
    Inside("PAY", food + kPacking - kDeliveryOff - kFullOff - kCommission);
    Inside("PAY", kDelivery);
    Inside("PAY", kMembership + kCommission);
    Send(meal, "delivered", later + 35 * kNanosPerMinute,
         fmt::format(R"("progress":{{"order":"{}","stage":"delivered"}})", meal));
  }

  Random random_;
  Day& day_;
  Expected& expected_;
};

}  // namespace

void RegisterTakeout(Setup& setup) {
  setup.Account("BOB:meal-escrow", kBank, "pending", "");
  setup.Account("BOB:noodles", kBank, "merchant", "");
  setup.Account("BOB:riders", kBank, "merchant", "");
  setup.Account("BOB:meal-income", kBank, "income", "");
  setup.Account("BOB:meal-promotion", kBank, "expense", kUnlimited);
}

void AddTakeoutDay(Day& day) { TakeoutDay(day).Write(); }

}  // namespace longmen::adapters::simulation
