// Published queues and cycles, and what others made of them: twelve queues that three prototypes of
// a central bank's settlement system resolved (Project Ubin, phase 2), and nets with and without
// the liquidity to pay them.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <map>
#include <string>

#include "engine/clearing/gridlock.h"
#include "engine/clearing/netting.h"
#include "tests/support/program/program.h"

namespace longmen::testing {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

class ClearingCases : public ::testing::Test {
 protected:
  // Nothing where it is not there.
  static value Read(const std::string& name) {
    const std::string path = "../shared/data/netting/" + name;
    return std::filesystem::exists(path) ? boost::json::parse(ReadWhole(path)) : value();
  }
};

// The names of a case, numbered by their alphabet.
class Names {
 public:
  void Add(std::string_view name) { numbers_.emplace(name, 0); }
  void Number() {
    uint32_t next = 0;
    for (auto& [_, number] : numbers_) number = next++;
  }
  uint32_t operator[](std::string_view name) const { return numbers_.at(std::string(name)); }
  size_t size() const { return numbers_.size(); }

 private:
  std::map<std::string, uint32_t> numbers_;
};

std::vector<bool> Booleans(const value& list) {
  std::vector<bool> booleans;
  for (const value& each : list.as_array()) booleans.push_back(each.as_bool());
  return booleans;
}

struct Queue {
  explicit Queue(const object& text) {
    for (const auto& [name, _] : text.at("start").as_object()) names.Add(name);
    names.Number();
    queue.liquidity = AmountsOf(text.at("start"));
    for (const value& item : text.at("queue").as_array()) {
      const array& payment = item.as_array();
      queue.payments.push_back({names[payment[0].as_string()], names[payment[1].as_string()],
                                payment[2].to_number<int64_t>()});
    }
  }

  std::vector<int64_t> AmountsOf(const value& by_name) const {
    std::vector<int64_t> amounts(names.size());
    for (const auto& [name, minor] : by_name.as_object()) {
      amounts[names[name]] = minor.to_number<int64_t>();
    }
    return amounts;
  }
  std::vector<int64_t> After(const std::vector<bool>& settles) const {
    std::vector<int64_t> after = queue.liquidity;
    for (size_t p = 0; p < settles.size(); ++p) {
      if (!settles[p]) continue;
      after[queue.payments[p].from] -= queue.payments[p].minor;
      after[queue.payments[p].to] += queue.payments[p].minor;
    }
    return after;
  }
  int64_t ValueOf(const std::vector<bool>& settles) const {
    int64_t value = 0;
    for (size_t p = 0; p < settles.size(); ++p) {
      if (settles[p]) value += queue.payments[p].minor;
    }
    return value;
  }

  Names names;
  engine::PaymentQueue queue;
};

TEST_F(ClearingCases, AreResolvedInFifoAsPublishedPaymentByPayment) {
  const value file = Read("gridlock_cases.json");
  if (file.is_null()) GTEST_SKIP() << "gridlock_cases.json is not there";
  const array& cases = file.at("cases").as_array();
  EXPECT_EQ(cases.size(), 12u);
  for (const value& each : cases) {
    SCOPED_TRACE(each.at("title").as_string().c_str());
    const Queue queue(each.as_object());
    const engine::Resolution fifo = engine::ResolveFifo(queue.queue);
    const value& expected = each.at("fifo_grp");
    EXPECT_EQ(fifo.settles, Booleans(expected.at("settled")));
    EXPECT_TRUE(fifo.value == expected.at("value").to_number<int64_t>());
    EXPECT_EQ(queue.After(fifo.settles), queue.AmountsOf(expected.at("closing")));
    if (fifo.count == 0) {
      EXPECT_EQ(queue.After(fifo.settles), queue.queue.liquidity);
    }
    // One by one nothing moves in any of them.
    const auto alone = engine::SettleAlone(queue.queue, engine::QueueOrder::kFifo);
    std::vector<bool> settles(queue.queue.payments.size());
    for (const uint32_t p : alone.payments) settles[p] = true;
    EXPECT_EQ(settles, Booleans(each.at("gross_fifo_alone").at("settled")));
  }
}

TEST_F(ClearingCases, AreWorthAsMuchByValueAsAnySetIsAndAsAnySystemReached) {
  const value file = Read("gridlock_cases.json");
  if (file.is_null()) GTEST_SKIP() << "gridlock_cases.json is not there";
  for (const value& each : file.at("cases").as_array()) {
    SCOPED_TRACE(each.at("title").as_string().c_str());
    const Queue queue(each.as_object());
    const engine::Resolution best = engine::ResolveByValue(queue.queue);
    const value& optimum = each.at("optimum");
    EXPECT_TRUE(best.value == optimum.at("value").to_number<int64_t>());
    EXPECT_TRUE(best.value == best.value_max);
    EXPECT_EQ(best.count, optimum.at("payments").to_number<uint64_t>());
    EXPECT_TRUE(std::ranges::all_of(queue.After(best.settles), [](int64_t x) { return x >= 0; }));
    EXPECT_EQ(best.value, queue.ValueOf(best.settles));
    EXPECT_EQ(each.at("results").as_object().size(), 3u);
    for (const auto& [system, settled] : each.at("results").as_object()) {
      EXPECT_TRUE(queue.ValueOf(Booleans(settled)) <= best.value) << std::string(system);
      EXPECT_EQ(queue.After(Booleans(settled)), queue.AmountsOf(each.at("closing").at(system)))
          << std::string(system);
    }
    if (best.count == 0) {
      EXPECT_EQ(queue.After(best.settles), queue.queue.liquidity);
    }
  }
}

// A cycle of obligations; liquidity and credit of a participant that has none stated are zero.
struct Cycle {
  explicit Cycle(const object& text) {
    const array& list = text.at("obligations").as_array();
    for (const value& each : list) {
      names.Add(each.at("debtor").as_string());
      names.Add(each.at("creditor").as_string());
    }
    names.Number();
    for (const value& each : list) {
      obligations.push_back({names[each.at("debtor").as_string()],
                             names[each.at("creditor").as_string()],
                             each.at("amount").to_number<int64_t>()});
      gross += obligations.back().minor;
    }
    balance.resize(names.size());
    liquidity.resize(names.size());
    if (!text.contains("liquidity")) return;
    for (const auto& [name, has] : text.at("liquidity").as_object()) {
      balance[names[name]] = has.at("balance").to_number<int64_t>();
      liquidity[names[name]] = balance[names[name]] + has.at("credit_limit").to_number<int64_t>();
    }
  }

