#include "tests/support/generator/coverage.h"

#include <fmt/format.h>

namespace longmen::generator {
namespace {

const char* KindName(reference::RefKind kind) {
  switch (kind) {
    case reference::RefKind::kAccepted:
      return "accepted";
    case reference::RefKind::kDuplicate:
      return "duplicate";
    case reference::RefKind::kConflict:
      return "conflict";
    case reference::RefKind::kRefused:
      return "refused";
    case reference::RefKind::kInvalid:
      return "invalid";
  }
  return "";
}

const char* OutcomeName(schema::Outcome outcome) {
  switch (outcome) {
    case schema::Outcome::UNSTATED:
      break;
    case schema::Outcome::SUCCEEDED:
      return "succeeded";
    case schema::Outcome::PENDING:
      return "pending";
    case schema::Outcome::UNKNOWN:
      return "unknown";
    case schema::Outcome::FAILED:
      return "failed";
  }
  return "";
}

}  // namespace

void Coverage::Count(const std::string& label, const std::vector<reference::RefAnswer>& given) {
  ++actions[label];
  if (!given.empty()) ++actions[label + " " + KindName(given[0].kind)];
  for (const reference::RefAnswer& answer : given) {
    std::string text = KindName(answer.kind);
    if (answer.code != Code::NONE) text += " " + std::string(CodeName(answer.code));
    if (answer.kind == reference::RefKind::kConflict && !answer.field.empty()) text += " group";
    ++answers[text];
    if (answer.exception != Code::NONE) ++exceptions[std::string(CodeName(answer.exception))];
  }
}

void Coverage::Add(const Coverage& other) {
  const auto add = [](auto& to, const auto& from) {
    for (const auto& [name, count] : from) to[name] += count;
  };
  add(answers, other.answers);
  add(exceptions, other.exceptions);
  add(actions, other.actions);
  add(states, other.states);
}

void Coverage::CountStates(const reference::State& state) {
  for (const auto& [name, order] : state.orders) {
    ++states["order " + std::string(OrderStatusName(order.status))];
    if (order.held > 0) ++states["order with a hold"];
  }
  for (const auto& [name, order] : state.orders) {
    const bool restores = !order.mandate.empty() && state.mandates.at(order.mandate).restores;
    if (!restores || state.RefundsOf(name, false) == 0) continue;
    ++states[state.Consumption(order) == 0 ? "mandate restored whole" : "mandate restored in part"];
  }
  for (const auto& [sequence, movement] : state.movements) {
    const char* kind = movement.kind == MovementKind::kDebit ? "debit " : "refund ";
    ++states[std::string(kind) + OutcomeName(movement.outcome)];
    if (movement.exchanges()) {
      ++states[std::string(kind) + OutcomeName(movement.outcome) + ", exchanged"];
    }
    if (movement.kind == MovementKind::kRefund && movement.legs.size() > 1) {
      ++states["refund with splits"];
    }
  }
  for (const auto& [sequence, cycle] : state.cycles) {
    const bool items = !state.PositionsOf(sequence).empty() || cycle.carried_into != 0;
    ++states[fmt::format("cycle {}{}", CycleStatusName(cycle.status), items ? "" : ", empty")];
  }
  for (const auto& record : state.records) {
    if (record.what.find(' ') != std::string::npos) ++states["tick " + record.what];
  }
}

std::vector<std::string> Coverage::MissingCodes() const {
  // What the ledger never answers: shape, translations, failures; and an overflow, which takes a
  // hundred of the largest amounts (tests/engine/ledger_property/edges_test.cc has it).
  const auto outside = [](Code code) {
    return code <= Code::DUPLICATE_IN_GROUP || code == Code::UNKNOWN_TARIFF;
  };
  std::vector<std::string> missing;
  const auto expect = [&](Code code) {
    const std::string name(CodeName(code));
    if (!answers.contains("refused " + name)) missing.push_back(name);
  };
  for (uint16_t number = 0; number < static_cast<uint16_t>(Code::AMOUNT_OVERFLOW); ++number) {
    if (!outside(Code{number})) expect(Code{number});
  }
  // What later rules answer, past the numbers of translations and failures.
  for (const Code code : {Code::ACCOUNT_EXISTS,
                          Code::UNKNOWN_CALENDAR,
                          Code::UNKNOWN_FEE_TABLE,
                          Code::UNKNOWN_RISK_POLICY,
                          Code::NO_FX_ACCOUNT,
                          Code::ORDER_NOT_YET_VALID,
                          Code::CURRENCY_NOT_ALLOWED,
                          Code::MERCHANT_NOT_ALLOWED,
                          Code::MERCHANT_CATEGORY_NOT_ALLOWED,
                          Code::EXCEEDS_SCHEME,
                          Code::RATE_MISMATCH,
                          Code::INSUFFICIENT_LIQUIDITY,
                          Code::EXCEEDS_CAP,
                          Code::EXCEEDS_BILATERAL_LIMIT,
                          Code::PARTLY_SETTLED,
                          Code::WAITS_IN_QUEUE,
                          Code::NOT_WAITING,
                          Code::PRIORITY_FIXED,
                          Code::SCHEME_CLOSED,
                          Code::NOTHING_WAITS,
                          Code::NO_LOSS,
                          Code::NOBODY_SHARES,
                          Code::NO_SUSPENSE_ACCOUNT,
                          Code::UNKNOWN_MOVEMENT,
                          Code::MOVEMENT_TAKEN}) {
    expect(code);
  }
  return missing;
}

std::string Coverage::Print() const {
  std::string text;
  const auto section = [&](const char* title, const std::map<std::string, size_t>& counts) {
    text += fmt::format("{}:\n", title);
    for (const auto& [name, count] : counts) text += fmt::format("  {:7} {}\n", count, name);
  };
  section("answers", answers);
  section("exceptions", exceptions);
  section("actions", actions);
  section("states", states);
  text += "never refused with:";
  for (const std::string& code : MissingCodes()) text += " " + code;
  return text + "\n";
}

}  // namespace longmen::generator
