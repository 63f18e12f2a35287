// A business day of B2B payments through NetsUnion (domain A1) across five banks.
//
// The morning's cycle holds the eleven items of domain E2b and nothing else, so that its table is
// there to be compared. The afternoon holds some three hundred seeded payments with the problems
// of domain A1.6. The casebook gives no volume for this case; the mean of 33,842 yuan is invented.
#include <fmt/format.h>

#include <algorithm>

#include "adapters/simulation/random.h"
#include "adapters/simulation/setup.h"
#include "adapters/simulation/simulation.h"

namespace longmen::adapters::simulation {
namespace {

constexpr int64_t kFen = 100;
constexpr int64_t kOperationLimit = 50'000 * kFen;  // above it an order waits for approval
constexpr int64_t kOpeningBalance = 100'000'000 * kFen;
constexpr int64_t kMean = 33'842 * kFen;
constexpr int64_t kAfternoon = 320;

enum class Story {
  kOrdinary,
  kNoticeTwice,  // the same debit notice again
  kNoticeAgain,  // the same news under another number
  kApproverRejects,
  kNetworkRejects,
  kBankRefuses,
  kOwnItem,  // the submitter tries to approve it
  kWrongApprover,
  kNeverArrives,     // expires: the redirect came too late
  kApprovedTooLate,  // expires: so did the approval
  kLateNotice,       // debited in time, told late
  kLateDebit,        // debited after the validity: a fact, and an exception
  kReturned,         // the payee's bank could not post it
  kWrongAmount,      // the notice is not the order's amount
  kClosedPayee,
  kPartRefund,
  kCancelled,
  kStillWaiting,  // for its approval when the day ends
};

constexpr std::pair<Story, int64_t> kStories[] = {
    {Story::kNoticeTwice, 18},   {Story::kNoticeAgain, 6},  {Story::kApproverRejects, 8},
    {Story::kNetworkRejects, 4}, {Story::kBankRefuses, 3},  {Story::kOwnItem, 2},
    {Story::kWrongApprover, 2},  {Story::kNeverArrives, 2}, {Story::kApprovedTooLate, 1},
    {Story::kLateNotice, 2},     {Story::kLateDebit, 1},    {Story::kReturned, 3},
    {Story::kWrongAmount, 2},    {Story::kClosedPayee, 1},  {Story::kPartRefund, 5},
    {Story::kCancelled, 2},      {Story::kStillWaiting, 4},
};

bool NeedsApprover(Story story) {
  return story == Story::kApproverRejects || story == Story::kOwnItem ||
         story == Story::kWrongApprover || story == Story::kApprovedTooLate ||
         story == Story::kStillWaiting;
}

// Ends with the order's validity, half an hour after it began.
bool IsShort(Story story) {
  return story == Story::kNeverArrives || story == Story::kApprovedTooLate ||
         story == Story::kLateNotice || story == Story::kLateDebit;
}

struct Payment {
  std::string order;
  size_t payer_bank;
  size_t payee_bank;
  std::string payer;
  std::string payee;
  int64_t minor;
  Nanos asked;
  Nanos valid_until;
};

class B2bDay {
 public:
  explicit B2bDay(Day& day)
      : random_(day.options.seed * 2 + 2),
        day_(day),
        expected_(day.expected),
        totals_(day.expected.b2b) {}

  void Write() {
    WriteMorning();
    const auto stories = Stories(random_, day_.options, kStories,
                                 static_cast<size_t>(day_.options.Scaled(kAfternoon)));
    for (size_t i = 0; i < stories.size(); ++i) WriteAfternoon(static_cast<int>(i), stories[i]);
  }

 private:
  void Send(const Payment& payment, std::string_view what, Nanos at, std::string_view step) {
    day_.events.push_back(
        {at, Feed::kB2b, RecordJson(fmt::format("{}.{}", payment.order, what), at, step)});
  }
  std::string Txn(const Payment& payment) { return fmt::format("TX{}", payment.order); }

