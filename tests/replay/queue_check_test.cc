// What the auditor says of a resolution, by itself: it is fed with records that no engine made.
#include "replay/audit/queue_check.h"

#include <capnp/message.h>
#include <gtest/gtest.h>

#include <functional>

namespace longmen::replay {
namespace {

constexpr Currency kCny{156};

struct Queued {
  const char* sender;
  const char* receiver;
  int64_t minor;
};

// Domain E5, G5: the first two of A and of C settle together, and nothing of B.
const std::vector<Queued> kG5 = {{"A", "C", 50}, {"A", "C", 50}, {"B", "A", 60},
                                 {"B", "C", 40}, {"C", "A", 60}, {"C", "A", 40}};

class Resolutions : public testing::Test {
 protected:
  void SetUp() override {
    Money("A", 0);
    Money("B", 10);
    Money("C", 20);
    for (size_t i = 0; i < kG5.size(); ++i) {
      Effects effects;
      effects.waiting.push_back(Waiting(i, WaitingStatus::kWaiting));
      EXPECT_FALSE(See({}, std::move(effects)));
    }
  }

  static WaitingState Waiting(size_t i, WaitingStatus status) {
    return {.movement = 100 + i,
            .scheme = "hvps",
            .sender = kG5[i].sender,
            .receiver = kG5[i].receiver,
            .amount = {kG5[i].minor, kCny},
            .status = status,
            .priority = 0,
            .rank = static_cast<int64_t>(i)};
  }
  void Money(const char* bank, int64_t minor) {
    Effects effects;
    effects.accounts.push_back({.account = std::string(bank) + ".set",
                                .participant = bank,
                                .kind = schema::AccountKind::SETTLEMENT,
                                .status = schema::Status::OPEN,
                                .balance = {-minor, kCny},
                                .held = {0, kCny},
                                .floor = {0, kCny}});
    EXPECT_FALSE(See({}, std::move(effects)));
  }

  using Fill = std::function<void(schema::Settlement::Builder)>;
  std::optional<Finding> See(const Fill& fill, Effects effects) {
    capnp::MallocMessageBuilder message;
    auto proposal = message.initRoot<schema::Proposal>();
    proposal.setOccurredAt(1);
    proposal.setKey("H1");
    if (fill) {
      fill(proposal.getBody().initSettlement());
    } else {
      proposal.getBody().initDebit();
    }
    engine::Emitted record;
    record.header.sequence = ++sequence_;
    record.proposal = Canonicalize(proposal.asReader()).value();
    record.effects = std::move(effects);
    return check_.See(record);
  }

  // What is said of a resolution that settles these; none: of a deadlock.
  std::string Said(const std::vector<size_t>& settled,
                   schema::ResolutionMode mode = schema::ResolutionMode::FIFO,
                   int64_t value_max = 0) {
    Effects effects;
    for (const size_t i : settled) {
      effects.waiting.push_back(Waiting(i, WaitingStatus::kSettled));
    }
    const auto finding = See(
        [&](schema::Settlement::Builder settlement) {
          settlement.setAction(settled.empty() ? schema::SettlementAction::QUEUE_DEADLOCKED
                                               : schema::SettlementAction::QUEUE_SETTLED);
          settlement.setScheme("hvps");
          settlement.setCurrency(kCny.numeric);
          settlement.setMode(mode);
          settlement.setValueMaxMinor(value_max);
        },
        std::move(effects));
    EXPECT_EQ(finding ? finding->name : "queue_unsound", "queue_unsound");
    return finding ? finding->detail : "sound";
  }

  QueueCheck check_;
  Sequence sequence_ = 0;
};

TEST_F(Resolutions, AreSoundAsPublished) { EXPECT_EQ(Said({0, 1, 4, 5}), "sound"); }

TEST_F(Resolutions, LeaveNobodyTooLittle) {
  EXPECT_EQ(Said({0, 1, 2, 4, 5}), "B is left too little");
}

TEST_F(Resolutions, PassOverNothing) { EXPECT_EQ(Said({1, 4}), "a payment of A is passed over"); }

TEST_F(Resolutions, SettleAsManyAsCanBe) {
  // The first of A and of C alone: 50 against 60.
  EXPECT_EQ(Said({0, 4}), "1 payments of A settle where 2 can");
}

TEST_F(Resolutions, AreNoDeadlockWhereSomethingSettles) {
  EXPECT_EQ(Said({}), "0 payments of A settle where 2 can");
}

TEST_F(Resolutions, ByValueAreWorthWhatOrderGivesAndNoMoreThanIsPossible) {
  EXPECT_EQ(Said({5}, schema::ResolutionMode::VALUE, 200), "C is left too little");
  EXPECT_EQ(Said({}, schema::ResolutionMode::VALUE, 200), "in order, more could settle");
  EXPECT_EQ(Said({0, 4}, schema::ResolutionMode::VALUE, 109),
            "more settles than is said to be possible");
}

TEST_F(Resolutions, AreOfWhatWaits) {
  EXPECT_EQ(Said({0, 1, 4, 5}), "sound");
  EXPECT_EQ(Said({0, 1, 4, 5}), "what is settled did not wait");
}

TEST_F(Resolutions, FollowMoneyAndWhatIsHeld) {
  Money("B", 100);
  EXPECT_EQ(Said({0, 1, 4, 5}), "0 payments of B settle where 2 can");
}

}  // namespace
}  // namespace longmen::replay
