#include <algorithm>

#include "engine/log/block_chain.h"

namespace longmen::engine {
namespace {

// Large enough that a disk streams, small enough that memory does not follow history.
constexpr size_t kSliceBytes = 8u << 20;

Error Corrupt(std::string message) {
  return Error{Code::CORRUPT, "block.firstSequence", std::move(message)};
}

Result<StoredBlock> BlockThatHolds(const LogReader& log, Sequence sequence) {
  auto blocks = log.Read(sequence, 1);
  if (!blocks.ok()) return blocks.error();
  if (blocks->empty()) return Corrupt(fmt::format("no block holds sequence {}", sequence));
  return std::move(blocks->front());
}

// The chain as it stands before the block that holds `from`. A reader that starts in the middle
// still checks the hash its first block names, so the block before that one is read too.
Result<BlockChain> ChainBefore(const LogReader& log, Sequence from) {
  auto block = BlockThatHolds(log, from);
  if (!block.ok()) return block.error();
  auto view = BlockView::Parse(block->bytes());
  if (!view.ok()) {
    return Error{Code::CORRUPT, view.error().field,
                 fmt::format("block that holds sequence {}: {}", from, view.error().message)};
  }
  const BlockHeader& header = view->header();
  if (header.first_sequence > from || header.last_sequence() < from) {
    return Corrupt(fmt::format("no block holds sequence {}: the nearest has {} to {}", from,
                               header.first_sequence, header.last_sequence()));
  }
  if (header.first_sequence == 1) return BlockChain{};
  auto before = BlockThatHolds(log, header.first_sequence - 1);
  if (!before.ok()) return before.error();
  auto chain = BlockChain::After(before->bytes());
  if (!chain.ok()) {
    return Error{Code::CORRUPT, chain.error().field,
                 fmt::format("block that holds sequence {}: {}", header.first_sequence - 1,
                             chain.error().message)};
  }
  if (chain->head().next_sequence != header.first_sequence) {
    return Corrupt(fmt::format("sequence {} is missing", chain->head().next_sequence));
  }
  return chain;
}

}  // namespace

Status ForEachRecord(const LogReader& log, Sequence from,
                     const std::function<Status(const RecordView&)>& visit) {
  const Sequence frontier = log.AckedFrontier();
  from = std::max<Sequence>(from, 1);
  if (from > frontier) return Ok();
  auto chain = ChainBefore(log, from);
  if (!chain.ok()) return chain.error();
  while (chain->last_sequence() < frontier) {
    auto blocks = log.Read(chain->head().next_sequence, kSliceBytes);
    if (!blocks.ok()) return blocks.error();
    if (blocks->empty()) {
      return Corrupt(fmt::format("the log ends at sequence {} though {} was acknowledged",
                                 chain->last_sequence(), frontier));
    }
    for (const StoredBlock& block : *blocks) {
      auto view = chain->Take(block.bytes());
      if (!view.ok()) return view.error();
      for (const RecordView& record : view->records()) {
        if (record.header.sequence >= from) RETURN_IF_ERROR(visit(record));
      }
    }
  }
  return Ok();
}

}  // namespace longmen::engine
