#include "replay/audit/checked_blocks.h"

namespace longmen::replay {
namespace {

// Small enough that what is read ahead stays near the processor, large enough that neither a seek
// nor a hand-over counts.
constexpr size_t kSliceBytes = 1u << 20;
constexpr size_t kSlicesAhead = 3;

// Alone in its group and somebody's: its shape is asked for as it comes. Of the others the decision
// knows what they are made of.
bool IsLoneProposal(const RecordView& record, schema::Proposal::Reader proposal) {
  return record.header.group_size == 1 && record.header.sequence > 1 && proposal.hasSource() &&
         !proposal.getBody().isRefusal();
}

void CheckProposals(CheckedBlock& block) {
  const auto& records = block.view.records();
  block.proposals.reserve(records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    const RecordView& record = records[i];
    if (Status canonical = CheckCanonical(record.proposal); !canonical.ok()) {
      if (!block.fault) block.fault = {i, true, canonical.error()};
      return;
    }
    block.proposals.emplace_back(record.proposal);
    if (block.fault) continue;
    const auto proposal = ReadCanonical(record.proposal);
    if (!IsLoneProposal(record, proposal)) continue;
    if (Status shape = CheckShape(proposal); !shape.ok()) block.fault = {i, false, shape.error()};
  }
}

}  // namespace

CheckedBlocks::CheckedBlocks(const engine::LogReader& log)
    : log_(log), end_(log.AckedFrontier()), ahead_(kSlicesAhead), thread_([this] { Run(); }) {}

CheckedBlocks::~CheckedBlocks() {
  ahead_.Close();
  thread_.join();
}

CheckedSlice CheckedBlocks::Next() {
  auto slice = ahead_.Take();
  CHECK(slice.has_value(), "checked_blocks.next");
  return std::move(*slice);
}

void CheckedBlocks::Run() {
  for (bool ends = false; !ends;) {
    CheckedSlice slice = ReadSlice();
    ends = slice.ends;
    if (!ahead_.Push(std::move(slice))) return;
  }
}

CheckedSlice CheckedBlocks::ReadSlice() {
  CheckedSlice slice;
  const auto end_with = [&slice](bool whole, std::optional<Finding> finding) {
    slice.ends = true;
    slice.whole = whole;
    slice.finding = std::move(finding);
    return std::move(slice);
  };
  if (next_ > end_) return end_with(true, std::nullopt);
  auto blocks = log_.Read(next_, kSliceBytes);
  if (!blocks.ok()) {
    return end_with(false, Finding{"log_unreadable", next_, "log", Describe(blocks.error())});
  }
  if (blocks->empty()) {
    return end_with(
        true, Finding{"log_short", next_, "log", fmt::format("ends before its frontier {}", end_)});
  }
  for (engine::StoredBlock& stored : *blocks) {
    if (auto finding = Check(std::move(stored), slice)) return end_with(false, std::move(finding));
  }
  return slice;
}

// What is wrong with the block itself, after which the log cannot be followed.
std::optional<Finding> CheckedBlocks::Check(engine::StoredBlock stored, CheckedSlice& slice) {
  auto view = BlockView::Parse(stored.bytes());
  const auto broken = [this](std::string name, std::string detail) {
    return Finding{std::move(name), next_, fmt::format("block {}", next_), std::move(detail)};
  };
  if (!view.ok()) return broken("block_damaged", Describe(view.error()));
  const BlockHeader& header = view->header();
  if (header.first_sequence != next_) {
    return broken("sequence_gap",
                  fmt::format("the next block begins at {}", header.first_sequence));
  }
  if (header.previous != previous_) {
    return broken("chain_broken", "it names another block before it");
  }
  previous_ = Sha256(view->bytes());
  next_ = header.last_sequence() + 1;
  CheckedBlock& block = slice.blocks.emplace_back(
      CheckedBlock{std::move(stored), std::move(*view), previous_, {}, {}});
  CheckProposals(block);
  return std::nullopt;
}

}  // namespace longmen::replay
