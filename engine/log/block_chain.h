// BlockChain: where a log stands after some block, and the check that the next block belongs there.
//
// The one place that knows what "follows" means; the logs ask it before they write and the readers
// after they have read, so that both sides of the disk are held to the same rule.
//
// Invariants: the next block starts at head().next_sequence, names head().previous, and its epoch
// is not below the one before.
#pragma once

#include "engine/log/event_log.h"

namespace longmen::engine {

class BlockChain {
 public:
  // Before the first block.
  BlockChain() = default;

  // As it stands after a stored block, whatever came before that one. The bytes are aligned.
  static Result<BlockChain> After(Bytes block);
  static BlockChain After(const BlockView& block);

  const LogHead& head() const { return head_; }
  Sequence last_sequence() const { return head_.next_sequence - 1; }
  uint64_t epoch() const { return epoch_; }

  // Checks a stored block from end to end (BlockView::Parse) and that it follows, and moves past
  // it. Error corrupt, whose message names the place; then the chain stays where it was. The bytes
  // are aligned and outlive the view.
  Result<BlockView> Take(Bytes block);

  // The same for a block that somebody wants to append, at whatever address. What a builder made is
  // only asked whether it follows.
  Result<BlockChain> Extended(const OfferedBlock& block) const;

 private:
  Status Follows(const BlockHeader& block) const;
  void MoveTo(const BlockHeader& block, const Digest256& sha256);

  LogHead head_;
  uint64_t epoch_ = 0;
};

}  // namespace longmen::engine
