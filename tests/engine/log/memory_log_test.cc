#include "engine/log/memory_log.h"

#include <gtest/gtest.h>

#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::engine {
namespace {

using testing::HeadAfter;
using testing::MakeBlock;

TEST(MemoryLog, SettlesAnUnknownEitherWay) {
  for (const bool stored : {false, true}) {
    MemoryLog log;
    const LogHead head = log.Open(1).value();
    const auto block = MakeBlock(1, 1, head);
    log.FailNextAppend(AppendOutcome::kUnknown, stored);
    EXPECT_EQ(log.Append(1, head, block), AppendOutcome::kUnknown);
    EXPECT_EQ(log.AckedFrontier(), 0u);
    EXPECT_TRUE(log.Read(1, 1).value().empty());
    EXPECT_EQ(log.Append(1, head, block), AppendOutcome::kUnknown) << "before Resolve";
    EXPECT_EQ(log.Resolve(1).value(), stored ? HeadAfter(block) : head);
    EXPECT_EQ(log.AckedFrontier(), stored ? HeadAfter(block).next_sequence - 1 : 0);
  }
}

TEST(MemoryLog, IsFullOnceAndThenTakesTheBlock) {
  MemoryLog log;
  const LogHead head = log.Open(1).value();
  const auto block = MakeBlock(1, 1, head);
  log.FailNextAppend(AppendOutcome::kFull, false);
  EXPECT_EQ(log.Append(1, head, block), AppendOutcome::kFull);
  EXPECT_EQ(log.AckedFrontier(), 0u);
  EXPECT_EQ(log.Append(1, head, block), AppendOutcome::kOk);
}

}  // namespace
}  // namespace longmen::engine
