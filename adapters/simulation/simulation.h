// Simulation: what the outside world sends on one business day, and what must come of it.
//
// The generator keeps its own books while it writes the records: it knows no engine, no adapter and
// no rule but those of the casebook. The demo compares the ledger with them.
//
// Scale 1 is the published volume of a day (domain A7); what the casebook does not state (mixes,
// stays, the share of every problem) is invented, and said to be where it stands. Every problem
// happens at least once at any scale.
#pragma once

#include <compare>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "events/base/time.h"

namespace longmen::adapters::simulation {

inline constexpr std::string_view kDate = "2021-03-01";
inline constexpr std::string_view kBasicDate = "20210301";
inline constexpr std::string_view kNextBasicDate = "20210302";
inline constexpr int kUtcOffsetMinutes = 480;
inline constexpr Nanos kMidnight = 1'614'528'000 * kNanosPerSecond;  // 00:00 in Beijing

// A moment of the day, Beijing time.
constexpr Nanos At(int64_t hours, int64_t minutes = 0, int64_t seconds = 0) {
  return kMidnight + (hours * 60 + minutes) * kNanosPerMinute + seconds * kNanosPerSecond;
}

// The records of one scenario, as one source sends them.
enum class Feed : uint8_t {
  kParking,
  kB2b,
  kMetro,
  kEnterprise,
  kCampus,
  kCard,
  kTakeout,
  kTuition
};
struct FeedName {
  std::string_view scenario;
  std::string_view source;
};
inline constexpr FeedName kFeeds[] = {
    {"parking", "xining-parking"}, {"b2b_gateway", "netsunion-b2b"},
    {"metro", "xian-metro"},       {"enterprise", "shenzhen-app"},
    {"campus", "bob-campus"},      {"virtual_card", "card-platform"},
    {"takeout", "meal-platform"},  {"tuition", "icbc-abroad"}};
inline constexpr size_t kFeedCount = std::size(kFeeds);
constexpr const FeedName& NameOf(Feed feed) { return kFeeds[static_cast<size_t>(feed)]; }

// One line of a feed.
struct Sent {
  Nanos at = 0;
  Feed feed = Feed::kParking;
  std::string json;
};

std::vector<Feed> AllFeeds();

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
inline constexpr std::string_view kBeps = "beps";
inline constexpr std::string_view kHvps = "hvps";
inline constexpr std::string_view kRtgs = "rtgs";  // of the city banks: it queues
inline constexpr CyclePlan kCycles[] = {
    {"B202103010001", kNetsUnion, "B2B morning (E2b)", "B202103010002", At(11, 30), At(11, 40)},
    {"B202103010002", kNetsUnion, "B2B afternoon", "B202103020001", At(17, 30), At(17, 40)},
    {"U202103010001", kUnionPay, "cards, cut 23:00", "U202103020001", At(23), At(23, 10)},
    {"U202103020001", kUnionPay, "cards, after 23:00", "U202103020002", At(23, 59), At(23, 59, 30)},
    {"P202103010001", kBeps, "BEPS, cut 16:00", "P202103020001", At(16), At(16, 10)},
    {"P202103020001", kBeps, "BEPS, after 16:00", "P202103020002", At(23, 59), At(23, 59, 30)},
    {"H202103010001", kHvps, "HVPS, item by item", "H202103020001", At(17, 30), At(17, 40)},
};
inline constexpr size_t kB2bMorning = 0;
struct SimulationOptions {
  uint64_t seed = 1;
  double scale = 1;
  std::vector<Feed> feeds = AllFeeds();

  // So many of what happens `count` times a day at scale 1; at least one.
  int64_t Scaled(int64_t count) const;
  bool Has(Feed feed) const;
  // Whether the day's scenarios have what they owe settled in the cycle.
  bool Clears(const CyclePlan& cycle) const;
};

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

struct MetroTotals {
  int64_t riders = 0;
  int64_t rides = 0;  // that were charged or owed
  Tally arrears;      // owed when the day ends
  Tally written_off;
};

// One kind of line of the day's reconciliation.
struct LineKind {
  std::string_view scenario;
  std::string_view type;  // as the files call it: PAY, REFUND, SUBSIDY
  std::string channel;
  std::string payer_bank;
  std::string payee_bank;
  std::string currency;
  auto operator<=>(const LineKind&) const = default;
};

// What the queue of the city banks does: settled, deadlocked, window_ended.
struct Resolution {
  std::string result;
  int64_t count = 0;
  int64_t minor = 0;
  int64_t saved = 0;  // of what settled: what did not have to change hands
  bool operator==(const Resolution&) const = default;
};

struct Expected {
  std::map<LineKind, Tally> lines;
  std::map<std::string, Flows, std::less<>> cycles;
  std::map<std::string, int64_t, std::less<>> refused;  // records, by code
  std::map<std::string, int64_t, std::less<>> booked;   // reports booked against a rule, by code
  int64_t duplicates = 0;
  int64_t invalid = 0;
  ParkingTotals parking;
  B2bTotals b2b;
  MetroTotals metro;
  std::vector<Resolution> resolutions;

  void Line(Feed feed, std::string_view type, std::string_view channel, std::string_view from,
            std::string_view to, int64_t minor, std::string_view currency = "CNY");
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
  SimulationOptions options;
  std::vector<Sent> events;        // in time order
  std::vector<std::string> setup;  // proposals: everything that must be registered first
  std::vector<Lot> lots;
  // Proposals of the city banks' treasuries, in time order.
  struct Proposed {
    Nanos at = 0;
    std::string json;
  };
  std::vector<Proposed> treasury;
  Expected expected;
};

inline constexpr std::string_view kBanks[] = {"ICBC", "CCB", "PSBC", "CMB", "BOB"};

inline constexpr int kLots = 453;
inline constexpr int kBays = 21'458;
inline constexpr int kEnterprisesPerBank = 4;

// An enterprise's account, mandate and people have its name: "ICBC:dragon-steel".
std::string EnterpriseName(size_t bank, size_t index);

// The bearer token of a source, which a demo may show: it opens nothing else.
std::string TokenOf(std::string_view source, uint64_t seed);

void AddParkingDay(Day& day);
void AddB2bDay(Day& day);
void AddMetroDay(Day& day);
void AddEnterpriseDay(Day& day);
void AddCampusDay(Day& day);
void AddCardDay(Day& day);
void AddTakeoutDay(Day& day);
void AddTuitionDay(Day& day);
void AddTreasuryDay(Day& day);

// Everything that must be registered before the day begins.
void AddSetup(Day& day);

Day Simulate(const SimulationOptions& options);

// The files that such systems would send, into a directory that is there: setup.ndjson, a file of
// records a scenario, and expected.json with the totals. Error storage_failed.
Status WriteFiles(const Day& day, const std::string& directory);
std::string ExpectedJson(const Day& day);

// A line of a feed: {"id","occurredAt",<step>}.
std::string RecordJson(std::string_view id, Nanos at, std::string_view step);
std::string AmountJson(int64_t minor);

}  // namespace longmen::adapters::simulation
