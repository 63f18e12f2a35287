// A year of cars at 105 charging stations (3,395 sessions): four hours are free, what is longer
// costs.
//
// A session here prepays a cap and has back what its stay does not cost. The file bills longer
// stays by five minutes of a clock of its own, and half a dollar at least; the tariff here is half
// a dollar for each half hour begun, which is the same for most. What must agree for all is which
// stays are free.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "events/base/time.h"
#include "tests/acceptance/real_data.h"

namespace longmen::testing {
namespace {

constexpr int64_t kCap = 20'00;  // US cents, as is every amount here
constexpr int64_t kStep = 50;
constexpr Nanos kHalfHour = 30 * kNanosPerMinute;
constexpr Nanos kFree = 8 * kHalfHour;

struct Session {
  std::string id;
  std::string bay;
  std::string user;
  Nanos from = 0;
  Nanos to = 0;
  int64_t billed = 0;  // by the file

  int64_t fee() const {
    const Nanos charged = to - from - kFree;
    return charged <= 0 ? 0 : std::min(kCap, (charged + kHalfHour - 1) / kHalfHour * kStep);
  }
};

// "0014-11-18 15:40:26": the century is missing.
Nanos InstantOf(const std::string& text) {
  const auto at = ParseInstant(fmt::format("2{}T{}Z", text.substr(1, 9), text.substr(11)));
  EXPECT_TRUE(at) << text;
  return at.value_or(0);
}

std::vector<Session> SessionsOf(const Csv& file) {
  std::vector<Session> sessions;
  for (const auto& row : file.rows()) {
    sessions.push_back({row["sessionId"], row["stationId"], row["userId"],
                        InstantOf(row["created"]), InstantOf(row["ended"]),
                        std::lround(std::stod(row["dollars"]) * 100)});
  }
  return sessions;
}

// A scan or a departure. Who leaves at an instant makes room for who comes at it.
struct Moment {
  Nanos at = 0;
  bool scan = false;
  const Session* session = nullptr;
  auto order() const { return std::tuple(at, scan, session->id); }
};

std::vector<Moment> MomentsOf(const std::vector<Session>& sessions) {
  std::vector<Moment> moments;
  for (const Session& session : sessions) {
    moments.push_back({session.from, true, &session});
    moments.push_back({session.to, false, &session});
  }
  std::ranges::sort(moments, {}, &Moment::order);
  return moments;
}

// Sessions that found their bay and their car free.
std::set<std::string> Accepted(const std::vector<Moment>& moments) {
  std::set<std::string> accepted;
  std::set<std::string> busy;
  for (const auto& [at, scan, session] : moments) {
    const std::string bay = "bay " + session->bay;
    const std::string car = "car " + session->user;
    if (!scan && accepted.contains(session->id)) {
      busy.erase(bay);
      busy.erase(car);
    } else if (scan && !busy.contains(bay) && !busy.contains(car)) {
      accepted.insert(session->id);
      busy.insert({bay, car});
    }
  }
  return accepted;
}

class ChargingSessions : public RealData {
 protected:
  ChargingSessions() : RealData("parking/charging_sessions.csv", "2014-11-18T00:00:00Z") {}

  void SetUp() override {
    RealData::SetUp();
    if (IsSkipped()) return;
    sessions_ = SessionsOf(Csv(Text()));
    Register({{"EV", R"("registration":{"participant":{"name":"EV"}})"},
              {"drivers", Account("EV", "mirror", "USD", R"(,"unlimited":true)")},
              {"caps", Account("EV", "pending", "USD")},
              {"revenue", Account("EV", "revenue", "USD")},
              {"four-hours-free",
               fmt::format(R"("registration":{{"tariff":{{"currency":"USD","parking":{{)"
                           R"("capMinor":"{}","stepMinor":"{}","stepMinutes":30,)"
                           R"("freeMinutes":240}}}}}})",
                           kCap, kStep)}});
  }

  static std::string LineOf(std::string_view id, Nanos at, std::string_view step) {
    return fmt::format(R"({{"id":"{}","occurredAt":"{}",{}}})", id, FormatInstant(at), step) + "\n";
  }
  std::string Lines() const {
    std::string lines;
    for (const auto& [at, scan, session] : MomentsOf(sessions_)) {
      const std::string& id = session->id;
      if (scan) {
        lines += LineOf(id + ".s", at,
                        fmt::format(R"("scan":{{"session":"{}","lot":"lot","bay":"{}",)"
                                    R"("tariff":"four-hours-free","pending":"caps",)"
                                    R"("revenue":"revenue","plate":"{}","payerCode":"62{:0>17}",)"
                                    R"("answer":{{"outcome":"succeeded","payer":"drivers"}}}})",
                                    id, session->bay, session->user, session->user));
        continue;
      }
      lines += LineOf(id + ".d", at, fmt::format(R"("departure":{{"session":"{}"}})", id));
      if (session->fee() == kCap) continue;
      lines += LineOf(id + ".r", at,
                      fmt::format(R"("refundResult":{{"session":"{0}","number":"{0}/r1",)"
                                  R"("outcome":"succeeded"}})",
                                  id));
    }
    return lines;
  }

  std::vector<Session> sessions_;
};

TEST_F(ChargingSessions, PrepayACapAndHaveBackWhatTheStayDoesNotCost) {
  const auto accepted = Accepted(MomentsOf(sessions_));
  EXPECT_EQ(sessions_.size(), 3'395u);
  const Said said = TakeIn("parking", Lines());
  ASSERT_EQ(said.code, 0) << said.err;

  const Csv orders = Exported("orders");
  std::map<std::string, std::pair<int64_t, int64_t>> paid;  // and refunded, by order
  for (const auto& row : orders.rows()) {
    paid[row["key"]] = {row.Number("paid_minor"), row.Number("refunded_minor")};
  }
  int64_t fees = 0;
  int equal = 0;
  for (const Session& session : sessions_) {
    ASSERT_EQ(paid.contains(session.id), accepted.contains(session.id)) << session.id;
    if (!accepted.contains(session.id)) continue;
    const int64_t fee = paid.at(session.id).first;
    EXPECT_EQ(fee, session.fee()) << session.id;
    EXPECT_EQ(fee > 0, session.billed > 0) << session.id;
    EXPECT_EQ(paid.at(session.id + "/cap"), std::pair(kCap, kCap - fee)) << session.id;
    fees += fee;
    if (fee == session.billed) ++equal;
  }
  EXPECT_EQ(accepted.size(), 3'363u);  // the others came to a bay or with a car in use
  EXPECT_EQ(equal, 3'169);

  const Csv balances = Exported("balances");
  for (const auto& row : balances.rows()) {
    const std::string& account = row["account"];
    const int64_t expected = account == "revenue" ? fees : account == "drivers" ? -fees : 0;
    EXPECT_EQ(row.Number("balance_minor"), expected) << account;
  }
  const Csv refusals = Exported("refusals");
  std::map<std::string, size_t> refused;
  for (const auto& row : refusals.rows()) {
    if (row["at_fault"] == "true") ++refused[row["code"]];
  }
  EXPECT_EQ(refused["resource_busy"], sessions_.size() - accepted.size());
  ExpectClean();
}

}  // namespace
}  // namespace longmen::testing
