#include <algorithm>

#include "engine/log/block_chain.h"
#include "engine/log/record_block.h"

namespace longmen::engine {
namespace {

// Large enough that a disk streams, small enough that memory does not follow history.
constexpr size_t kSliceBytes = 8u << 20;

Error Corrupt(std::string message) {
  return Error{Code::CORRUPT, "block.firstSequence", std::move(message)};
}

// The chain as it stands before the block that holds `from`. A reader that starts in the middle
// still checks the hash its first block names, so the block before that one is read too.
Result<BlockChain> ChainBefore(const LogReader& log, Sequence from) {
  auto block = RecordBlock::Read(log, from);
  if (!block.ok()) return block.error();
  const Sequence first = block->view().header().first_sequence;
  if (first == 1) return BlockChain{};
  auto before = RecordBlock::Read(log, first - 1);
  if (!before.ok()) return before.error();
  if (before->view().header().last_sequence() + 1 != first) {
    return Corrupt(
        fmt::format("sequence {} is missing", before->view().header().last_sequence() + 1));
  }
  return BlockChain::After(before->view());
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
