#include "engine/log/record_block.h"

namespace longmen::engine {
namespace {

Error Missing(std::string message) {
  return Error{Code::CORRUPT, "block.firstSequence", std::move(message)};
}

}  // namespace

Result<RecordBlock> RecordBlock::Read(const LogReader& log, Sequence sequence) {
  auto blocks = log.Read(sequence, 1);
  if (!blocks.ok()) return blocks.error();
  if (blocks->empty()) return Missing(fmt::format("no block holds sequence {}", sequence));
  StoredBlock stored = std::move(blocks->front());
  auto view = BlockView::Parse(stored.bytes());
  if (!view.ok()) {
    return Error{Code::CORRUPT, view.error().field,
                 fmt::format("block that holds sequence {}: {}", sequence, view.error().message)};
  }
  RecordBlock found(std::move(stored), std::move(*view));
  if (found.Holds(sequence)) return found;
  const BlockHeader& header = found.view().header();
  return Missing(fmt::format("no block holds sequence {}: the nearest has {} to {}", sequence,
                             header.first_sequence, header.last_sequence()));
}

}  // namespace longmen::engine
