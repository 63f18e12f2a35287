// A day of parking in Xining (domain A3): 453 lots, 21,458 bays, about 6,050 prepayments.
//
// The casebook gives no tariff; the two here are invented, with a cap of 20.00, so that the average
// fee comes near its 13.12 yuan a payment. The mix of wallets, the stays and the number of
// problems of domain A3.6 are invented too.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "adapters/simulation/random.h"
#include "adapters/simulation/setup.h"
#include "adapters/simulation/simulation.h"

namespace longmen::adapters::simulation {
namespace {

constexpr int64_t kCap = 20'00;
constexpr int64_t kFreeMinutes = 30;
constexpr int64_t kStepMinutes = 30;
constexpr Nanos kLastDeparture = At(23, 30);

enum class Story {
  kOrdinary,
  kPaidAfterPassword,  // USERPAYING, then paid
  kNoFunds,            // USERPAYING, then failed
  kRevoked,            // no answer: revoked
  kRevokedThenPaid,    // the payment crossed the revocation
  kUnreadableCode,     // the attendant scans something else first
  kBayTaken,           // a second car is scanned on the same bay
  kResentDeparture,    // the same record twice
  kTwoSensors,         // two records of one departure
  kNoDeparture,        // the sensor missed it
  kRefundRetried,      // the card was cancelled; another way was found
  kRefundFailed,       // and none was
  kRefundTooMuch,      // somebody asks for more than cap - fee
};

constexpr int64_t kSessions = 6'052;  // prepayments a day (domain A7)

constexpr std::pair<Story, int64_t> kStories[] = {
    {Story::kPaidAfterPassword, 60}, {Story::kNoFunds, 8},         {Story::kRevoked, 5},
    {Story::kRevokedThenPaid, 3},    {Story::kUnreadableCode, 12}, {Story::kBayTaken, 9},
    {Story::kResentDeparture, 25},   {Story::kTwoSensors, 15},     {Story::kNoDeparture, 14},
    {Story::kRefundRetried, 4},      {Story::kRefundFailed, 2},    {Story::kRefundTooMuch, 3},
};

std::string Digits(Random& random, size_t count) {
  std::string digits;
  while (digits.size() < count) digits += static_cast<char>('0' + random.Below(10));
  return digits;
}

// Who stands behind a payer code (domain B7).
struct Payer {
  std::string_view wallet;
  std::string_view participant;
  std::string code;
};

Payer DrawPayer(Random& random) {
  const uint64_t draw = random.Below(100);
  if (draw < 46) {
    return {"WeChat", "WECHAT", std::to_string(random.Between(10, 15)) + Digits(random, 16)};
  }
  if (draw < 76) {
    const size_t more = 14 + random.Below(9);
    return {"Alipay", "ALIPAY", std::to_string(random.Between(25, 30)) + Digits(random, more)};
  }
  return {"UnionPay", kBanks[random.Below(std::size(kBanks))], "62" + Digits(random, 17)};
}

class ParkingDay {
 public:
  explicit ParkingDay(Day& day)
      : random_(day.options.seed * 2 + 1),
        day_(day),
        expected_(day.expected),
        totals_(day.expected.parking) {}

  void Write() {
    AddLots();
    const auto stories = Stories(random_, day_.options, kStories,
                                 static_cast<size_t>(day_.options.Scaled(kSessions)));
    std::vector<Nanos> arrivals;
    for (size_t i = 0; i < stories.size(); ++i) arrivals.push_back(DrawArrival());
    std::sort(arrivals.begin(), arrivals.end());
    for (size_t i = 0; i < stories.size(); ++i) {
      WriteSession(static_cast<int>(i), arrivals[i], stories[i]);
    }
    WriteLooseEnds();
    WritePayout();
  }

 private:
  // One car: drawn first, told afterwards.
  struct Session {
    std::string number;
    const Lot* lot;
    int bay;
    Payer payer;
    Nanos arrived;
    Nanos left;
    int64_t fee;
  };

  void AddLots() {
    static constexpr std::string_view kDistricts[] = {"Chengdong", "Chengzhong", "Chengxi",
                                                      "Chengbei"};
    // A city that the day fits into.
    const auto lots = static_cast<int>(std::max<int64_t>(kLots, day_.options.Scaled(kLots)));
    for (int i = 0; i < lots; ++i) {
      const bool centre = random_.Chance(40);
      day_.lots.push_back({fmt::format("L{:03}", i + 1), kDistricts[random_.Below(4)],
                           centre ? "xining-centre" : "xining-outer",
                           kBays / kLots + (i % kLots < kBays % kLots ? 1 : 0)});
    }
    free_from_.resize(day_.lots.size());
    for (size_t i = 0; i < day_.lots.size(); ++i) {
      free_from_[i].assign(static_cast<size_t>(day_.lots[i].bays), 0);
    }
  }

