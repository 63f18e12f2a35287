// Day: what the outside world sends on the demo's business day, and what must come of it.
//
// The generator keeps its own books while it writes the files: it knows no engine, no adapter and
// no rule but those of the casebook. The demo compares the ledger with them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/time.h"

namespace longmen::adapters::demo {

inline constexpr std::string_view kDate = "2021-03-01";
inline constexpr std::string_view kBasicDate = "20210301";
inline constexpr std::string_view kNextBasicDate = "20210302";
inline constexpr int kUtcOffsetMinutes = 480;
inline constexpr Nanos kMidnight = 1'614'528'000 * kNanosPerSecond;  // 00:00 in Beijing

// A moment of the day, Beijing time.
constexpr Nanos At(int64_t hours, int64_t minutes = 0, int64_t seconds = 0) {
  return kMidnight + (hours * 60 + minutes) * kNanosPerMinute + seconds * kNanosPerSecond;
}

enum class Feed { kParking, kB2b };

// One line of a feed.
struct Sent {
  Nanos at = 0;
  Feed feed = Feed::kParking;
  std::string json;
};

// A clearing cycle of the day: everything accepted from the previous one's cut-off to its own.
struct CyclePlan {
  std::string_view name;
  std::string_view scheme;
  std::string_view title;
  std::string_view next;
  Nanos cut_off;
  Nanos settled;
};
inline constexpr std::string_view kNetsUnion = "netsunion";
inline constexpr std::string_view kUnionPay = "unionpay";
inline constexpr CyclePlan kCycles[] = {
    {"B202103010001", kNetsUnion, "B2B morning (E2b)", "B202103010002", At(11, 30), At(11, 40)},
    {"B202103010002", kNetsUnion, "B2B afternoon", "B202103020001", At(17, 30), At(17, 40)},
    {"U202103010001", kUnionPay, "parking, cut 23:00", "U202103020001", At(23), At(23, 10)},
    {"U202103020001", kUnionPay, "parking, after 23:00", "U202103020002", At(23, 59),
     At(23, 59, 30)},
};
inline constexpr size_t kB2bMorning = 0;
// The cycle that an item accepted then falls into.
std::string_view CycleAt(std::string_view scheme, Nanos accepted);

// Money received and sent, in fen.
struct Flow {
  int64_t in_count = 0;
  int64_t in = 0;
  int64_t out_count = 0;
  int64_t out = 0;
  int64_t net() const { return in - out; }
  bool operator==(const Flow&) const = default;
};
using Flows = std::map<std::string, Flow, std::less<>>;  // by participant

struct Tally {
  int64_t count = 0;
  int64_t minor = 0;
  void Add(int64_t amount) {
    ++count;
    minor += amount;
  }
  bool operator==(const Tally&) const = default;
};

struct ParkingTotals {
  Tally prepaid;
  std::map<std::string, Tally, std::less<>> prepaid_by_wallet;
  Tally refunded;   // results that came back as succeeded
  Tally fees;       // those above 0, abandoned sessions included
  Tally abandoned;  // of them, closed at the cap for want of a departure
  Tally owed;       // refunds that failed and found no other way
  int64_t payout = 0;
};

struct B2bTotals {
  Tally paid;  // debits that succeeded
  Tally given_back;
  int64_t orders = 0;
  int64_t approved = 0;
  int64_t declined = 0;  // by an approver, the network or the account bank
  int64_t cancelled = 0;
  int64_t expired = 0;
  int64_t waiting = 0;  // for an approval at the day's end
};

struct Expected {
  std::map<std::string, Flows, std::less<>> cycles;
  std::map<std::string, int64_t, std::less<>> refused;  // records, by code
  std::map<std::string, int64_t, std::less<>> booked;   // reports booked against a rule, by code
  int64_t duplicates = 0;
  int64_t invalid = 0;
  ParkingTotals parking;
  B2bTotals b2b;

  // One item of the scheme's cycle then open, unless both are the same bank.
  void Move(std::string_view scheme, Nanos accepted, std::string_view from, std::string_view to,
            int64_t minor);
};

struct Lot {
  std::string name;
  std::string_view district;
  std::string_view tariff;
  int bays;
};

struct Day {
  std::vector<Sent> events;        // in time order
  std::vector<std::string> setup;  // proposals: everything that must be registered first
  std::vector<Lot> lots;
  Expected expected;
};

inline constexpr std::string_view kBanks[] = {"ICBC", "CCB", "PSBC", "CMB", "BOB"};

inline constexpr int kLots = 453;
inline constexpr int kBays = 21'458;
inline constexpr int kSessions = 6'052;
inline constexpr int kEnterprisesPerBank = 4;

// An enterprise's account, mandate and people have its name: "ICBC:dragon-steel".
std::string EnterpriseName(size_t bank, size_t index);

// The bearer token of a source, which a demo may show: it opens nothing else.
std::string TokenOf(std::string_view source, uint64_t seed);

void AddParkingDay(uint64_t seed, Day& day);
void AddB2bDay(uint64_t seed, Day& day);
void AddSetup(uint64_t seed, Day& day);

Day MakeDay(uint64_t seed);

// A line of a feed: {"id","occurredAt",<step>}.
std::string RecordJson(std::string_view id, Nanos at, std::string_view step);
std::string AmountJson(int64_t minor);

}  // namespace longmen::adapters::demo
