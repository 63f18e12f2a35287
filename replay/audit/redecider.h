// Redecider: makes every decision of a log again, and compares what comes out byte for byte.
//
// It is fed the records in order. An accepted proposal that the rules refuse is a finding, and so
// is a refusal the rules would not have made, a tick that was not due, and one that was due and is
// not there. After the first finding the state can no longer be trusted: nothing more is decided.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/ledger/ledger.h"
#include "replay/audit/checked_blocks.h"
#include "replay/audit/finding.h"

namespace longmen::replay {

class Redecider {
 public:
  // The next record of the log, and the group that it completes. What was decided as the log has it
  // is added to `decided`; proposals are moved there out of the block.
  std::optional<Finding> Next(CheckedBlock& block, size_t index,
                              std::vector<engine::Emitted>& decided);

  // A history will be held against the ledger.
  void KeepForComparing() { ledger_.KeepForComparing(); }
  const engine::Ledger& ledger() const { return ledger_; }
  uint64_t refusals_remade() const { return refusals_remade_; }
  uint64_t translations_taken() const { return translations_taken_; }

 private:
  std::optional<Finding> NextTick(const RecordView& record, std::vector<engine::Emitted>& decided);
  std::optional<Finding> NextGroup(CheckedBlock& block, size_t last,
                                   schema::Proposal::Reader proposal,
                                   std::vector<engine::Emitted>& decided);
  std::optional<Finding> DecideUnchecked(std::span<const RecordView> records,
                                         std::span<ProposalBytes> group,
                                         std::vector<engine::Emitted>& decided);
  std::optional<Finding> Decide(std::span<const RecordView> records, std::span<ProposalBytes> group,
                                std::vector<engine::Emitted>& decided);
  static std::optional<Finding> Keep(const RecordView& record, engine::Emitted made,
                                     std::vector<engine::Emitted>& decided);

  engine::Ledger ledger_;
  uint64_t refusals_remade_ = 0;
  uint64_t translations_taken_ = 0;
};

}  // namespace longmen::replay
