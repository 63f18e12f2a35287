// A day of face and code rides on Xi'an's metro (domain A2): 28,900 rides (A7).
//
// Lines 1 and 2 with their stations of 2021; the metres between them are invented, and the
// crossing, beidajie, is where both count from. The fares are the published ladder (B10) at 85 %,
// which the bank funds. How riders pay, how often a card fails and how many of each problem of A2.6
// there are is invented: no figures are published (domain F10).
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "adapters/simulation/random.h"
#include "adapters/simulation/setup.h"
#include "adapters/simulation/simulation.h"

namespace longmen::adapters::simulation {
namespace {

constexpr int64_t kRides = 28'900;
constexpr int64_t kHighestFare = 9'00;
constexpr int64_t kSameStationFare = 2'00;
constexpr int64_t kStayMinutes = 210;
constexpr std::string_view kBank = "CCB";
constexpr std::string_view kOperator = "CCB:metro";
constexpr std::string_view kTariff = "xian";
constexpr std::string_view kDiscount = "promo85";

// A station on its line: metres from the crossing, negative to the west and the north.
struct Station {
  std::string_view name;
  int line;
  int metres;
};

constexpr Station kStations[] = {
    {"houweizhai", 1, -13'400},     {"sanqiao", 1, -11'900},
    {"zaohe", 1, -10'300},          {"zaoyuan", 1, -8'800},
    {"hanchenglu", 1, -7'200},      {"kaiyuanmen", 1, -5'600},
    {"laodonglu", 1, -4'300},       {"yuxiangmen", 1, -3'000},
    {"sajinqiao", 1, -1'400},       {"beidajie", 1, 0},
    {"wulukou", 1, 1'300},          {"chaoyangmen", 1, 2'500},
    {"kangfulu", 1, 3'700},         {"tonghuamen", 1, 5'000},
    {"wanshoulu", 1, 6'600},        {"changlepo", 1, 8'000},
    {"chanhe", 1, 9'700},           {"banpo", 1, 11'200},
    {"fangzhicheng", 1, 12'800},    {"beikezhan", 2, -12'900},
    {"yundonggongyuan", 2, -9'900}, {"xingzhengzhongxin", 2, -8'500},
    {"fengchengwulu", 2, -7'000},   {"shitushuguan", 2, -5'400},
    {"daminggongxi", 2, -4'000},    {"longshouyuan", 2, -2'500},
    {"anyuanmen", 2, -1'300},       {"zhonglou", 2, 1'100},
    {"yongningmen", 2, 2'300},      {"nanshaomen", 2, 3'500},
    {"tiyuchang", 2, 4'700},        {"xiaozhai", 2, 6'000},
    {"weiyijie", 2, 7'300},         {"huizhanzhongxin", 2, 8'600},
    {"sanyao", 2, 10'200},          {"fengqiyuan", 2, 12'100},
    {"hangtiancheng", 2, 14'000},   {"weiqunan", 2, 15'600},
};

// The two lines meet at one place, so that there is one way from anywhere to anywhere.
int Metres(const Station& from, const Station& to) {
  if (from.line == to.line) return std::abs(from.metres - to.metres);
  return std::abs(from.metres) + std::abs(to.metres);
}

// Domain B10, in fen: the ladder, and a yuan for each further eight kilometres or part.
int64_t FareOf(int metres) {
  constexpr std::pair<int, int64_t> kLadder[] = {
      {6'000, 2'00}, {10'000, 3'00}, {14'000, 4'00}, {20'000, 5'00}, {26'000, 6'00}};
  for (const auto& [up_to, fare] : kLadder) {
    if (metres <= up_to) return fare;
  }
  return 6'00 + (metres - 26'000 + 7'999) / 8'000 * 1'00;
}

// 85 %, half up.
int64_t Discounted(int64_t fare) { return (fare * 85 + 50) / 100; }

enum class Story : uint8_t {
  kWallet,         // the class III account pays
  kCard,           // it is empty: the bound card does
  kSecondCard,     // the first card's bank says no
  kArrearsRepaid,  // every card fails; repaid before the way home
  kArrearsOpen,    // and not repaid
  kWrittenOff,
  kSameStation,
  kOvertime,
  kNoExit,       // staff find the rider gone
  kNoEntry,      // the gate stood open
  kResentExit,   // the same record again
  kExitTwice,    // another record of the same exit
  kOtherNumber,  // the exit gate does not know the trip
  kFalseMatch,   // another rider's face
  kWrongFare,    // a yuan goes back
  kStaleGate,    // the gate let in from an old list
};

constexpr std::pair<Story, int64_t> kStories[] = {
    {Story::kCard, 2'600},    {Story::kSecondCard, 60}, {Story::kArrearsRepaid, 25},
    {Story::kArrearsOpen, 9}, {Story::kWrittenOff, 3},  {Story::kSameStation, 40},
    {Story::kOvertime, 12},   {Story::kNoExit, 14},     {Story::kNoEntry, 8},
    {Story::kResentExit, 55}, {Story::kExitTwice, 25},  {Story::kOtherNumber, 35},
    {Story::kFalseMatch, 4},  {Story::kWrongFare, 6},   {Story::kStaleGate, 5},
};

bool PaysByCard(Story story) {
  return story == Story::kCard || story == Story::kSecondCard || story == Story::kArrearsRepaid ||
         story == Story::kArrearsOpen || story == Story::kWrittenOff;
}

struct Rider {
  std::string name;
  Story story;
  std::string_view card;    // the bank of the first bound card
  std::string_view second;  // of another one; empty: none
};

struct Ride {
  std::string trip;
  const Station* from;
  const Station* to;
  Nanos entered;
  Nanos left;
};

class MetroDay {
 public:
  explicit MetroDay(Day& day)
      : random_(day.options.seed * 2 + 3),
        day_(day),
        expected_(day.expected),
        totals_(day.expected.metro) {}

  void Write() {
    // Most riders go out and come home.
    const auto riders = static_cast<size_t>(std::max<int64_t>(2, day_.options.Scaled(kRides) / 2));
    const std::vector<Story> stories = Stories(random_, day_.options, kStories, riders);
    for (size_t i = 0; i < stories.size(); ++i) WriteRider(i, stories[i]);
    totals_.riders = static_cast<int64_t>(stories.size());
  }

 private:
  void Send(std::string_view id, Nanos at, std::string_view step) {
    day_.events.push_back({at, Feed::kMetro, RecordJson(id, at, step)});
  }
  std::string_view DrawBank() { return kBanks[random_.Below(std::size(kBanks))]; }
  static std::string UsersOf(std::string_view bank) { return fmt::format("{}:users", bank); }
  Nanos Within(Nanos from, Nanos to) {
    return from + random_.Between(0, (to - from) / 1'000'000) * 1'000'000;
  }

  // What a bank's card pays to the wallet's bank, which keeps the metro's account too.
  void PaidBy(std::string_view bank, Nanos at, int64_t minor) {
    expected_.Line(Feed::kMetro, "PAY", "", bank, kBank, minor);
    expected_.Move(kUnionPay, at, bank, kBank, minor);
  }
  void Inside(std::string_view type, int64_t minor) {
    expected_.Line(Feed::kMetro, type, "", kBank, kBank, minor);
  }

  void WriteRider(size_t index, Story story) {
    Rider rider{fmt::format("r{:06}", index + 1), story, DrawBank(), ""};
    if (story == Story::kSecondCard || random_.Chance(20)) {
      do rider.second = DrawBank();
      while (rider.second == rider.card);
    }
    SignUp(rider);
    const Ride out = Draw(rider, "a", At(6, 15), At(10, 30));
    WriteFirst(rider, out);
    if (story == Story::kNoExit || story == Story::kOvertime) return;
    const Ride home = Draw(rider, "b", At(16, 30), At(22, 30));
    WriteHome(rider, home);
  }

  void SignUp(const Rider& rider) {
    const Nanos at = Within(At(0, 10), At(4, 30));
    Send(rider.name + ".signup", at,
         fmt::format(R"("signUp":{{"rider":"{0}","bank":"{1}","wallet":"w:{0}",)"
                     R"("identityCheck":"ID-{0}","card":"{2}"}})",
                     rider.name, kBank, UsersOf(rider.card)));
    if (!rider.second.empty()) {
      Send(rider.name + ".card", at + kNanosPerMinute,
           fmt::format(R"("bindCard":{{"rider":"{}","card":"{}"}})", rider.name,
                       UsersOf(rider.second)));
    }
    if (PaysByCard(rider.story)) return;
    const int64_t minor = 50'00 * random_.Between(1, 4);
    const Nanos paid = at + 2 * kNanosPerMinute;
    Send(rider.name + ".topup", paid,
         fmt::format(R"("topUp":{{"number":"{0}u","rider":"{0}","card":"{1}",{2},)"
                     R"("scheme":"{3}","outcome":"succeeded","reference":"UP-{0}"}})",
                     rider.name, UsersOf(rider.card), AmountJson(minor), kUnionPay));
    PaidBy(rider.card, paid, minor);
  }

  Ride Draw(const Rider& rider, std::string_view leg, Nanos from, Nanos to) {
    const Station* origin = &kStations[random_.Below(std::size(kStations))];
    const Station* target = origin;
    while (target == origin) target = &kStations[random_.Below(std::size(kStations))];
    // The sum of two draws: most of them around the peak.
    const Nanos entered = from + (Within(0, to - from) + Within(0, to - from)) / 2;
    const int64_t seconds = 240 + Metres(*origin, *target) / 9;
    return {fmt::format("{}{}", rider.name, leg), origin, target, entered,
            entered + seconds * kNanosPerSecond};
  }

  void Enter(const Rider& rider, const Ride& ride, std::string_view what, Nanos at,
             std::string_view more = "") {
    Send(ride.trip + std::string(what), at,
         fmt::format(R"("entry":{{"trip":"{}","rider":"{}","station":"{}","gate":"g{}",)"
                     R"("mode":"{}","tariff":"{}","operator":"{}","scheme":"{}"{}}})",
                     ride.trip, rider.name, ride.from->name, random_.Between(1, 12),
                     random_.Chance(70) ? "face" : "code", kTariff, kOperator, kUnionPay, more));
  }

  std::string ExitStep(const Rider& rider, const Ride& ride, std::string_view trip,
                       std::string_view more = "") {
    return fmt::format(R"("exit":{{"trip":"{}","rider":"{}","station":"{}","mode":"{}",)"
                       R"("discount":"{}"{}}})",
                       trip, rider.name, ride.to->name, random_.Chance(70) ? "face" : "code",
                       kDiscount, more);
  }

  // The way home: paid like any ride, unless the way out is still owed.
  void WriteHome(const Rider& rider, const Ride& ride) {
    if (rider.story == Story::kArrearsOpen || rider.story == Story::kWrittenOff) {
      Enter(rider, ride, ".in", ride.entered);
      ++expected_.refused["in_arrears"];
      return;
    }
    Enter(rider, ride, ".in", ride.entered);
    Send(ride.trip + ".out", ride.left, ExitStep(rider, ride, ride.trip));
    Pay(rider, ride, FareOf(Metres(*ride.from, *ride.to)), true);
  }

  // The discount's funder pays the rest of the fare at the exit, whoever pays the fare in the end.
  int64_t Price(int64_t fare, bool discounted) {
    ++totals_.rides;
    if (!discounted) return fare;
    Inside("SUBSIDY", fare - Discounted(fare));
    return Discounted(fare);
  }

  void Pay(const Rider& rider, const Ride& ride, int64_t fare, bool discounted) {
    const int64_t minor = Price(fare, discounted);
    if (!PaysByCard(rider.story)) return Inside("PAY", minor);
    PayByCard(ride, 1, rider.card, minor);
  }

  void CardAnswers(const Ride& ride, int attempt, Nanos at, std::string_view answer) {
    Send(fmt::format("{}.p{}", ride.trip, attempt), at,
         fmt::format(R"("debitResult":{{"trip":"{0}","number":"{0}/p{1}",{2}}})", ride.trip,
                     attempt, answer));
  }
  void PayByCard(const Ride& ride, int attempt, std::string_view bank, int64_t minor) {
    const Nanos at = ride.left + attempt * 20 * kNanosPerSecond;
    CardAnswers(ride, attempt, at,
                fmt::format(R"("outcome":"succeeded","reference":"UP-{}","clearingDate":"{}")",
                            ride.trip, kDate));
    PaidBy(bank, at, minor);
  }
  void CardFails(const Ride& ride, int attempt) {
    CardAnswers(ride, attempt, ride.left + attempt * 20 * kNanosPerSecond,
                R"("outcome":"failed","reason":"no funds")");
  }

  void WriteFirst(const Rider& rider, const Ride& drawn) {
    Ride ride = drawn;
    const int64_t fare = FareOf(Metres(*ride.from, *ride.to));
    const auto through = [&] {
      Enter(rider, ride, ".in", ride.entered);
      Send(ride.trip + ".out", ride.left, ExitStep(rider, ride, ride.trip));
    };
    switch (rider.story) {
      case Story::kWallet:
      case Story::kCard:
        through();
        return Pay(rider, ride, fare, true);
      case Story::kSecondCard:
        through();
        CardFails(ride, 1);
        return PayByCard(ride, 2, rider.second, Price(fare, true));
      case Story::kArrearsRepaid:
      case Story::kArrearsOpen:
      case Story::kWrittenOff:
        through();
        return Owe(rider, ride, Price(fare, true));
      case Story::kSameStation:
        ride.to = ride.from;
        ride.left = ride.entered + 4 * kNanosPerMinute;
        through();
        return Pay(rider, ride, kSameStationFare, true);
      case Story::kOvertime:
        ride.left = ride.entered + (kStayMinutes + random_.Between(1, 60)) * kNanosPerMinute;
        through();
        return Pay(rider, ride, kHighestFare, true);
      case Story::kNoExit:
        Enter(rider, ride, ".in", ride.entered);
        Send(ride.trip + ".gone", ride.entered + (kStayMinutes + 30) * kNanosPerMinute,
             fmt::format(R"("unmatched":{{"trip":"{}","reason":"no exit was seen"}})", ride.trip));
        return Pay(rider, ride, kHighestFare, false);
      case Story::kNoEntry:
        Send(ride.trip + ".out", ride.left,
             ExitStep(rider, ride, ride.trip,
                      fmt::format(R"(,"tariff":"{}","operator":"{}","scheme":"{}")", kTariff,
                                  kOperator, kUnionPay)));
        return Pay(rider, ride, kHighestFare, false);
      default:
        return WriteTwist(rider, ride, fare);
    }
  }

  // A ride paid by the wallet, with something odd about it.
  void WriteTwist(const Rider& rider, const Ride& ride, int64_t fare) {
    if (rider.story == Story::kStaleGate) {
      Enter(rider, ride, ".old", ride.entered - 5 * kNanosPerSecond, R"(,"mandateVersion":9)");
      ++expected_.refused["stale_mandate"];
    }
    Enter(rider, ride, ".in", ride.entered);
    const bool other = rider.story == Story::kOtherNumber;
    const std::string step = ExitStep(rider, ride, other ? ride.trip + "x" : ride.trip);
    Send(ride.trip + ".out", ride.left, step);
    Pay(rider, ride, fare, true);
    const Nanos later = ride.left + 3 * kNanosPerMinute;
    if (rider.story == Story::kResentExit) {
      day_.events.push_back({later, Feed::kMetro, RecordJson(ride.trip + ".out", ride.left, step)});
      ++expected_.duplicates;
    } else if (rider.story == Story::kExitTwice) {
      Send(ride.trip + ".again", later, step);
      ++expected_.refused["duplicate_notice"];
    } else if (rider.story == Story::kWrongFare) {
      Send(ride.trip + ".back", later + 30 * kNanosPerMinute,
           fmt::format(R"("refund":{{"trip":"{}",{},"reason":"the wrong gate was read"}})",
                       ride.trip, AmountJson(1'00)));
      Inside("REFUND", 1'00);
    } else if (rider.story == Story::kFalseMatch) {
      WriteFalseMatch(ride, Discounted(fare));
    }
  }

  // Another rider, who only signed up, is the right one.
  void WriteFalseMatch(const Ride& ride, int64_t minor) {
    const Rider right{ride.trip + "right", Story::kWallet, DrawBank(), ""};
    SignUp(right);
    Send(ride.trip + ".match", ride.left + 2 * 60 * kNanosPerMinute,
         fmt::format(R"("falseMatch":{{"trip":"{0}","rightRider":"{1}","gateEvent":"ev-{0}"}})",
                     ride.trip, right.name));
    Inside("REFUND", minor);
    Inside("PAY", minor);
  }

  // No account could pay: who advances fares has paid the operator.
  void Owe(const Rider& rider, const Ride& ride, int64_t minor) {
    CardFails(ride, 1);
    if (!rider.second.empty()) CardFails(ride, 2);
    Inside("ADVANCE", minor);
    const Nanos at = At(15, 30) + random_.Between(0, 1'800) * kNanosPerSecond;
    if (rider.story == Story::kArrearsRepaid) {
      Send(ride.trip + ".repaid", at,
           fmt::format(R"("repayment":{{"number":"{0}p","rider":"{1}","trips":["{0}"],)"
                       R"("from":"{2}",{3},"scheme":"{4}","outcome":"succeeded"}})",
                       ride.trip, rider.name, UsersOf(rider.card), AmountJson(minor), kUnionPay));
      return PaidBy(rider.card, at, minor);
    }
    if (rider.story == Story::kArrearsOpen) return totals_.arrears.Add(minor);
    Send(ride.trip + ".off", At(23, 30),
         fmt::format(R"("writeOff":{{"trip":"{}","expense":"CCB:metro-loss",)"
                     R"("reason":"the cards are gone"}})",
                     ride.trip));
    Inside("WRITE_OFF", minor);
    totals_.written_off.Add(minor);
  }

  Random random_;
  Day& day_;
  Expected& expected_;
  MetroTotals& totals_;
};

std::string SegmentsJson() {
  std::string json;
  const auto add = [&json](const Station& from, const Station& to) {
    json += fmt::format(R"({}{{"from":"{}","to":"{}","metres":{}}})", json.empty() ? "" : ",",
                        from.name, to.name, std::abs(to.metres - from.metres));
  };
  const Station crossing = *std::ranges::find(kStations, "beidajie", &Station::name);
  for (const int line : {1, 2}) {
    std::vector<Station> stations;
    std::ranges::copy_if(kStations, std::back_inserter(stations),
                         [line](const Station& station) { return station.line == line; });
    if (line != crossing.line) stations.push_back({crossing.name, line, 0});
    std::ranges::sort(stations, {}, &Station::metres);
    for (size_t i = 1; i < stations.size(); ++i) add(stations[i - 1], stations[i]);
  }
  return json;
}

}  // namespace

void RegisterMetro(Setup& setup) {
  setup.Account(kOperator, kBank, "merchant", "");
  for (const auto& [name, kind] :
       {std::pair("CCB:metro-promotion", "expense"), std::pair("CCB:metro-owed", "receivable"),
        std::pair("CCB:metro-loss", "expense")}) {
    setup.Account(name, kBank, kind, kUnlimited);
  }
  setup.Register(
      kTariff,
      fmt::format(R"("tariff":{{"currency":"CNY","fare":{{"maxMinor":"{}","beyondMinor":"100",)"
                  R"("beyondMetres":8000,"stayMinutes":{},"sameStationMinor":"{}",)"
                  R"("steps":[{{"minor":"200","upToMetres":6000}},)"
                  R"({{"minor":"300","upToMetres":10000}},{{"minor":"400","upToMetres":14000}},)"
                  R"({{"minor":"500","upToMetres":20000}},{{"minor":"600","upToMetres":26000}}],)"
                  R"("segments":[{}],"discounts":[{{"payPermille":850,"funderPermille":1000,)"
                  R"("name":"{}","funder":"CCB:metro-promotion"}}],)"
                  R"("receivable":"CCB:metro-owed"}}}})",
                  kHighestFare, kStayMinutes, kSameStationFare, SegmentsJson(), kDiscount));
}

void AddMetroDay(Day& day) { MetroDay(day).Write(); }

}  // namespace longmen::adapters::simulation
