// Two years of a university's expense claims (10,357 of them): submitted, approved by role,
// rejected, submitted again, paid in runs on Mondays and Thursdays.
//
// A claim that is submitted again is another payment of ours: "d86791-2". Who must approve follows
// from the business mode, so each chain of roles that the file knows is one; the office that orders
// the payment is the last of each, which is how a claim with its final approval can still be
// rejected. What the file calls a rejection by the employee takes notice of another one, or, while
// nobody has decided, revokes.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "events/base/time.h"
#include "tests/acceptance/real_data.h"

namespace longmen::testing {
namespace {

// "26.85120450862128" to cents, half up.
int64_t CentsOf(const std::string& text) {
  const size_t point = std::min(text.find('.'), text.size());
  std::string digits = text.substr(0, point);
  std::string parts = point < text.size() ? text.substr(point + 1) : "";
  parts.resize(std::max<size_t>(parts.size(), 3), '0');
  const int64_t cents = std::stoll(digits + parts.substr(0, 2));
  return parts[2] >= '5' ? cents + 1 : cents;
}

struct Event {
  std::string claim;
  std::string time;
  std::string what;  // "FINAL_APPROVED by SUPERVISOR", "Request Payment"
  int64_t cents = 0;
};

std::vector<Event> EventsOf(const Csv& file) {
  constexpr std::string_view kDeclaration = "Declaration ";
  std::vector<Event> events;
  for (const auto& row : file.rows()) {
    std::string name = row["concept:name"];
    if (name.starts_with(kDeclaration)) name.erase(0, kDeclaration.size());
    events.push_back({row["case"].substr(std::string_view("declaration").size()),
                      row["time:timestamp"], name, CentsOf(row["case_Amount"])});
  }
  std::ranges::stable_sort(events, {}, [](const Event& event) { return ParseInstant(event.time); });
  return events;
}

// The role of an approval or a rejection; empty: neither.
std::string RoleOf(const Event& event) {
  const size_t by = event.what.find(" by ");
  const bool decides =
      event.what.find("APPROVED") != std::string::npos || event.what.starts_with("REJECTED");
  if (!decides || by == std::string::npos) return "";
  std::string role = event.what.substr(by + 4);
  std::ranges::replace(role, ' ', '_');
  return role;
}

// The file's name of the office that orders the payment, where it rejects.
constexpr std::string_view kOffice = "MISSING";
constexpr std::string_view kEmployee = "EMPLOYEE";

// One submission of a claim.
struct Round {
  std::string payment;
  std::vector<std::string> chain;  // the roles that decided, without employee and office
  bool submitted = false;
  // So far, while the lines are written:
  int decided = 0;
  bool ordered = false;
  std::string over;  // what ended it

  std::string status() const {
    if (!over.empty()) return over;
    return decided == static_cast<int>(chain.size()) + 1 ? "open" : "pending_authorization";
  }
};

// What the file alone says of a claim.
struct Outcome {
  bool approved = false;  // finally, since it was last submitted, and not rejected since
  std::string handled;    // when it was paid
  int64_t cents = 0;
};

class ExpensePayments : public RealData {
 protected:
  ExpensePayments()
      : RealData("enterprise/DomesticDeclarations_events.csv.gz", "2017-01-01T00:00:00Z") {}

  void SetUp() override {
    RealData::SetUp();
    if (IsSkipped()) return;
    events_ = EventsOf(Csv(Text()));
    FindRounds();
    Register({{"sepa", R"("registration":{"scheme":{"method":"multilateral_net",)"
                       R"("cyclePrefix":"S"}})"},
              {"HOUSE", R"("registration":{"participant":{"name":"HOUSE"}})"},
              {"STAFF", R"("registration":{"participant":{"name":"STAFF"}})"},
              {"HOUSE:sepa",
               Account("HOUSE", "clearing", "EUR", R"(,"unlimited":true,"scheme":"sepa")")},
              {"STAFF:sepa",
               Account("STAFF", "clearing", "EUR", R"(,"unlimited":true,"scheme":"sepa")")},
              {"university", Account("HOUSE", "customer", "EUR", R"(,"unlimited":true)")},
              {"employees", Account("STAFF", "mirror", "EUR", R"(,"unlimited":true)")}});
  }