  Names names;
  std::vector<engine::Obligation> obligations;
  int64_t gross = 0;
  std::vector<int64_t> balance;
  std::vector<int64_t> liquidity;  // with credit
};

TEST_F(ClearingCases, AreNettedAsStatedAndSettleTogetherOrNotAtAll) {
  const value file = Read("netting_cases.json");
  if (file.is_null()) GTEST_SKIP() << "netting_cases.json is not there";
  EXPECT_EQ(file.as_array().size(), 9u);
  int settled = 0;
  int refused = 0;
  for (const value& each : file.as_array()) {
    SCOPED_TRACE(each.at("name").as_string().c_str());
    const Cycle cycle(each.as_object());
    const auto positions =
        engine::NetMultilaterally(static_cast<uint32_t>(cycle.names.size()), cycle.obligations);
    EXPECT_EQ(cycle.gross, each.at("gross_total").to_number<int64_t>());
    for (const auto& [name, net] : each.at("net_positions").as_object()) {
      EXPECT_TRUE(positions[cycle.names[name]].net() == net.to_number<int64_t>());
    }
    EXPECT_TRUE(engine::NetValue(positions) == each.at("net_total").to_number<int64_t>());

    const object& expected = each.at("expected").as_object();
    const value* const settles = expected.if_contains("settles");
    if (settles == nullptr) continue;
    EXPECT_EQ(engine::Shortfalls(positions, cycle.liquidity).empty(), settles->as_bool());
    ++(settles->as_bool() ? settled : refused);
    // As a queue they resolve to the same: everything or nothing.
    const engine::Resolution fifo = engine::ResolveFifo({cycle.liquidity, cycle.obligations});
    EXPECT_EQ(fifo.count, settles->as_bool() ? cycle.obligations.size() : 0u);
    if (const value* value = expected.if_contains("settled_value")) {
      EXPECT_TRUE(fifo.value == value->to_number<int64_t>());
    }
    if (const value* count = expected.if_contains("settlements")) {
      EXPECT_EQ(fifo.count, count->to_number<uint64_t>());
    }
    if (const value* left = expected.if_contains("queue_left")) {
      EXPECT_EQ(cycle.obligations.size() - fifo.count, left->to_number<uint64_t>());
    }
    if (const value* balances = expected.if_contains("final_balances")) {
      for (const auto& [name, balance] : balances->as_object()) {
        const uint32_t i = cycle.names[name];
        const __int128 moved = settles->as_bool() ? positions[i].net() : 0;
        EXPECT_TRUE(cycle.balance[i] + moved == balance.to_number<int64_t>());
      }
    }
  }
  EXPECT_EQ(settled, 4);
  EXPECT_EQ(refused, 2);
}

}  // namespace
}  // namespace longmen::testing
