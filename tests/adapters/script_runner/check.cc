// The lines that look at the ledger.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "tests/adapters/script_runner/expect.h"
#include "tests/adapters/script_runner/fill.h"

namespace longmen::script {
namespace {

using Words = std::vector<std::string>;
using Finding = std::optional<std::string>;

Finding Compare(const std::string& what, const std::string& expected, const std::string& actual) {
  if (expected == actual) return std::nullopt;
  return fmt::format("{}: expected {}, actual {}", what, expected, actual);
}

std::string Yuan(int64_t minor) { return FormatMinor(minor, kYuan); }

Finding CheckAccount(const World& world, const Words& words) {
  if (words.size() != 3) return words[0] + " takes an account and an amount";
  const auto account = world.ledger().FindAccount(words[1]);
  if (!account) return "no account " + words[1];
  const Money& money = words[0] == "balance" ? account->balance : account->held;
  return Compare(words[0] + " of " + words[1], words[2], FormatMinor(money.minor, money.currency));
}

// used MANDATE COUNT AMOUNT: what its orders take of it in all.
Finding CheckUsed(const World& world, const Words& words) {
  if (words.size() != 4) return words[0] + " takes a mandate, a count and an amount";
  const auto mandate = world.ledger().FindMandate(words[1]);
  if (!mandate) return "no mandate " + words[1];
  const auto account = world.ledger().FindAccount(mandate->account);
  return Compare("used of " + words[1], words[2] + " times, " + words[3],
                 fmt::format("{} times, {}", mandate->used_count,
                             FormatMinor(static_cast<int64_t>(mandate->used_minor),
                                         account->balance.currency)));
}

Finding CheckOrder(const World& world, schema::Scenario scenario, const Words& words) {
  if (words.size() < 3) return "order takes a key and a status";
  const auto order = world.ledger().FindOrder(scenario, words[1]);
  if (!order) return "no order " + words[1];
  const std::string what = "order " + words[1];
  if (auto wrong = Compare(what, words[2], std::string(OrderStatusName(order->status)))) {
    return wrong;
  }
  const Currency of_payer = order->amount.currency;
  const Currency of_payee =
      order->counter.currency.numeric == 0 ? of_payer : order->counter.currency;
  for (size_t i = 3; i + 1 < words.size(); i += 2) {
    const std::string& part = words[i];
    const bool payees = part == "counter" || part == "refunded" || part == "refunding";
    int64_t minor = 0;
    if (part == "counter") {
      minor = order->counter.minor;
    } else if (part == "amount") {
      minor = order->amount.minor;
    } else if (part == "paid") {
      minor = order->paid;
    } else if (part == "refunded") {
      minor = order->refunded;
    } else if (part == "refunding") {
      minor = order->refunding;
    } else if (part == "in_flight") {
      minor = order->in_flight;
    } else if (part == "held") {
      minor = order->held;
    } else {
      return "an order has no " + part;
    }
    if (auto wrong = Compare(what + " " + part, words[i + 1],
                             FormatMinor(minor, payees ? of_payee : of_payer))) {
      return wrong;
    }
  }
  return std::nullopt;
}

Finding CheckPosition(const World& world, const Words& words) {
  std::set<std::string> named;
  const auto positions = world.Positions(words[1]);
  // A bank may be called like a currency (BOB): one more word than pairs is what tells.
  const auto stated =
      words.size() % 2 == 1 ? CurrencyFromAlphabetic(words[2]) : std::optional<Currency>();
  const Currency currency = stated.value_or(kYuan);
  for (size_t i = stated ? 3 : 2; i + 1 < words.size(); i += 2) {
    named.insert(words[i]);
    const auto found = positions.find({words[i], currency.numeric});
    const int64_t net = found == positions.end() ? 0 : found->second.net();
    if (auto wrong = Compare("position of " + words[i], words[i + 1], FormatMinor(net, currency))) {
      return wrong;
    }
  }
  int64_t sum = 0;
  for (const auto& [of, position] : positions) {
    if (of.second != currency.numeric) continue;
    sum += position.net();
    if (!named.contains(of.first) && position.net() != 0) {
      return fmt::format("position of {}: expected none, actual {}", of.first,
                         Yuan(position.net()));
    }
  }
  return Compare("sum of the positions", "0.00", Yuan(sum));
}

// sent|received CYCLE BANK COUNT AMOUNT
Finding CheckSide(const World& world, const Words& words) {
  if (words.size() != 5) return words[0] + " takes a cycle, a bank, a count and an amount";
  const auto positions = world.Positions(words[1]);
  const auto found = positions.find({words[2], kYuan.numeric});
  const auto position = found == positions.end() ? World::Position{} : found->second;
  const bool sent = words[0] == "sent";
  return Compare(words[0] + " by " + words[2], words[3] + " items " + words[4],
                 fmt::format("{} items {}", sent ? position.out_count : position.in_count,
                             Yuan(sent ? position.out : position.in)));
}

Finding CheckGross(const World& world, const Words& words) {
  if (words.size() != 4) return "gross takes a cycle, a count and an amount";
  int64_t sum = 0;
  const auto items = world.Items(words[1]);
  for (const CycleItem& item : items) sum += item.amount.minor;
  return Compare("gross", words[2] + " items " + words[3],
                 fmt::format("{} items {}", items.size(), Yuan(sum)));
}

// bilateral CYCLE FROM TO AMOUNT: what one owes the other, all items between them netted.
Finding CheckBilateral(const World& world, const Words& words) {
  if (words.size() != 5) return "bilateral takes a cycle, two banks and an amount";
  int64_t net = 0;
  for (const CycleItem& item : world.Items(words[1])) {
    if (item.from == words[2] && item.to == words[3]) net += item.amount.minor;
    if (item.from == words[3] && item.to == words[2]) net -= item.amount.minor;
  }
  return Compare(words[2] + " owes " + words[3], words[4], Yuan(net));
}

// obligations CYCLE COUNT AMOUNT: the bilateral nets that are not 0.
Finding CheckObligations(const World& world, const Words& words) {
  if (words.size() != 4) return "obligations takes a cycle, a count and an amount";
  std::map<std::pair<std::string, std::string>, int64_t> nets;
  for (const CycleItem& item : world.Items(words[1])) {
    if (item.from < item.to) {
      nets[{item.from, item.to}] += item.amount.minor;
    } else {
      nets[{item.to, item.from}] -= item.amount.minor;
    }
  }
  int64_t sum = 0;
  int64_t count = 0;
  for (const auto& [pair, net] : nets) {
    sum += net < 0 ? -net : net;
    count += net != 0;
  }
  return Compare("obligations", words[2] + " of " + words[3],
                 fmt::format("{} of {}", count, Yuan(sum)));
}

// liquidity BANK AMOUNT: what it has at the central bank, an asset.
Finding CheckLiquidity(const World& world, const Words& words) {
  if (words.size() != 3) return "liquidity takes a bank and an amount";
  const auto account = world.ledger().FindAccount(words[1] + "/pboc");
  if (!account) return "no account " + words[1] + "/pboc";
  return Compare("liquidity of " + words[1], words[2], Yuan(-account->balance.minor));
}

// outcome ID settled|waits|returned
Finding CheckPayment(const World& world, const Words& words) {
  if (words.size() != 3) return "outcome takes an id and settled, waits or returned";
  const auto movement = world.ledger().FindMovement(kSource, words[1]);
  if (!movement) return "no payment " + words[1];
  using enum schema::Outcome;
  return Compare("outcome of " + words[1], words[2],
                 movement->outcome == SUCCEEDED ? "settled"
                 : movement->outcome == PENDING ? "waits"
                                                : "returned");
}

// clears SCHEME TIME DATE: what comes at this time of the script's day is cleared on that one.
Finding CheckClears(const World& world, const Words& words) {
  if (words.size() != 4) return "clears takes a scheme, a time and a date";
  const auto scheme = world.ledger().FindScheme(words[1]);
  if (!scheme) return "no scheme " + words[1];
  const auto at = ParseTime(words[2], world.date);
  if (!at) return at.error().message;
  return Compare(words[1] + " clears " + words[2], words[3],
                 FormatDate(scheme->times.ClearingDay(*at)));
}

Finding CheckCycle(const World& world, const Words& words) {
  if (words.size() != 3) return "cycle takes a name and a status";
  const auto cycle = world.ledger().FindCycle(words[1]);
  if (!cycle) return "no cycle " + words[1];
  return Compare("cycle " + words[1], words[2], std::string(CycleStatusName(cycle->status)));
}

}  // namespace

bool IsCheckWord(const std::string& word) {
  constexpr std::array<const char*, 16> kWords = {
      "balance",   "held",        "used",     "liquidity", "outcome", "order",
      "no_order",  "position",    "sent",     "received",  "gross",   "cycle",
      "bilateral", "obligations", "sequence", "clears"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

Finding Check(const World& world, schema::Scenario scenario, const Words& words) {
  const std::string& what = words[0];
  if (words.size() < 2) return what + " of what?";
  if (what == "balance" || what == "held") return CheckAccount(world, words);
  if (what == "liquidity") return CheckLiquidity(world, words);
  if (what == "outcome") return CheckPayment(world, words);
  if (what == "clears") return CheckClears(world, words);
  if (what == "used") return CheckUsed(world, words);
  if (what == "order") return CheckOrder(world, scenario, words);
  if (what == "no_order") {
    const bool there = world.ledger().FindOrder(scenario, words[1]).has_value();
    return Compare("order " + words[1], "none", there ? "one" : "none");
  }
  if (what == "position") return CheckPosition(world, words);
  if (what == "sent" || what == "received") return CheckSide(world, words);
  if (what == "gross") return CheckGross(world, words);
  if (what == "bilateral") return CheckBilateral(world, words);
  if (what == "obligations") return CheckObligations(world, words);
  if (what == "cycle") return CheckCycle(world, words);
  return Compare("sequence", words[1], std::to_string(world.ledger().last_sequence()));
}

}  // namespace longmen::script