  // From 06:30 to 19:30, most of them around one o'clock, and a few for the evening, who are
  // refunded after the clearing day's cut at 23:00.
  Nanos DrawArrival() {
    if (random_.Chance(6)) {
      return At(17, 30) + random_.Between(0, (At(21) - At(17, 30)) / 1'000'000) * 1'000'000;
    }
    const int64_t span = (At(19, 30) - At(6, 30)) / 1'000'000;
    const int64_t at = (random_.Between(0, span) + random_.Between(0, span)) / 2;
    return At(6, 30) + at * 1'000'000;
  }

  int64_t DrawStayMinutes(Story story) {
    if (story == Story::kBayTaken) return random_.Between(60, 300);
    const bool must_refund = story == Story::kRefundRetried || story == Story::kRefundFailed ||
                             story == Story::kRefundTooMuch;
    if (must_refund) return random_.Between(40, 120);
    return random_.Chance(13) ? random_.Between(6, 30) : random_.Between(31, 330);
  }

  static int64_t FeeOf(std::string_view tariff, Nanos stay) {
    const Nanos charged = stay - kFreeMinutes * kNanosPerMinute;
    if (charged <= 0) return 0;
    const Nanos step = kStepMinutes * kNanosPerMinute;
    const int64_t price = tariff == "xining-centre" ? 4'00 : 3'00;
    return std::min(kCap, (charged + step - 1) / step * price);
  }

