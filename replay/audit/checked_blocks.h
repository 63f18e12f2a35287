// CheckedBlocks: the blocks of a log in order, on a thread of their own that reads, decompresses,
// checks and hashes ahead of whoever decides.
//
// A block that is handed out is whole, in its place and in the chain. Whether its proposals are
// canonical and of the right shape is known too, as faults: when they count, the decision says.
#pragma once

#include <optional>
#include <thread>
#include <vector>

#include "engine/log/event_log.h"
#include "events/codec/codec.h"
#include "replay/audit/finding.h"
#include "replay/audit/pipe.h"

namespace longmen::replay {

// What is wrong with a record's proposal.
struct Fault {
  size_t record = 0;  // its place in the block
  bool canonical = false;
  Error error;
};

struct CheckedBlock {
  engine::StoredBlock stored;
  BlockView view;
  Digest256 sha256{};
  // Of the records before the first that is not canonical.
  std::vector<ProposalBytes> proposals;
  std::optional<Fault> fault;  // the first
};

// Some blocks, and behind the last of them why no more follow.
struct CheckedSlice {
  std::vector<CheckedBlock> blocks;
  bool ends = false;
  bool whole = false;  // the log ends here, and was followed so far
  std::optional<Finding> finding;
};

class CheckedBlocks {
 public:
  // Reads to the log's frontier as it is now.
  explicit CheckedBlocks(const engine::LogReader& log);
  ~CheckedBlocks();
  CheckedBlocks(const CheckedBlocks&) = delete;
  CheckedBlocks& operator=(const CheckedBlocks&) = delete;

  Sequence end() const { return end_; }
  // What comes next; not again after one that ends.
  CheckedSlice Next();

 private:
  void Run();
  CheckedSlice ReadSlice();
  std::optional<Finding> Check(engine::StoredBlock stored, CheckedSlice& slice);

  const engine::LogReader& log_;
  const Sequence end_;
  Sequence next_ = 1;
  Digest256 previous_{};
  Pipe<CheckedSlice> ahead_;
  std::thread thread_;
};

}  // namespace longmen::replay
