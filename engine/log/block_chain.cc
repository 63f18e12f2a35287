#include "engine/log/block_chain.h"

namespace longmen::engine {
namespace {

Error Corrupt(std::string field, Sequence at, std::string_view what) {
  return Error{Code::CORRUPT, std::move(field), fmt::format("block at sequence {}: {}", at, what)};
}

}  // namespace

Result<BlockChain> BlockChain::After(Bytes block) {
  auto view = BlockView::Parse(block);
  if (!view.ok()) return view.error();
  return After(*view);
}

BlockChain BlockChain::After(const BlockView& block) {
  BlockChain chain;
  chain.MoveTo(block.header(), Sha256(block.bytes()));
  return chain;
}

Result<BlockView> BlockChain::Take(Bytes block) {
  const Sequence at = head_.next_sequence;
  auto view = BlockView::Parse(block);
  if (!view.ok()) return Corrupt(view.error().field, at, view.error().message);
  RETURN_IF_ERROR(Follows(view->header()));
  MoveTo(view->header(), Sha256(block));
  return view;
}

Status BlockChain::Follows(const BlockHeader& header) const {
  const Sequence at = head_.next_sequence;
  if (header.first_sequence != at) {
    return Corrupt("block.firstSequence", at,
                   fmt::format("sequence {} stands in its place", header.first_sequence));
  }
  if (header.previous != head_.previous) {
    return Corrupt("block.previous", at,
                   fmt::format("it names {} as the block before, which is {}", Hex(header.previous),
                               Hex(head_.previous)));
  }
  if (header.epoch < epoch_) {
    return Corrupt("block.epoch", at, fmt::format("epoch {} after epoch {}", header.epoch, epoch_));
  }
  return Ok();
}

Result<BlockChain> BlockChain::Extended(const OfferedBlock& block) const {
  BlockChain next = *this;
  if (const BuiltBlock* built = block.built()) {
    RETURN_IF_ERROR(Follows(built->header()));
    next.MoveTo(built->header(), built->sha256());
    return next;
  }
  // A caller's buffer may lie anywhere; only then is a copy made.
  const Bytes bytes = block.bytes();
  const bool aligned = reinterpret_cast<uintptr_t>(bytes.data()) % alignof(uint64_t) == 0;
  const StoredBlock copy(aligned ? Bytes{} : bytes);
  auto view = next.Take(aligned ? bytes : copy.bytes());
  if (!view.ok()) return view.error();
  return next;
}

void BlockChain::MoveTo(const BlockHeader& block, const Digest256& sha256) {
  head_.next_sequence = block.last_sequence() + 1;
  head_.previous = sha256;
  epoch_ = block.epoch;
}

}  // namespace longmen::engine
