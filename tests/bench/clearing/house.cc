#include "tests/bench/clearing/house.h"

#include <capnp/message.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <functional>

#include "engine/ledger/ledger.h"
#include "tests/bench/common/timing.h"

namespace longmen::bench {
namespace {

constexpr uint32_t kBanks = 200;
constexpr uint16_t kCny = 156;
constexpr Nanos kStart = 1'640'876'400 * kNanosPerSecond;

using Fill = std::function<void(schema::Proposal::Builder)>;

// A ledger of 200 banks with one scheme.
class House {
 public:
  explicit House(schema::SettlementMethod method) {
    ledger_.Begin("bench", 480, kStart);
    Take("op", [](auto proposal) {
      auto source = proposal.getBody().initRegistration().initSource();
      source.setAllParticipants(true);
      source.setAllSchemes(true);
      source.setMaxLate(kNanosPerDay);
      source.setMaxEarly(kNanosPerDay);
      auto bodies = source.initBodies(8);
      for (unsigned i = 0; i < 8; ++i) bodies.set(i, static_cast<schema::BodyKind>(i));
    });
    Take("S", [method](auto proposal) {
      auto scheme = proposal.getBody().initRegistration().initScheme();
      scheme.setMethod(method);
      scheme.setCyclePrefix("S");
    });
    using enum schema::AccountKind;
    for (uint32_t bank = 0; bank < kBanks; ++bank) {
      const std::string name = Bank(bank);
      Take(name, [&name](auto proposal) {
        proposal.getBody().initRegistration().initParticipant().setName(name);
      });
      Account(name + ".c", name, CUSTOMER, true);
      Account(name + ".s", name, CLEARING, true);
      // A queue has no money to begin with, so that everything waits.
      Account(name + ".m", name, SETTLEMENT, method != schema::SettlementMethod::QUEUED);
    }
  }

  static std::string Bank(uint32_t number) { return fmt::format("B{:03}", number); }

  ProposalBytes Payment(uint32_t from, uint32_t to, int64_t minor) {
    return Make("", [&](auto proposal) {
      auto debit = proposal.getBody().initDebit();
      debit.getAmount().setMinor(minor);
      debit.getAmount().setCurrency(kCny);
      debit.setKind(schema::DebitKind::PAYOUT);
      debit.setOutcome(schema::Outcome::SUCCEEDED);
      debit.setPayer(Bank(from) + ".c");
      debit.setPayee(Bank(to) + ".c");
      debit.setScheme("S");
    });
  }
  // Every pair in turn. What each has sent and received is counted beside the ledger.
  void Pay(uint64_t number) {
    const auto from = static_cast<uint32_t>(number % kBanks);
    const auto to = static_cast<uint32_t>((from + 1 + number / kBanks % (kBanks - 1)) % kBanks);
    const auto minor = static_cast<int64_t>(100 + number % 977);
    Propose(Payment(from, to, minor));
    sent_[from] += minor;
    received_[to] += minor;
  }
  // States what was counted: the ledger refuses it where one position is not exactly that.
  ProposalBytes SettlementOfPaid(const std::string& cycle) {
    auto settled = Settlement(cycle, [this](auto settlement) {
      settlement.setAction(schema::SettlementAction::SETTLED);
      settlement.setReference("bench");
      auto positions = settlement.initPositions(kBanks);
      for (uint32_t bank = 0; bank < kBanks; ++bank) {
        positions[bank].setParticipant(Bank(bank));
        positions[bank].setCurrency(kCny);
        positions[bank].setGrossIn(received_[bank]);
        positions[bank].setGrossOut(sent_[bank]);
        positions[bank].setNet(received_[bank] - sent_[bank]);
      }
    });
    sent_ = {};
    received_ = {};
    return settled;
  }
  std::string OpenCycle() {
    ledger_.Tick(kStart);
    return ledger_.FindOpenCycle("S")->name;
  }
  ProposalBytes Settlement(const std::string& cycle,
                           const std::function<void(schema::Settlement::Builder)>& fill) {
    return Make(cycle, [&](auto proposal) { fill(proposal.getBody().initSettlement()); });
  }
  void Propose(ProposalBytes proposal) {
    std::vector<ProposalBytes> group;
    group.push_back(std::move(proposal));
    const engine::Answers answers = ledger_.ProposeInto(group, kStart, records_);
    CHECK(answers[0].kind == engine::AnswerKind::kAccepted, "bench.accepted",
          static_cast<int>(answers[0].code), answers[0].field);
    records_.clear();
  }
  engine::Ledger& ledger() { return ledger_; }