  static size_t BankIndex(std::string_view name) {
    return static_cast<size_t>(std::find(std::begin(kBanks), std::end(kBanks), name) - kBanks);
  }

  Payment Between(std::string order, size_t from, size_t to, size_t payer, size_t payee,
                  int64_t minor, Nanos asked) {
    return {std::move(order),          from,  to,    EnterpriseName(from, payer),
            EnterpriseName(to, payee), minor, asked, asked + 24 * 60 * kNanosPerMinute};
  }

  void WriteMorning() {
    struct Item {
      const char* name;
      std::string_view from;
      std::string_view to;
      int64_t yuan;
    };
    static constexpr Item kItems[] = {
        {"T01", "CMB", "ICBC", 1'200'000}, {"T02", "ICBC", "CMB", 450'000},
        {"T03", "BOB", "ICBC", 300'000},   {"T04", "ICBC", "BOB", 800'000},
        {"T05", "PSBC", "CMB", 250'000},   {"T06", "CMB", "PSBC", 100'000},
        {"T07", "CCB", "BOB", 150'000},    {"T08", "BOB", "CCB", 90'000},
        {"T09", "CCB", "ICBC", 500'000},   {"T10", "PSBC", "CCB", 60'000},
    };
    Nanos asked = At(8, 30);
    for (const Item& item : kItems) {
      const Payment payment = Between(item.name, BankIndex(item.from), BankIndex(item.to), 0, 0,
                                      item.yuan * kFen, asked);
      const Nanos submitted = Start(payment);
      const Nanos approved = submitted + 4 * kNanosPerMinute;
      Approve(payment, "approval", approved, "zhang", true);
      Finish(payment, approved + 2 * kNanosPerSecond);
      if (payment.order == "T02") GiveBack(payment, "refund", At(11), 50'000 * kFen, "R02", "");
      asked += 13 * kNanosPerMinute;
    }
  }

  // Steps 1 to 7 of domain A1.3; the time of the submission.
  Nanos Start(const Payment& payment) {
    Request(payment);
    NetworkAnswer(payment, true);
    Send(payment, "redirected", payment.asked + 4 * kNanosPerSecond,
         fmt::format(R"("redirected":{{"order":"{}"}})", payment.order));
    Send(payment, "validation", payment.asked + 5 * kNanosPerSecond,
         fmt::format(R"("validation":{{"order":"{}","answer":"accepted"}})", payment.order));
    return Submit(payment);
  }

  void Request(const Payment& payment) {
    ++totals_.orders;
    Send(payment, "request", payment.asked,
         fmt::format(R"("gatewayRequest":{{"order":"{}",{},"validUntil":"{}","payer":"{}",)"
                     R"("payee":"{}","scheme":"{}","mandate":"{}.ops","submitter":"{}.li",)"
                     R"("channel":"NETSUNION","acceptingBank":"{}","accountBank":"{}",)"
                     R"("payeeBank":"{}","merchant":"{}"}})",
                     payment.order, AmountJson(payment.minor), FormatInstant(payment.valid_until),
                     payment.payer, payment.payee, kNetsUnion, payment.payer, payment.payer,
                     kBanks[payment.payee_bank], kBanks[payment.payer_bank],
                     kBanks[payment.payee_bank], payment.payee));
  }

  void NetworkAnswer(const Payment& payment, bool accepted) {
    Send(payment, "network", payment.asked + kNanosPerSecond,
         accepted ? fmt::format(R"("networkAnswer":{{"order":"{}","answer":"accepted",)"
                                R"("transactionId":"{}",)"
                                R"("redirectAddress":"https://b2b.{}.example/pay"}})",
                                payment.order, Txn(payment), kBanks[payment.payer_bank])
                  : fmt::format(R"("networkAnswer":{{"order":"{}","answer":"rejected",)"
                                R"("reason":"signature"}})",
                                payment.order));
  }

  Nanos Submit(const Payment& payment) {
    const Nanos at = payment.asked + random_.Between(20, 90) * kNanosPerSecond;
    Send(
        payment, "submission", at,
        fmt::format(R"("submission":{{"order":"{}","payer":"{}"}})", payment.order, payment.payer));
    return at;
  }

  void Approve(const Payment& payment, std::string_view what, Nanos at, std::string_view by,
               bool counts, std::string_view decision = "approve") {
    Send(payment, what, at,
         fmt::format(R"("approval":{{"order":"{}","decision":"{}","by":"{}.{}",)"
                     R"("method":"usb_key","orderVersion":1}})",
                     payment.order, decision, payment.payer, by));
    if (counts) ++totals_.approved;
  }

  std::string Notice(const Payment& payment, int64_t minor, Nanos debited) {
    return fmt::format(R"("debitNotice":{{"order":"{}","transactionId":"{}",{},)"
                       R"("debitedAt":"{}","outcome":"succeeded","clearingDate":"{}"}})",
                       payment.order, Txn(payment), AmountJson(minor), FormatInstant(debited),
                       kDate);
  }

  void Debit(const Payment& payment, Nanos at, Nanos debited) {
    Send(payment, "notice-10", at, Notice(payment, payment.minor, debited));
    totals_.paid.Add(payment.minor);
    expected_.Line(Feed::kB2b, "PAY", "", kBanks[payment.payer_bank], kBanks[payment.payee_bank],
                   payment.minor);
    expected_.Move(kNetsUnion, at, kBanks[payment.payer_bank], kBanks[payment.payee_bank],
                   payment.minor);
  }

  // Steps 9 to 13.
  void Finish(const Payment& payment, Nanos at) {
    Debit(payment, at, at - kNanosPerSecond);
    Tell(payment, at);
  }

  void Tell(const Payment& payment, Nanos debited) {
    for (const auto& [what, receiver] :
         {std::pair("notice-11", "account_bank"), std::pair("notice-12", "accepting_bank")}) {
      Send(
          payment, what, debited + kNanosPerSecond,
          fmt::format(R"("successNotice":{{"order":"{}","transactionId":"{}",{},"receiver":"{}"}})",
                      payment.order, Txn(payment), AmountJson(payment.minor), receiver));
    }
    Send(payment, "credited", debited + 2 * kNanosPerSecond,
         fmt::format(R"("credited":{{"order":"{}","transactionId":"{}"}})", payment.order,
                     Txn(payment)));
  }

  void GiveBack(const Payment& payment, std::string_view step, Nanos at, int64_t minor,
                std::string_view reference, std::string_view reason) {
    Send(payment, step, at,
         fmt::format(R"("{}":{{"order":"{}","transactionId":"{}",{},"reference":"{}",)"
                     R"("outcome":"succeeded"{}}})",
                     step, payment.order, Txn(payment), AmountJson(minor), reference,
                     reason.empty() ? "" : fmt::format(R"(,"reason":"{}")", reason)));
    totals_.given_back.Add(minor);
    expected_.Line(Feed::kB2b, step == "refund" ? "REFUND" : "RETURN", "",
                   kBanks[payment.payee_bank], kBanks[payment.payer_bank], minor);
    expected_.Move(kNetsUnion, at, kBanks[payment.payee_bank], kBanks[payment.payer_bank], minor);
  }

  // The product of two even draws, around the mean: many small payments and few large ones.
  int64_t DrawMinor(bool above_limit) {
    if (above_limit) return kOperationLimit + random_.Between(1, 60'000 * kFen);
    const int64_t u = random_.Between(1'000, 10'000);
    const int64_t v = random_.Between(0, 10'000);
    return std::max<int64_t>(100 * kFen, kMean * u / 5'500 * v / 5'000);
  }

  Payment Draw(int index, Story story) {
    const size_t from = random_.Below(std::size(kBanks));
    size_t to = (from + 1 + random_.Below(std::size(kBanks) - 1)) % std::size(kBanks);
    size_t payee = random_.Below(kEnterprisesPerBank - 1);  // the last of a bank may be closed
    size_t payer = random_.Below(kEnterprisesPerBank - 1);
    if (story == Story::kClosedPayee) {
      to = BankIndex("BOB");
      payee = kEnterprisesPerBank - 1;
    }
    const Nanos last = IsShort(story) ? At(15, 30) : At(16, 30);
    const Nanos asked = At(12) + random_.Between(0, (last - At(12)) / 1'000'000) * 1'000'000;
    Payment payment = Between(fmt::format("B{}{:04}", kBasicDate, index + 1),
                              from == to ? (from + 1) % std::size(kBanks) : from, to, payer, payee,
                              DrawMinor(NeedsApprover(story)), asked);
    if (IsShort(story)) {
      payment.valid_until = asked + 30 * kNanosPerMinute;
      if (!NeedsApprover(story)) payment.minor = std::min(payment.minor, kOperationLimit);
    }
    return payment;
  }

  void WriteAfternoon(int index, Story story) {
    const Payment payment = Draw(index, story);
    if (WriteUnstarted(payment, story)) return;
    const Nanos submitted = Start(payment);
    const Nanos next = submitted + random_.Between(2, 25) * kNanosPerMinute;
    if (WriteUnpaid(payment, story, next) || WriteLate(payment, story)) return;
    Nanos debited = submitted + 2 * kNanosPerSecond;
    if (payment.minor > kOperationLimit) {
      if (story == Story::kOwnItem || story == Story::kWrongApprover) {
        const bool own = story == Story::kOwnItem;
        Approve(payment, "approval-no", next - kNanosPerMinute, own ? "li" : "chen", false);
        ++expected_.refused[own ? "own_item" : "not_an_approver"];
      }
      Approve(payment, "approval", next, random_.Chance(50) ? "zhang" : "wang", true);
      debited = next + 2 * kNanosPerSecond;
    }
    WritePaid(payment, story, debited);
  }

  // What ends before the payer reached the submission.
  bool WriteUnstarted(const Payment& payment, Story story) {
    switch (story) {
      case Story::kClosedPayee:
        Request(payment);
        --totals_.orders;
        ++expected_.refused["account_closed"];
        return true;
      case Story::kNetworkRejects:
        Request(payment);
        NetworkAnswer(payment, false);
        ++totals_.declined;
        return true;
      case Story::kBankRefuses:
        Request(payment);
        NetworkAnswer(payment, true);
        Send(payment, "validation", payment.asked + 5 * kNanosPerSecond,
             fmt::format(R"("validation":{{"order":"{}","answer":"rejected",)"
                         R"("reason":"account name"}})",
                         payment.order));
        ++totals_.declined;
        return true;
      case Story::kNeverArrives:
        Request(payment);
        NetworkAnswer(payment, true);
        Send(payment, "redirected", payment.valid_until + 9 * kNanosPerMinute,
             fmt::format(R"("redirected":{{"order":"{}"}})", payment.order));
        ++expected_.refused["order_expired"];
        ++totals_.expired;
        return true;
      default:
        return false;
    }
  }

  // What ends, or waits, after the submission.
  bool WriteUnpaid(const Payment& payment, Story story, Nanos next) {
    switch (story) {
      case Story::kApproverRejects:
        Approve(payment, "rejection", next, "wang", false, "reject");
        ++totals_.declined;
        return true;
      case Story::kApprovedTooLate:
        Approve(payment, "approval", payment.valid_until + 11 * kNanosPerMinute, "zhang", false);
        ++expected_.refused["order_expired"];
        ++totals_.expired;
        return true;
      case Story::kCancelled:
        Send(payment, "cancelled", next,
             fmt::format(R"("cancellation":{{"order":"{}","reason":"wrong supplier"}})",
                         payment.order));
        ++totals_.cancelled;
        return true;
      case Story::kStillWaiting:
        ++totals_.waiting;
        return true;
      default:
        return false;
    }
  }

  // The debit notice is lost; the account bank's answer to a query brings the news.
  bool WriteLate(const Payment& payment, Story story) {
    if (story != Story::kLateNotice && story != Story::kLateDebit) return false;
    const bool in_time = story == Story::kLateNotice;
    Send(payment, "overdue", payment.valid_until - 10 * kNanosPerMinute,
         fmt::format(R"("answerOverdue":{{"order":"{}"}})", payment.order));
    const Nanos told = payment.valid_until + 15 * kNanosPerMinute;
    Debit(payment, told, payment.valid_until + (in_time ? -1 : 1) * kNanosPerSecond);
    if (!in_time) ++expected_.booked["order_expired"];
    Tell(payment, told);
    return true;
  }

  void WritePaid(const Payment& payment, Story story, Nanos debited) {
    if (story == Story::kWrongAmount) {
      Send(payment, "notice-bad", debited - kNanosPerSecond / 2,
           Notice(payment, payment.minor + 1, debited - kNanosPerSecond));
      ++expected_.refused["amount_mismatch"];
    }
    Finish(payment, debited);
    const Nanos later = debited + 12 * kNanosPerMinute;
    if (story == Story::kNoticeTwice) {
      day_.events.push_back(
          {later, Feed::kB2b,
           RecordJson(payment.order + ".notice-10", debited,
                      Notice(payment, payment.minor, debited - kNanosPerSecond))});
      ++expected_.duplicates;
    } else if (story == Story::kNoticeAgain) {
      Send(payment, "notice-x", later, Notice(payment, payment.minor, debited - kNanosPerSecond));
      ++expected_.refused["duplicate_notice"];
    } else if (story == Story::kReturned) {
      GiveBack(payment, "paymentReturn", later, payment.minor, "RT" + payment.order,
               "name mismatch");
    } else if (story == Story::kPartRefund) {
      GiveBack(payment, "refund", later, std::max<int64_t>(1, payment.minor / 3),
               "RF" + payment.order, "goods returned");
    }
  }

  Random random_;
  Day& day_;
  Expected& expected_;
  B2bTotals& totals_;
};

// An account with money that came from outside the books, and a mandate with two approvers.
void AddEnterprise(Setup& setup, std::string_view bank, const std::string& name) {
  setup.Account(name, bank, "customer", "");
  setup.Opening(name, bank, kOpeningBalance);
  setup.Register(
      name + ".ops",
      fmt::format(R"("mandate":{{"account":"{0}","holder":"{0}.li","utcOffsetMinutes":480,)"
                  R"("limits":[{{"window":"single","amountMinor":"{1}","passing":"step_up"}}],)"
                  R"("approvers":[{{"level":1,"person":"{0}.zhang"}},)"
                  R"({{"level":1,"person":"{0}.wang"}}]}})",
                  name, kOperationLimit));
}

}  // namespace

std::string EnterpriseName(size_t bank, size_t index) {
  static constexpr std::string_view kNames[][kEnterprisesPerBank] = {
      {"dragon-steel", "yellow-river", "north-grain", "jade-paper"},
      {"lotus-glass", "great-wall", "red-cotton", "east-port"},
      {"plateau-wool", "salt-lake", "green-farm", "kunlun-tea"},
      {"silk-road", "sea-pearl", "south-chip", "bright-lamp"},
      {"capital-bus", "west-hill", "garden-press", "bell-tower"}};
  return fmt::format("{}:{}", kBanks[bank], kNames[bank][index]);
}

void RegisterB2b(Setup& setup) {
  for (size_t bank = 0; bank < std::size(kBanks); ++bank) {
    for (size_t i = 0; i < kEnterprisesPerBank; ++i) {
      AddEnterprise(setup, kBanks[bank], EnterpriseName(bank, i));
    }
  }
  // The last enterprise has closed its account: nobody can pay it.
  setup.Account(EnterpriseName(4, 3), "BOB", "customer", R"(,"status":"closed")");
}

void AddB2bDay(Day& day) { B2bDay(day).Write(); }

}  // namespace longmen::adapters::simulation
