// A working day of an enterprise App's payments from Shenzhen (domain A4): 29,900 of them (A7).
//
// The casebook has the number of payments and their mean, 33,842 yuan; how they are spread, the
// modes' levels and the number of each problem of A4.7 are invented. Payments within the bank are
// booked at once; those to other banks go by the cheapest channel, which is BEPS up to a million
// and HVPS above (domain B4, B5), and cost what the table says.
#include <fmt/format.h>

#include <algorithm>

#include "adapters/simulation/random.h"
#include "adapters/simulation/setup.h"
#include "adapters/simulation/simulation.h"

namespace longmen::adapters::simulation {
namespace {

constexpr int64_t kPayments = 29'900;
constexpr int kFirms = 60;
constexpr int kSuppliers = 8;  // of each bank
constexpr int64_t kYuan = 100;
constexpr int64_t kOpeningBalance = 10'000'000'000 * kYuan;
constexpr int64_t kFirstLevel = 20'000 * kYuan;    // above it somebody else approves
constexpr int64_t kSecondLevel = 500'000 * kYuan;  // and above this a second person
constexpr int64_t kSingleLimit = 30'000'000 * kYuan;
constexpr int64_t kCapOfBeps = 1'000'000 * kYuan;
constexpr std::string_view kBank = "CMB";

// Domain B5, in fen.
int64_t FeeOf(int64_t minor) {
  if (minor <= 10'000 * kYuan) return 5'00;
  if (minor <= 100'000 * kYuan) return 10'00;
  if (minor <= 500'000 * kYuan) return 15'00;
  if (minor <= 1'000'000 * kYuan) return 20'00;
  return std::min<int64_t>(200'00, (minor + 25'000) / 50'000);  // 0.002 %
}

enum class Story : uint8_t {
  kOrdinary,
  kRisky,  // a new device: the face is asked for
  kVetoed,
  kRevoked,
  kRevokedTooLate,
  kOwnItem,  // the maker tries to approve it
  kWrongApprover,
  kWrongLevel,  // the second level first
  kOverLimit,
  kSameReference,  // another record under a reference that is taken
  kResent,         // the same record again
  kRejected,       // by the payee's bank
  kReturned,       // by the payee's bank, after it was paid
  kTooLate,        // above the cap of BEPS, and HVPS has closed
  kWaiting,        // for its approval when the day ends
};

constexpr std::pair<Story, int64_t> kStories[] = {
    {Story::kRisky, 600},         {Story::kVetoed, 90},   {Story::kRevoked, 60},
    {Story::kRevokedTooLate, 10}, {Story::kOwnItem, 12},  {Story::kWrongApprover, 15},
    {Story::kWrongLevel, 8},      {Story::kOverLimit, 6}, {Story::kSameReference, 14},
    {Story::kResent, 80},         {Story::kRejected, 40}, {Story::kReturned, 55},
    {Story::kTooLate, 5},         {Story::kWaiting, 150},
};

bool NeedsApproval(Story story) {
  return story == Story::kVetoed || story == Story::kRevoked || story == Story::kRevokedTooLate ||
         story == Story::kOwnItem || story == Story::kWrongApprover || story == Story::kWaiting;
}

std::string FirmName(int index) { return fmt::format("firm-{:03}", index + 1); }

struct Payment {
  std::string name;
  std::string firm;
  std::string_view bank;  // the payee's
  std::string payee;
  int64_t minor;
  Nanos submitted;
};

class EnterpriseDay {
 public:
  explicit EnterpriseDay(Day& day)
      : random_(day.options.seed * 2 + 4), day_(day), expected_(day.expected) {}

  void Write() {
    OpenModes();
    const auto stories = Stories(random_, day_.options, kStories,
                                 static_cast<size_t>(day_.options.Scaled(kPayments)));
    for (size_t i = 0; i < stories.size(); ++i) WritePayment(i, stories[i]);
  }

 private:
  void Send(std::string_view id, Nanos at, std::string_view step) {
    day_.events.push_back({at, Feed::kEnterprise, RecordJson(id, at, step)});
  }
  void Send(const Payment& payment, std::string_view what, Nanos at, std::string_view step) {
    Send(fmt::format("{}.{}", payment.name, what), at, step);
  }
  static std::string Person(const Payment& payment, std::string_view who) {
    return fmt::format("{}.{}", payment.firm, who);
  }

  void OpenModes() {
    for (int i = 0; i < kFirms; ++i) {
      const std::string firm = FirmName(i);
      Send(firm + ".mode", At(7),
           fmt::format(R"("openMode":{{"mode":"{0}.pay","administrator":"{0}.ding",)"
                       R"("account":"{1}:{0}","singleMinor":"{2}","levels":[)"
                       R"({{"aboveMinor":"{3}","approvers":["{0}.zhao","{0}.qian"]}},)"
                       R"({{"aboveMinor":"{4}","approvers":["{0}.sun"]}}]}})",
                       firm, kBank, kSingleLimit, kFirstLevel, kSecondLevel));
    }
  }

  // Many small ones and a heavy tail; the mean comes near the casebook's.
  int64_t DrawMinor(Story story) {
    if (story == Story::kOverLimit) return kSingleLimit + random_.Between(1, 9'999);
    if (story == Story::kTooLate) return kCapOfBeps + random_.Between(1, 500'000 * kYuan);
    if (story == Story::kWrongLevel) return random_.Between(kSecondLevel + 1, kCapOfBeps);
    if (NeedsApproval(story)) return random_.Between(kFirstLevel + 1, 100'000 * kYuan);
    if (story == Story::kRisky) return random_.Between(100 * kYuan, kFirstLevel);
    const uint64_t draw = random_.Below(1'000);
    if (draw < 790) return random_.Between(50 * kYuan, 14'000 * kYuan);
    if (draw < 950) return random_.Between(14'000 * kYuan, 110'000 * kYuan);
    if (draw < 995) return random_.Between(110'000 * kYuan, 400'000 * kYuan);
    return random_.Between(400'000 * kYuan, 2'500'000 * kYuan);
  }

  // Mornings and afternoons, and two payment runs.
  Nanos DrawTime() {
    const uint64_t draw = random_.Below(100);
    if (draw < 15) return At(10) + random_.Between(0, 240'000) * 1'000'000;
    if (draw < 30) return At(15) + random_.Between(0, 240'000) * 1'000'000;
    const Nanos from = draw < 68 ? At(8, 30) : At(13);
    return from + random_.Between(0, 3 * 3'600'000) * 1'000'000;
  }

  Payment Draw(size_t index, Story story) {
    const std::string firm = FirmName(static_cast<int>(random_.Below(kFirms)));
    std::string_view bank = kBanks[random_.Below(std::size(kBanks))];
    // These stories are of what happens between banks.
    const bool between = story == Story::kRejected || story == Story::kReturned ||
                         story == Story::kTooLate || story == Story::kResent;
    while (between && bank == kBank) bank = kBanks[random_.Below(std::size(kBanks))];
    return {fmt::format("E{:06}", index + 1),
            firm,
            bank,
            fmt::format("{}:supplier-{}", bank, random_.Between(1, kSuppliers)),
            DrawMinor(story),
            story == Story::kTooLate ? At(17, 20) : DrawTime()};
  }

  std::string Submission(const Payment& payment, std::string_view more = "") {
    return fmt::format(R"("submission":{{"payment":"{}","mode":"{}.pay","submitter":"{}",{},)"
                       R"("payee":"{}","purpose":"goods"{}}})",
                       payment.name, payment.firm, Person(payment, "li"), AmountJson(payment.minor),
                       payment.payee, more);
  }

  void Approve(const Payment& payment, std::string_view what, Nanos at, std::string_view who,
               int level, std::string_view decision = "approve") {
    Send(payment, what, at,
         fmt::format(R"("approval":{{"payment":"{}","decision":"{}","by":"{}","level":{},)"
                     R"("method":"certificate","orderVersion":1}})",
                     payment.name, decision, Person(payment, who), level));
  }

  void WritePayment(size_t index, Story story) {
    const Payment payment = Draw(index, story);
    Submit(payment, story);
    if (story == Story::kOverLimit) return;
    Nanos at = payment.submitted;
    if (story == Story::kRisky) {
      at += 40 * kNanosPerSecond;
      Send(payment, "face", at,
           fmt::format(R"("verification":{{"payment":"{}","by":"{}","method":"face",)"
                       R"("check":"passed"}})",
                       payment.name, Person(payment, "li")));
    }
    if (payment.minor > kFirstLevel) {
      at += random_.Between(3, 25) * kNanosPerMinute;
      if (!Decide(payment, story, at)) return;
      if (payment.minor > kSecondLevel) {
        at += 2 * kNanosPerMinute;
        Approve(payment, "ok2", at, "sun", 2);
      }
    }
    Execute(payment, story, at + 20 * kNanosPerSecond);
  }

  void Submit(const Payment& payment, Story story) {
    const Nanos at = payment.submitted;
    const std::string step =
        Submission(payment, story == Story::kRisky
                                ? R"(,"risk":{"policy":"careful","newDevice":true,"newPlace":true})"
                                : "");
    Send(payment, "sub", at, step);
    if (story == Story::kOverLimit) ++expected_.refused["exceeds_single_limit"];
    if (story == Story::kSameReference) {
      Send(payment, "sub-x", at + 5 * kNanosPerSecond, step);
      ++expected_.refused["duplicate_notice"];
    }
    if (story == Story::kResent) {
      day_.events.push_back({at + 5 * kNanosPerSecond, Feed::kEnterprise,
                             RecordJson(payment.name + ".sub", at, step)});
      ++expected_.duplicates;
    }
  }

  // The first level; false where the payment ends or waits there.
  bool Decide(const Payment& payment, Story story, Nanos at) {
    const Nanos before = at - kNanosPerMinute;
    const auto revoke = [&](std::string_view what, Nanos when) {
      Send(payment, what, when,
           fmt::format(R"("revocation":{{"payment":"{}","by":"{}","reason":"wrong supplier"}})",
                       payment.name, Person(payment, "li")));
    };
    switch (story) {
      case Story::kVetoed:
        Approve(payment, "veto", at, "qian", 1, "veto");
        return false;
      case Story::kRevoked:
        revoke("revoked", before);
        return false;
      case Story::kWaiting:
        return false;
      case Story::kOwnItem:
        Approve(payment, "own", before, "li", 1);
        ++expected_.refused["own_item"];
        break;
      case Story::kWrongApprover:
        Approve(payment, "wrong", before, "wu", 1);
        ++expected_.refused["not_an_approver"];
        break;
      case Story::kWrongLevel:
        Approve(payment, "early", before, "sun", 2);
        ++expected_.refused["wrong_level"];
        break;
      default:
        break;
    }
    Approve(payment, "ok1", at, random_.Chance(50) ? "zhao" : "qian", 1);
    if (story == Story::kRevokedTooLate) {
      revoke("revoked", at + 5 * kNanosPerSecond);
      ++expected_.refused["already_authorized"];
    }
    return true;
  }

  void Paid(const Payment& payment, std::string_view scheme, Nanos at) {
    expected_.Line(Feed::kEnterprise, "PAY", scheme, kBank, payment.bank, payment.minor);
    if (scheme.empty()) return;
    expected_.Line(Feed::kEnterprise, "FEE", scheme, kBank, kBank, FeeOf(payment.minor));
    expected_.Move(scheme, at, kBank, payment.bank, payment.minor);
  }

  void Execute(const Payment& payment, Story story, Nanos at) {
    Send(payment, "exe", at,
         fmt::format(R"("execution":{{"payment":"{}","schemes":["beps","hvps","ibps"]}})",
                     payment.name));
    if (story == Story::kTooLate) {
      ++expected_.refused["channel_closed"];
      return;
    }
    if (payment.bank == kBank) return Paid(payment, "", at);
    const std::string_view scheme = payment.minor > kCapOfBeps ? kHvps : kBeps;
    const Nanos answered = at + random_.Between(2, 40) * kNanosPerSecond;
    const bool rejected = story == Story::kRejected;
    Send(payment, "res", answered,
         fmt::format(R"("executionResult":{{"payment":"{0}","number":"{0}/p1","outcome":"{1}",)"
                     R"("reference":"CN-{0}","feeAccount":"{2}:fees"{3}}})",
                     payment.name, rejected ? "failed" : "succeeded", kBank,
                     rejected ? R"(,"reason":"no such account")" : ""));
    if (rejected) return;
    Paid(payment, scheme, answered);
    if (story != Story::kReturned) return;
    const Nanos returned = answered + 11 * kNanosPerMinute;
    Send(payment, "back", returned,
         fmt::format(R"("paymentReturn":{{"payment":"{0}",{1},"reference":"RT-{0}",)"
                     R"("reason":"account name"}})",
                     payment.name, AmountJson(payment.minor)));
    expected_.Line(Feed::kEnterprise, "RETURN", scheme, payment.bank, kBank, payment.minor);
    expected_.Move(scheme, returned, payment.bank, kBank, payment.minor);
  }

  Random random_;
  Day& day_;
  Expected& expected_;
};

}  // namespace

void RegisterEnterprise(Setup& setup) {
  setup.Register("china", R"("calendar":{"utcOffsetMinutes":480})");
  setup.Register(
      "corporate",
      R"("feeTable":{"currency":"CNY","steps":[{"upToMinor":"1000000","fixedMinor":"500"},)"
      R"({"upToMinor":"10000000","fixedMinor":"1000"},{"upToMinor":"50000000","fixedMinor":"1500"},)"
      R"({"upToMinor":"100000000","fixedMinor":"2000"},{"perMillion":20,"maxMinor":"20000"}]})");
  setup.Register(
      "real-time",
      R"("feeTable":{"currency":"CNY","steps":[{"upToMinor":"1000000","fixedMinor":"600"},)"
      R"({"upToMinor":"10000000","fixedMinor":"1200"},{"upToMinor":"50000000","fixedMinor":"1800"},)"
      R"({"fixedMinor":"2400"}]})");
  setup.Register(kHvps, R"("scheme":{"method":"gross","cyclePrefix":"H","calendar":"china",)"
                        R"("hours":[{"fromMinute":-210,"toMinute":1035}],"feeTable":"corporate"})");
  setup.Register(kBeps, R"("scheme":{"method":"bilateral_net","cyclePrefix":"P",)"
                        R"("maxMinor":"100000000","cutOffMinute":960,"calendar":"china",)"
                        R"("feeTable":"corporate"})");
  setup.Register("ibps", R"("scheme":{"method":"multilateral_net","cyclePrefix":"I",)"
                         R"("maxMinor":"100000000","feeTable":"real-time"})");
  setup.Register("careful",
                 R"("riskPolicy":{"rules":[{"name":"device","points":30,"newDevice":true},)"
                 R"({"name":"place","points":30,"newPlace":true}],)"
                 R"("steps":[{"fromPoints":50,"method":"face"}]})");
  for (const std::string_view bank : kBanks) {
    for (const std::string_view scheme : {kHvps, kBeps, std::string_view("ibps")}) {
      setup.Account(fmt::format("{}:{}", bank, scheme), bank, "clearing",
                    fmt::format(R"(,"unlimited":true,"scheme":"{}")", scheme));
    }
    for (int i = 1; i <= kSuppliers; ++i) {
      setup.Account(fmt::format("{}:supplier-{}", bank, i), bank, "customer", "");
    }
  }
  setup.Account("CMB:fees", kBank, "fee", "");
  for (int i = 0; i < kFirms; ++i) {
    const std::string account = fmt::format("{}:{}", kBank, FirmName(i));
    setup.Account(account, kBank, "customer", "");
    setup.Opening(account, kBank, kOpeningBalance);
  }
}

void AddEnterpriseDay(Day& day) { EnterpriseDay(day).Write(); }

}  // namespace longmen::adapters::simulation