 private:
  ProposalBytes Make(const std::string& key, const Fill& fill) {
    capnp::MallocMessageBuilder message;
    auto proposal = message.initRoot<schema::Proposal>();
    proposal.setOccurredAt(kStart);
    proposal.setSource("op");
    proposal.setId(fmt::format("p{}", ++ids_));
    if (!key.empty()) proposal.setKey(key);
    fill(proposal);
    auto bytes = Canonicalize(proposal.asReader());
    CHECK(bytes.ok(), "bench.canonical");
    return std::move(bytes).value();
  }
  void Take(const std::string& key, const Fill& fill) { Propose(Make(key, fill)); }
  void Account(const std::string& name, const std::string& bank, schema::AccountKind kind,
               bool unlimited) {
    Take(name, [&](auto proposal) {
      auto account = proposal.getBody().initRegistration().initAccount();
      account.setParticipant(bank);
      account.setCurrency(kCny);
      account.setKind(kind);
      account.setUnlimited(unlimited);
      if (kind == schema::AccountKind::CLEARING) account.setScheme("S");
    });
  }

  engine::Ledger ledger_;
  std::array<int64_t, kBanks> sent_ = {};
  std::array<int64_t, kBanks> received_ = {};
  std::vector<engine::Emitted> records_;
  uint64_t ids_ = 0;
};

}  // namespace

void MeasureCycles(Table& table) {
  table.Subject("a cycle is closed, 200 participants (beside: one payment of it)");
  const char* given = std::getenv("LONGMEN_BENCH_ITEMS");
  const uint64_t most = given == nullptr ? 10'000'000 : std::strtoull(given, nullptr, 10);
  House house(schema::SettlementMethod::MULTILATERAL_NET);
  for (uint64_t items = 1'000; items <= most; items *= 10) {
    const std::string cycle = house.OpenCycle();
    const Stopwatch paying;
    for (uint64_t i = 0; i < items; ++i) house.Pay(i);
    const double payment = paying.seconds() / static_cast<double>(items);
    ProposalBytes closing = house.Settlement(
        cycle, [](auto settlement) { settlement.setAction(schema::SettlementAction::CLOSED); });
    const Stopwatch watch;
    house.Propose(std::move(closing));
    const double seconds = watch.seconds();
    ProposalBytes settling = house.SettlementOfPaid(cycle);
    const Stopwatch settled;
    house.Propose(std::move(settling));
    const double settlement = settled.seconds();
    table.Add({fmt::format("close_{}_items_us", items),
               seconds * 1e6,
               "us",
               {"a payment, made and decided", payment * 1e6},
               {AtMost(1'000)}});
    table.Add({fmt::format("settle_{}_items_us", items), settlement * 1e6, "us", {}, {}});
  }
}

void MeasureQueue(Table& table) {
  table.Subject("a queue is resolved in fifo by the ledger, 200 participants");
  for (const uint64_t payments : {uint64_t{1'000}, uint64_t{10'000}, uint64_t{100'000}}) {
    House house(schema::SettlementMethod::QUEUED);
    const std::string cycle = house.OpenCycle();
    // Round after round of a circle, each payment between neighbours: nobody can begin.
    for (uint64_t i = 0; i < payments; ++i) {
      const auto from = static_cast<uint32_t>(i % kBanks);
      house.Propose(
          house.Payment(from, (from + 1) % kBanks, static_cast<int64_t>(100 + i / kBanks)));
    }
    house.Propose(house.Settlement(cycle, [](auto settlement) {
      settlement.setAction(schema::SettlementAction::RESOLUTION_ASKED);
      settlement.setCurrency(kCny);
      settlement.setMode(schema::ResolutionMode::FIFO);
    }));
    const Stopwatch resolving;
    const auto resolution = house.ledger().TickOnce(kStart);
    const double resolved = resolving.seconds();
    CHECK(resolution.has_value(), "bench.resolution");
    const auto proposal = ReadCanonical(resolution->proposal.bytes());
    const auto settled = proposal.getBody().getSettlement().getCount();
    const Stopwatch booking;
    uint64_t booked = 0;
    while (house.ledger().TickOnce(kStart)) ++booked;
    CHECK(booked == settled && settled == payments, "bench.booked", booked, settled);
    std::vector<Target> targets;
    if (payments == 100'000) targets.push_back(AtMost(200));
    table.Add({fmt::format("queue_{}_resolved_ms", payments), resolved * 1e3, "ms", {}, targets});
    table.Add({fmt::format("queue_{}_booked_us_each", payments),
               booking.seconds() * 1e6 / static_cast<double>(payments),
               "us",
               {},
               {}});
  }
}

}  // namespace longmen::bench