  Session Draw(int index, Nanos arrived, Story story) {
    Session session{.number = fmt::format("S{:05}", index + 1),
                    .lot = nullptr,
                    .bay = 0,
                    .payer = DrawPayer(random_),
                    .arrived = arrived,
                    .left = 0,
                    .fee = 0};
    session.left =
        arrived + DrawStayMinutes(story) * kNanosPerMinute + random_.Between(1, 59'000) * 1'000'000;
    session.left =
        std::min(session.left, kLastDeparture + random_.Between(0, 600) * kNanosPerSecond);
    do {
      const size_t lot = random_.Below(day_.lots.size());
      session.lot = &day_.lots[lot];
      session.bay = static_cast<int>(random_.Below(static_cast<uint64_t>(session.lot->bays)));
      Nanos& free_from = free_from_[lot][static_cast<size_t>(session.bay)];
      if (free_from >= arrived) continue;
      free_from = story == Story::kNoDeparture ? At(24) : session.left + kNanosPerMinute;
      break;
    } while (true);
    session.fee = FeeOf(session.lot->tariff, session.left - arrived);
    return session;
  }

  void Send(std::string_view id, Nanos at, std::string_view step) {
    day_.events.push_back({at, Feed::kParking, RecordJson(id, at, step)});
  }

  std::string Answer(const Session& session, std::string_view outcome, bool route = true) {
    std::string answer = fmt::format(R"("answer":{{"outcome":"{}")", outcome);
    if (route) {
      answer += fmt::format(R"(,"payer":"{}:users","scheme":"{}","reference":"PAY-{}",)"
                            R"("clearingDate":"{}")",
                            session.payer.participant, kUnionPay, session.number, kDate);
    }
    return answer + "}";
  }

  // The attendant scans; `code` is what the scanner read, `answer` empty where the channel has
  // not been asked yet.
  void Scan(const Session& session, std::string_view id, Nanos at, std::string_view number,
            std::string_view code, const std::string& answer) {
    ++plates_;
    Send(id, at,
         fmt::format(R"("scan":{{"session":"{}","lot":"{}","bay":"{}","tariff":"{}",)"
                     R"("pending":"PSBC:parking-pending","revenue":"PSBC:parking-revenue",)"
                     R"("plate":"青A·{:05}","payerCode":"{}"{}{}}})",
                     number, session.lot->name, session.bay + 1, session.lot->tariff, plates_, code,
                     answer.empty() ? "" : ",", answer));
  }

  void ScanResult(const Session& session, std::string_view id, Nanos at,
                  const std::string& answer) {
    Send(id, at, fmt::format(R"("scanResult":{{"session":"{}",{}}})", session.number, answer));
  }

  // WECHAT, ALIPAY or UNIONPAY.
  static std::string ChannelOf(const Session& session) {
    std::string channel(session.payer.wallet);
    std::ranges::transform(channel, channel.begin(),
                           [](char c) { return static_cast<char>(std::toupper(c)); });
    return channel;
  }

  // What stays with the bank that collects: a fee, the payout.
  void Inside(int64_t minor) { expected_.Line(Feed::kParking, "PAY", "", "PSBC", "PSBC", minor); }

  void CountPrepaid(const Session& session, Nanos at) {
    totals_.prepaid.Add(kCap);
    totals_.prepaid_by_wallet[std::string(session.payer.wallet)].Add(kCap);
    expected_.Line(Feed::kParking, "PAY", ChannelOf(session), session.payer.participant, "PSBC",
                   kCap);
    expected_.Move(kUnionPay, at, session.payer.participant, "PSBC", kCap);
  }

  // The answer to the session's first request for a refund, "r1", or to a later one.
  void RefundResult(const Session& session, std::string_view id, std::string_view request, Nanos at,
                    int64_t minor, std::string_view outcome, std::string_view type = "REFUND") {
    Send(id, at,
         fmt::format(R"("refundResult":{{"session":"{0}","number":"{0}/{1}","outcome":"{2}",)"
                     R"("reference":"REF-{0}"{3}}})",
                     session.number, request, outcome,
                     outcome == "failed" ? R"(,"reason":"the card was cancelled")" : ""));
    if (outcome != "succeeded") return;
    totals_.refunded.Add(minor);
    expected_.Line(Feed::kParking, type, ChannelOf(session), "PSBC", session.payer.participant,
                   minor);
    expected_.Move(kUnionPay, at, "PSBC", session.payer.participant, minor);
  }

  // From the scan to the money; false where no car is left on the bay.
  bool WriteScan(const Session& session, Story story) {
    const std::string& s = session.number;
    const Nanos at = session.arrived;
    const std::string& code = session.payer.code;
    const bool waits = story == Story::kPaidAfterPassword || story == Story::kNoFunds ||
                       story == Story::kRevoked || story == Story::kRevokedThenPaid;
    if (!waits) {
      Scan(session, s + ".scan", at, s, code, Answer(session, "succeeded"));
      CountPrepaid(session, at);
      return true;
    }
    Scan(session, s + ".scan", at, s, code, Answer(session, "pending"));
    if (story == Story::kPaidAfterPassword) {
      ScanResult(session, s + ".result", at + 12 * kNanosPerSecond,
                 Answer(session, "succeeded", false));
      CountPrepaid(session, at + 12 * kNanosPerSecond);
      return true;
    }
    if (story == Story::kNoFunds) {
      ScanResult(session, s + ".result", at + 9 * kNanosPerSecond,
                 Answer(session, "failed", false));
      return false;
    }
    ScanResult(session, s + ".query", at + 10 * kNanosPerSecond, Answer(session, "unknown", false));
    Send(s + ".revoke", at + 31 * kNanosPerSecond,
         fmt::format(R"("revoke":{{"session":"{}","reason":"no answer in 30 s"}})", s));
    if (story == Story::kRevokedThenPaid) {
      const Nanos late = at + 33 * kNanosPerSecond;
      ScanResult(session, s + ".late", late, Answer(session, "succeeded"));
      CountPrepaid(session, late);
      ++expected_.booked["order_not_open"];
      RefundResult(session, s + ".given-back", "r1", late + 8 * kNanosPerSecond, kCap, "succeeded",
                   "REVERSAL");
    }
    return false;
  }

  void WriteSession(int index, Nanos arrived, Story story) {
    const Session session = Draw(index, arrived, story);
    const std::string& s = session.number;
    if (story == Story::kUnreadableCode) {
      // 17 digits, or a prefix of nobody's.
      Scan(session, s + ".misread", arrived - 15 * kNanosPerSecond, s,
           index % 2 == 0 ? session.payer.code.substr(0, 15) : "99" + session.payer.code.substr(2),
           "");
      ++expected_.refused["unknown_payer_code"];
    }
    if (!WriteScan(session, story)) return;
    if (story == Story::kBayTaken) {
      Scan(session, s + ".other", arrived + 20 * kNanosPerMinute, s + "x", DrawPayer(random_).code,
           "");
      ++expected_.refused["resource_busy"];
    }
    if (story == Story::kNoDeparture) {
      Send(
          s + ".abandoned", At(23, 50),
          fmt::format(R"("abandonment":{{"session":"{}","reason":"no departure was sensed"}})", s));
      totals_.fees.Add(kCap);
      totals_.abandoned.Add(kCap);
      Inside(kCap);
      return;
    }
    WriteDeparture(session, story);
  }

  void WriteDeparture(const Session& session, Story story) {
    const std::string& s = session.number;
    const std::string departure =
        fmt::format(R"("departure":{{"session":"{}","tariff":"{}"}})", s, session.lot->tariff);
    Send(s + ".left", session.left, departure);
    if (session.fee > 0) {
      totals_.fees.Add(session.fee);
      Inside(session.fee);
    }
    totals_.payout += session.fee;
    if (story == Story::kResentDeparture) {
      day_.events.push_back({session.left + 90 * kNanosPerSecond, Feed::kParking,
                             RecordJson(s + ".left", session.left, departure)});
      ++expected_.duplicates;
    }
    if (story == Story::kTwoSensors) {
      Send(s + ".left-again", session.left + 25 * kNanosPerSecond, departure);
      ++expected_.refused["duplicate_notice"];
    }
    if (session.fee < kCap) WriteRefund(session, story);
  }

  void WriteRefund(const Session& session, Story story) {
    const std::string& s = session.number;
    const int64_t rest = kCap - session.fee;
    const Nanos answered = session.left + random_.Between(2, 40) * kNanosPerSecond;
    const auto ask = [&](std::string_view id, Nanos at, int64_t minor) {
      Send(id, at,
           fmt::format(R"("refund":{{"session":"{}",{},"reason":"to another card"}})", s,
                       AmountJson(minor)));
    };
    if (story != Story::kRefundRetried && story != Story::kRefundFailed) {
      RefundResult(session, s + ".refund", "r1", answered, rest, "succeeded");
      if (story == Story::kRefundTooMuch) {
        ask(s + ".claim", answered + 5 * kNanosPerMinute, rest);
        ++expected_.refused["exceeds_debit"];
      }
      return;
    }
    RefundResult(session, s + ".refund", "r1", answered, rest, "failed");
    if (story == Story::kRefundFailed) return totals_.owed.Add(rest);
    ask(s + ".retry", answered + 20 * kNanosPerMinute, rest);
    RefundResult(session, s + ".refund2", "r2", answered + 21 * kNanosPerMinute, rest, "succeeded");
  }

  // A departure of nobody's, and a line that was cut in transmission.
  void WriteLooseEnds() {
    Send("ghost-1", At(14, 5), R"("departure":{"session":"S0","tariff":"xining-outer"})");
    ++expected_.refused["unknown_order"];
    day_.events.push_back({At(16, 20), Feed::kParking, R"({"id":"cut-1","occurredAt":"2021-03-0)"});
    ++expected_.invalid;
  }

  // Revenue of the sessions that closed by a departure goes to the municipality in one lump; what
  // an abandoned session paid may yet have to be corrected, and stays (domain A3.2 rule 7, A3.5).
  void WritePayout() {
    Inside(totals_.payout);
    Send("payout", At(23, 55),
         fmt::format(R"("payout":{{"payout":"PO-{}","from":"PSBC:parking-revenue",)"
                     R"("to":"PSBC:municipal",{},"outcome":"succeeded","reference":"PO-1"}})",
                     kBasicDate, AmountJson(totals_.payout)));
  }

  Random random_;
  Day& day_;
  Expected& expected_;
  ParkingTotals& totals_;
  std::vector<std::vector<Nanos>> free_from_;  // per lot and bay
  int plates_ = 0;
};

}  // namespace

void RegisterParking(Setup& setup) {
  setup.Account("PSBC:parking-pending", "PSBC", "pending", "");
  setup.Account("PSBC:parking-revenue", "PSBC", "revenue", "");
  setup.Account("PSBC:municipal", "PSBC", "customer", "");
  for (const auto& [name, step] :
       {std::pair("xining-centre", 400), std::pair("xining-outer", 300)}) {
    setup.Register(name, fmt::format(R"("tariff":{{"currency":"CNY","parking":{{"capMinor":"2000",)"
                                     R"("stepMinor":"{}","stepMinutes":30,"freeMinutes":30}}}})",
                                     step));
  }
}

void AddParkingDay(Day& day) { ParkingDay(day).Write(); }

}  // namespace longmen::adapters::simulation
