// SnapshotCheck: every stored snapshot against the state that the auditor derived.
//
// Between audits the engine goes on from a snapshot as if it were the truth (engine/snapshot), so
// here nothing is believed: the bytes of its state must be the very ones that all decisions since
// the first record lead to, and the block it names the one the log has there.
#pragma once

#include <string>
#include <vector>

#include "engine/ledger/ledger.h"
#include "replay/audit/finding.h"

namespace longmen::replay {

// Listed before the log was opened: beside a living engine a later one may be of a later log.
struct StoredSnapshots {
  std::string directory;
  std::vector<Sequence> sequences;
};
StoredSnapshots FindSnapshots(const std::string& directory);

class SnapshotCheck {
 public:
  explicit SnapshotCheck(const StoredSnapshots& stored);

  // A whole block of the chain, after its decisions were made again. `ledger` null: they could not
  // be, from some record on.
  void Pass(Sequence last, const Digest256& chain, const engine::Ledger* ledger,
            std::vector<Finding>& findings, std::vector<std::string>& notes);
  // No block follows. `whole`: because the log ends there.
  void Finish(Sequence end, bool whole, std::vector<Finding>& findings);

  uint64_t stored() const { return stored_; }
  uint64_t equal() const { return equal_; }

 private:
  void Compare(Sequence at, Sequence last, const Digest256& chain, const engine::Ledger* ledger,
               std::vector<Finding>& findings, std::vector<std::string>& notes);

  const std::string directory_;
  std::vector<Sequence> waiting_;  // the lowest at the end
  uint64_t stored_ = 0;
  uint64_t equal_ = 0;
};

}  // namespace longmen::replay