  void FindRounds() {
    for (const Event& event : events_) {
      auto& rounds = rounds_[event.claim];
      if (event.what.starts_with("SUBMITTED") || rounds.empty()) {
        rounds.push_back({.payment = fmt::format("d{}-{}", event.claim, rounds.size() + 1),
                          .submitted = event.what.starts_with("SUBMITTED")});
      }
      const std::string role = RoleOf(event);
      if (!role.empty() && role != kOffice && role != kEmployee) {
        rounds.back().chain.push_back(role);
      }
    }
  }

  // A chain that was cut short is a mode of its own.
  std::string ModeOf(const Round& round) {
    const auto chain = fmt::format("{}", fmt::join(round.chain, "+"));
    return modes_.try_emplace(chain, fmt::format("chain-{}", modes_.size() + 1)).first->second;
  }

  std::string Lines() {
    std::string lines;
    for (const auto& [claim, rounds] : rounds_) {
      for (const Round& round : rounds) ModeOf(round);
    }
    for (const auto& [chain, mode] : modes_) lines += OpenMode(chain, mode);
    std::map<std::string, size_t> at;
    for (const Event& event : events_) {
      auto& rounds = rounds_[event.claim];
      size_t& next = at[event.claim];
      if (event.what.starts_with("SUBMITTED") || next == 0) ++next;
      AddLines(event, rounds[next - 1], lines);
    }
    return lines;
  }

  std::string Line(const std::string& time, std::string_view step) {
    return fmt::format(R"({{"id":"e{}","occurredAt":"{}",{}}})", ++ids_, time, step) + "\n";
  }
  std::string OpenMode(const std::string& chain, const std::string& mode) {
    std::string levels;
    for (size_t from = 0; from < chain.size();) {
      const size_t to = std::min(chain.find('+', from), chain.size());
      levels += fmt::format(R"({{"approvers":["{}"]}},)", chain.substr(from, to - from));
      from = to + 1;
    }
    return Line("2017-01-01T00:00:00Z",
                fmt::format(R"("openMode":{{"mode":"{}","administrator":"dean",)"
                            R"("account":"university","levels":[{}{{"approvers":["{}"]}}]}})",
                            mode, levels, kOffice));
  }
  std::string Decide(const Event& event, Round& round, std::string_view by, bool agrees) {
    return Line(event.time,
                fmt::format(R"("approval":{{"payment":"{}","decision":"{}","by":"{}",)"
                            R"("level":{},"orderVersion":1}})",
                            round.payment, agrees ? "approve" : "veto", by, ++round.decided));
  }
  std::string Order(const Event& event, Round& round) {
    round.ordered = true;
    return Decide(event, round, kOffice, true) +
           Line(event.time,
                fmt::format(R"("execution":{{"payment":"{}","schemes":["sepa"]}})", round.payment));
  }
  std::string Result(const Event& event, const Round& round, std::string_view outcome) {
    return Line(event.time, fmt::format(R"("executionResult":{{"payment":"{0}","number":"{0}/p1",)"
                                        R"("outcome":"{1}"}})",
                                        round.payment, outcome));
  }
  void AddLines(const Event& event, Round& round, std::string& lines) {
    const std::string role = RoleOf(event);
    if (event.what.starts_with("SUBMITTED")) {
      lines += Line(event.time, fmt::format(R"("submission":{{"payment":"{}","mode":"{}",)"
                                            R"("submitter":"employee","amount":{{"minor":"{}",)"
                                            R"("currency":"EUR"}},"payee":"employees",)"
                                            R"("validUntil":"2020-01-01T00:00:00Z"}})",
                                            round.payment, ModeOf(round), event.cents));
    } else if (event.what == "Request Payment") {
      lines += Order(event, round);
    } else if (event.what == "Payment Handled") {
      if (!round.ordered) lines += Order(event, round);
      lines += Result(event, round, "succeeded");
      if (round.over.empty()) round.over = "paid";
    } else if (event.what.starts_with("REJECTED") && role == kEmployee) {
      if (!round.over.empty()) return;
      lines += Line(event.time, fmt::format(R"("revocation":{{"payment":"{}","by":"employee"}})",
                                            round.payment));
      round.over = "cancelled";
    } else if (event.what.starts_with("REJECTED")) {
      lines += round.ordered ? Result(event, round, "failed") : Decide(event, round, role, false);
      round.over = round.ordered ? "cancelled" : "declined";
    } else if (!role.empty()) {
      lines += Decide(event, round, role, true);
    }
  }

