// The three promises of a log after a crash, checked against what was intended.
//
// What was acknowledged is there, what is there was intended, the chain is whole. Blocks are a
// function of seed, epoch and place (test_blocks.h), so the intent needs no memory of its own: the
// epoch is in the block, the place is where it was found.
#pragma once

#include <gtest/gtest.h>

#include "engine/log/block_chain.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::engine {

// Checks `log` from its first block; `acknowledged` is the head after the last acknowledged one.
// Returns how many blocks were there beyond it (0 or 1: one append is under way at a time).
inline size_t CheckPromises(const LogReader& log, uint64_t seed, const testing::BlockShape& shape,
                            const LogHead& acknowledged) {
  const auto blocks = testing::AllBlocks(log);  // whole and chained
  EXPECT_TRUE(blocks.ok()) << blocks.error().message;
  if (!blocks.ok()) return 0;
  LogHead head;
  bool seen = head == acknowledged;
  size_t beyond = 0;
  for (const auto& block : *blocks) {
    const StoredBlock copy{Bytes(block)};
    const uint64_t epoch = BlockChain::After(copy.bytes()).value().epoch();
    EXPECT_TRUE(block == testing::MakeBlock(seed, epoch, head, shape))
        << "nobody intended the block at sequence " << head.next_sequence;
    head = testing::HeadAfter(block);
    if (seen) ++beyond;
    if (head == acknowledged) seen = true;
  }
  EXPECT_TRUE(seen) << "acknowledged to sequence " << acknowledged.next_sequence - 1
                    << ", the log ends at " << head.next_sequence - 1;
  EXPECT_LE(beyond, 1u);
  return beyond;
}

}  // namespace longmen::engine
