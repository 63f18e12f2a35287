// A day of tuition paid abroad (domain D2, reconstructed). No volume is known; it, the rates and
// the problems are invented. A student's year is 50,000 dollars.
#include <fmt/format.h>

#include "adapters/simulation/random.h"
#include "adapters/simulation/setup.h"
#include "adapters/simulation/simulation.h"

namespace longmen::adapters::simulation {
namespace {

constexpr int64_t kStudents = 40;
constexpr int64_t kCharge = 100'00;
constexpr int64_t kCable = 150'00;
constexpr std::string_view kBank = "ICBC";
constexpr std::string_view kRate = R"("rate":{"mantissa":"72","scale":1,"base":"USD"})";
// The SHA-256 of a document that an officer has seen.
constexpr std::string_view kDocument = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

enum class Story : uint8_t {
  kSent,
  kDocumentsDeclined,
  kQuoteExpired,
  kAboveQuota,
};

constexpr std::pair<Story, int64_t> kStories[] = {
    {Story::kDocumentsDeclined, 3}, {Story::kQuoteExpired, 2}, {Story::kAboveQuota, 1}};

class TuitionDay {
 public:
  explicit TuitionDay(Day& day)
      : random_(day.options.seed * 2 + 8), day_(day), expected_(day.expected) {}

  void Write() {
    const auto stories = Stories(random_, day_.options, kStories,
                                 static_cast<size_t>(day_.options.Scaled(kStudents)));
    for (size_t i = 0; i < stories.size(); ++i) WriteOrder(i, stories[i]);
  }

 private:
  void Send(const std::string& order, std::string_view what, Nanos at, std::string_view step) {
    day_.events.push_back(
        {at, Feed::kTuition, RecordJson(fmt::format("{}.{}", order, what), at, step)});
  }
  static std::string Dollars(std::string_view name, int64_t minor) {
    return fmt::format(R"("{}":{{"minor":"{}","currency":"USD"}})", name, minor);
  }

  void WriteOrder(size_t index, Story story) {
    const std::string order = fmt::format("T{:05}", index + 1);
    const int64_t dollars =
        (story == Story::kAboveQuota ? 51'000 : random_.Between(3'000, 45'000)) * 100;
    const int64_t yuan = dollars * 72 / 10;
    const size_t student = index % kStudents;
    const Nanos at = At(9) + random_.Between(0, 4 * 3'600) * kNanosPerSecond;
    const Nanos valid_until = at + 90 * kNanosPerMinute;
    Send(order, "quote", at,
         fmt::format(R"("quote":{{"order":"{}","payer":"ICBC:family-{}",)"
                     R"("payable":"ICBC:schools-usd","school":"MIT","student":"学生{}",{},{},{},)"
                     R"("validUntil":"{}","submitter":"family-{}"}})",
                     order, student, student, AmountJson(yuan), Dollars("counterAmount", dollars),
                     kRate, FormatInstant(valid_until), student));
    const bool good = story != Story::kDocumentsDeclined;
    Send(order, "docs", at + 10 * kNanosPerMinute,
         fmt::format(R"("documents":{{"order":"{}","by":"officer","verdict":"{}",)"
                     R"("documents":["{}"]}})",
                     order, good ? "granted" : "declined", kDocument));
    if (!good) return;
    Send(order, "quota", at + 11 * kNanosPerMinute,
         fmt::format(R"("quota":{{"order":"{}","mandate":"quota-{}",)"
                     R"("against":"ICBC:schools-usd",{}}})",
                     order, student, Dollars("amount", dollars)));
    if (story == Story::kAboveQuota) {
      ++expected_.refused["exceeds_yearly_amount"];
      return;
    }
    Pay(order, story, at, valid_until, dollars);
  }

  void Pay(const std::string& order, Story story, Nanos at, Nanos valid_until, int64_t dollars) {
    const bool late = story == Story::kQuoteExpired;
    const Nanos paid = late ? valid_until + 5 * kNanosPerMinute : at + 20 * kNanosPerMinute;
    Send(order, "pay", paid,
         fmt::format(R"("pay":{{"order":"{}",{},"charge":{{"minor":"{}","currency":"CNY"}},)"
                     R"("cable":{{"minor":"{}","currency":"CNY"}},"feeAccount":"ICBC:wire-fees"}})",
                     order, kRate, kCharge, kCable));
    if (late) {
      ++expected_.refused["order_expired"];
      return;
    }
    Inside("PAY", dollars, "USD");
    Inside("FEE", kCharge, "CNY");
    Inside("FEE", kCable, "CNY");
    Send(order, "bought", paid + 5 * kNanosPerMinute,
         fmt::format(R"("exchange":{{"order":"{}",{},"into":"ICBC:abroad-usd",)"
                     R"("paid":{{"minor":"{}","currency":"CNY"}},"outOf":"ICBC:users",)"
                     R"("rate":{{"mantissa":"719","scale":2,"base":"USD"}}}})",
                     order, Dollars("bought", dollars), dollars * 719 / 100));
    Inside("EXCHANGE", dollars * 719 / 100, "CNY");
    Send(order, "sent", paid + 60 * kNanosPerMinute,
         fmt::format(R"("send":{{"order":"{0}","nostro":"ICBC:abroad-usd",)"
                     R"("reference":"MT103-{0}"}})",
                     order));
    Inside("PAY", dollars, "USD");
  }

  void Inside(std::string_view type, int64_t minor, std::string_view currency) {
    expected_.Line(Feed::kTuition, type, "", kBank, kBank, minor, currency);
  }

  Random random_;
  Day& day_;
  Expected& expected_;
};

}  // namespace

void RegisterTuition(Setup& setup) {
  setup.Account("ICBC:wire-fees", kBank, "fee", "");
  setup.Account("ICBC:fx-cny", kBank, "fx", kUnlimited);
  setup.Account("ICBC:fx-usd", kBank, "fx", kUnlimited, "USD");
  setup.Account("ICBC:schools-usd", kBank, "merchant", "", "USD");
  setup.Account("ICBC:abroad-usd", kBank, "mirror", kUnlimited, "USD");
  for (int64_t i = 0; i < kStudents; ++i) {
    const std::string account = fmt::format("ICBC:family-{}", i);
    setup.Account(account, kBank, "customer", "");
    setup.Opening(account, kBank, 100'000'000'00);
    setup.Account(fmt::format("ICBC:quota-{}", i), kBank, "customer", "", "USD");
    setup.Register(fmt::format("quota-{}", i),
                   fmt::format(R"("mandate":{{"account":"ICBC:quota-{}","utcOffsetMinutes":480,)"
                               R"("limits":[{{"window":"year","amountMinor":"5000000"}}]}})",
                               i));
  }
}

void AddTuitionDay(Day& day) { TuitionDay(day).Write(); }

}  // namespace longmen::adapters::simulation
