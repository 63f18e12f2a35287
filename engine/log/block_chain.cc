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
  BlockChain chain;
  chain.MoveTo(*view);
  return chain;
}

Result<BlockView> BlockChain::Take(Bytes block) {
  const Sequence at = head_.next_sequence;
  auto view = BlockView::Parse(block);
  if (!view.ok()) return Corrupt(view.error().field, at, view.error().message);
  const BlockHeader& header = view->header();
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
  MoveTo(*view);
  return view;
}

Result<BlockChain> BlockChain::Extended(Bytes block) const {
  // A caller's buffer may lie anywhere; only then is a copy made.
  const bool aligned = reinterpret_cast<uintptr_t>(block.data()) % alignof(uint64_t) == 0;
  const StoredBlock copy(aligned ? Bytes{} : block);
  BlockChain next = *this;
  auto view = next.Take(aligned ? block : copy.bytes());
  if (!view.ok()) return view.error();
  return next;
}

void BlockChain::MoveTo(const BlockView& block) {
  head_.next_sequence = block.header().last_sequence() + 1;
  head_.previous = Sha256(block.bytes());
  epoch_ = block.header().epoch;
}

}  // namespace longmen::engine