  std::map<std::string, Outcome> Outcomes() const {
    std::map<std::string, Outcome> outcomes;
    for (const Event& event : events_) {
      Outcome& outcome = outcomes[event.claim];
      outcome.cents = event.cents;
      if (event.what.starts_with("FINAL_APPROVED")) outcome.approved = true;
      if (event.what.starts_with("REJECTED") && outcome.handled.empty()) outcome.approved = false;
      if (event.what == "Payment Handled") {
        outcome.handled = FormatInstant(ParseInstant(event.time).value_or(0));
      }
    }
    return outcomes;
  }

  std::vector<Event> events_;
  std::map<std::string, std::vector<Round>> rounds_;  // by claim
  std::map<std::string, std::string> modes_;          // by chain of roles
  int ids_ = 0;
};

TEST_F(ExpensePayments, WhatIsHandledIsPaidOnceInItsRunAndWhatIsRejectedIsNot) {
  const auto outcomes = Outcomes();
  EXPECT_EQ(outcomes.size(), 10'357u);
  // When each claim must be paid, and how much; and what must not be, although the file says so.
  using Paid = std::map<std::string, std::pair<std::string, int64_t>>;
  Paid due;
  std::set<std::string> unapproved;
  for (const auto& [claim, outcome] : outcomes) {
    if (outcome.handled.empty()) continue;
    if (outcome.approved) {
      due[claim] = {outcome.handled, outcome.cents};
    } else {
      unapproved.insert(claim);
    }
  }
  EXPECT_EQ(unapproved.size(), 2u);
  EXPECT_EQ(due.size(), 9'910u);

  const Said said = TakeIn("enterprise", Lines());
  ASSERT_TRUE(said.code == 0 || said.code == 1) << said.err;

  const auto claim_of = [](const std::string& key) {
    return key.substr(1, key.find_first_of("-/") - 1);
  };
  const Csv journal = Exported("journal");
  Paid paid;
  for (const auto& row : journal.rows()) {
    if (row["account"] != "employees") continue;
    const std::string claim = claim_of(row["key"]);
    const bool first =
        paid.try_emplace(claim, row["occurred_at"], row.Number("amount_minor")).second;
    EXPECT_TRUE(first) << claim << " is paid twice";
  }
  EXPECT_EQ(paid, due);
  const std::set<std::string> runs = [&] {
    std::set<std::string> days;
    for (const auto& [claim, at] : paid) days.insert(at.first.substr(0, 10));
    return days;
  }();
  EXPECT_EQ(runs.size(), 195u);

  // Every round of every claim ended as the file says; one over nothing is no payment.
  std::map<std::string, std::string> ends;
  for (const auto& [claim, rounds] : rounds_) {
    if (outcomes.at(claim).cents == 0) continue;
    for (const Round& round : rounds) {
      if (round.submitted) ends[round.payment] = round.status();
    }
  }
  const Csv orders = Exported("orders");
  std::map<std::string, std::string> ended;
  for (const auto& row : orders.rows()) {
    ended[row["key"]] = row["status"];
  }
  EXPECT_EQ(ended.size(), ends.size());
  for (const auto& [payment, status] : ends) EXPECT_EQ(ended[payment], status) << payment;

  // What was ordered without a final approval is refused, and listed.
  const Csv refusals = Exported("refusals");
  std::set<std::string> refused;
  for (const auto& row : refusals.rows()) {
    if (row["field"] == "execution.payment") {
      refused.insert(claim_of(row["key"]));
    }
  }
  EXPECT_EQ(refused, unapproved);
  ExpectClean();
}

}  // namespace
}  // namespace longmen::testing
