// The first day of a term's fees at schools of Bank of Beijing (domain A5): 13,000 bills (A7).
//
// The casebook has 57 schools, 13,000 payments and a mean of 385 yuan. Here the bills are of 20
// schools, and all on one day; the rush when the window opens, the cards and the problems are
// invented.
#include <fmt/format.h>

#include <algorithm>

#include "adapters/simulation/random.h"
#include "adapters/simulation/setup.h"
#include "adapters/simulation/simulation.h"

namespace longmen::adapters::simulation {
namespace {

constexpr int64_t kBills = 13'000;
constexpr int64_t kMean = 385'00;
constexpr int kSchools = 20;
constexpr size_t kRowsMax = 100;  // of one file record
constexpr std::string_view kBank = "BOB";
constexpr Nanos kOpens = At(9);
constexpr Nanos kCloses = At(18);

enum class Story : uint8_t {
  kPaid,
  kUnpaid,     // reminded in vain
  kEarly,      // before the window
  kLate,       // after it
  kOtherCard,  // the first card has no funds
  kModified,   // the school corrects the bill first
  kPartRefund,
};

constexpr std::pair<Story, int64_t> kStories[] = {
    {Story::kUnpaid, 1'100}, {Story::kEarly, 40},    {Story::kLate, 60},
    {Story::kOtherCard, 90}, {Story::kModified, 25}, {Story::kPartRefund, 30},
};

struct Bill {
  std::string number;
  Story story;
  int64_t minor;
};

class CampusDay {
 public:
  explicit CampusDay(Day& day)
      : random_(day.options.seed * 2 + 5), day_(day), expected_(day.expected) {}

  void Write() {
    const auto stories =
        Stories(random_, day_.options, kStories, static_cast<size_t>(day_.options.Scaled(kBills)));
    for (size_t school = 0; school < kSchools; ++school) {
      std::vector<Bill> bills;
      for (size_t i = school; i < stories.size(); i += kSchools) {
        bills.push_back({fmt::format("{}-{:05}", Batch(school), bills.size() + 1), stories[i],
                         random_.Between(kMean / 2, kMean * 3 / 2)});
      }
      if (!bills.empty()) WriteBatch(school, bills);
    }
  }

 private:
  static std::string Batch(size_t school) { return fmt::format("c{:02}", school + 1); }
  static std::string School(size_t school) { return fmt::format("BOB:school-{:02}", school + 1); }

  void Send(std::string_view id, Nanos at, std::string_view step) {
    day_.events.push_back({at, Feed::kCampus, RecordJson(id, at, step)});
  }

  void WriteBatch(size_t school, const std::vector<Bill>& bills) {
    int64_t total = 0;
    for (size_t first = 0; first < bills.size(); first += kRowsMax) {
      total += WriteFile(school, bills, first, std::min(bills.size(), first + kRowsMax));
    }
    Send(Batch(school) + ".publish", At(7, 30),
         fmt::format(R"("publish":{{"batch":"{}","school":"{}","posting":"daily","count":{},)"
                     R"("total":{{"minor":"{}","currency":"CNY"}}}})",
                     Batch(school), School(school), bills.size(), total));
    collected_ = 0;
    for (const Bill& bill : bills) WriteBill(bill);
    if (collected_ == 0) return;
    Send(Batch(school) + ".posting", At(20),
         fmt::format(R"("posting":{{"batch":"{}","date":"{}",{}}})", Batch(school), kDate,
                     AmountJson(collected_)));
    Inside(collected_);
  }

  int64_t WriteFile(size_t school, const std::vector<Bill>& bills, size_t first, size_t end) {
    int64_t total = 0;
    std::string rows;
    for (size_t i = first; i < end; ++i) {
      total += bills[i].minor;
      rows += fmt::format(R"({}"{}|学生{}|学费|{}.{:02}")", rows.empty() ? "" : ",",
                          bills[i].number, i + 1, bills[i].minor / 100, bills[i].minor % 100);
    }
    Send(fmt::format("{}.file{}", Batch(school), first / kRowsMax + 1), At(7),
         fmt::format(R"("file":{{"batch":"{}","school":"{}","template":{{"name":"term",)"
                     R"("separator":"|","columns":["number","student","item","amount"]}},)"
                     R"("count":{},"total":{{"minor":"{}","currency":"CNY"}},"opensAt":"{}",)"
                     R"("closesAt":"{}","firstLine":{},"rows":[{}]}})",
                     Batch(school), School(school), end - first, total, FormatInstant(kOpens),
                     FormatInstant(kCloses), first + 1, rows));
    return total;
  }

  void Inside(int64_t minor) { expected_.Line(Feed::kCampus, "PAY", "", kBank, kBank, minor); }

  void Ask(const Bill& bill, std::string_view what, Nanos at, std::string_view bank) {
    Send(fmt::format("{}.{}", bill.number, what), at,
         fmt::format(R"("pay":{{"number":"{}",{},"card":"{}:users","scheme":"{}"}})", bill.number,
                     AmountJson(bill.minor), bank, kUnionPay));
  }

  void Answer(const Bill& bill, int attempt, Nanos at, bool paid) {
    Send(fmt::format("{}.p{}", bill.number, attempt), at,
         fmt::format(R"("payment":{{"number":"{0}","attempt":"{0}/p{1}",{2},"outcome":"{3}",)"
                     R"("reference":"UP-{0}-{1}"}})",
                     bill.number, attempt, AmountJson(bill.minor), paid ? "succeeded" : "failed"));
  }

  std::string_view DrawOtherBank() {
    std::string_view bank = kBank;
    while (bank == kBank) bank = kBanks[random_.Below(std::size(kBanks))];
    return bank;
  }

  void WriteBill(const Bill& drawn) {
    Bill bill = drawn;
    // A third of the parents come when the window opens.
    const Nanos span = random_.Chance(35) ? 20 * kNanosPerMinute : At(17, 30) - kOpens;
    const Nanos at = kOpens + random_.Between(1, span / 1'000'000) * 1'000'000;
    switch (bill.story) {
      case Story::kUnpaid:
        return;
      case Story::kEarly:
        Ask(bill, "early", kOpens - random_.Between(1, 30) * kNanosPerMinute, DrawOtherBank());
        ++expected_.refused["order_not_yet_valid"];
        break;
      case Story::kLate:
        Ask(bill, "late", kCloses + random_.Between(1, 30) * kNanosPerMinute, DrawOtherBank());
        ++expected_.refused["order_expired"];
        return;
      case Story::kModified:
        bill.minor -= 10'00;
        Send(bill.number + ".mod", At(8),
             fmt::format(R"("modify":{{"number":"{}",{},"reason":"a discount"}})", bill.number,
                         AmountJson(bill.minor)));
        break;
      default:
        break;
    }
    int attempt = 1;
    Nanos asked = at;
    if (bill.story == Story::kOtherCard) {
      Ask(bill, "ask1", asked, DrawOtherBank());
      Answer(bill, attempt++, asked + 6 * kNanosPerSecond, false);
      asked += kNanosPerMinute;
    }
    Pay(bill, attempt, asked);
  }

  void Pay(const Bill& bill, int attempt, Nanos at) {
    const bool needs_other = bill.story != Story::kPaid;
    const std::string_view bank =
        needs_other ? DrawOtherBank() : kBanks[random_.Below(std::size(kBanks))];
    Ask(bill, "ask", at, bank);
    collected_ += bill.minor;
    expected_.Line(Feed::kCampus, "PAY", "", bank, kBank, bill.minor);
    const Nanos answered = at + 5 * kNanosPerSecond;
    Answer(bill, attempt, answered, true);
    expected_.Move(kUnionPay, answered, bank, kBank, bill.minor);
    if (bill.story != Story::kPartRefund) return;
    const int64_t back = bill.minor / 4;
    Send(bill.number + ".refund", answered + 30 * kNanosPerMinute,
         fmt::format(R"("refund":{{"number":"{}",{},"reason":"left the club"}})", bill.number,
                     AmountJson(back)));
    const Nanos refunded = answered + 31 * kNanosPerMinute;
    Send(bill.number + ".r1", refunded,
         fmt::format(R"("refundResult":{{"number":"{0}","attempt":"{0}/r1",)"
                     R"("outcome":"succeeded","reference":"UPR-{0}"}})",
                     bill.number));
    collected_ -= back;
    expected_.Line(Feed::kCampus, "REFUND", "", kBank, bank, back);
    expected_.Move(kUnionPay, refunded, kBank, bank, back);
  }

  Random random_;
  Day& day_;
  Expected& expected_;
  int64_t collected_ = 0;  // of the batch, and not given back
};

}  // namespace

void RegisterCampus(Setup& setup) {
  for (int i = 1; i <= kSchools; ++i) {
    setup.Account(fmt::format("BOB:school-{:02}", i), kBank, "merchant", "");
  }
}

void AddCampusDay(Day& day) { CampusDay(day).Write(); }

}  // namespace longmen::adapters::simulation
