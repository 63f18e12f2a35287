// Redecider: makes every decision of a log again, and compares what comes out byte for byte.
//
// It is fed the records in order. An accepted proposal that the rules refuse is a finding, and so
// is a refusal the rules would not have made, a tick that was not due, and one that was due and is
// not there. After the first finding the state can no longer be trusted: nothing more is decided.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/ledger/ledger.h"
#include "replay/audit/finding.h"

namespace longmen::replay {

class Redecider {
 public:
  // Called for every record that was decided as the log has it.
  using Visit = std::function<void(const RecordView& record, const Effects& effects)>;

  // The next record of the log, in a block that lives until the group it is in is complete.
  std::optional<Finding> Next(const RecordView& record, const Visit& visit);

  const engine::Ledger& ledger() const { return ledger_; }
  uint64_t refusals_remade() const { return refusals_remade_; }
  uint64_t translations_taken() const { return translations_taken_; }

 private:
  std::optional<Finding> NextTick(const RecordView& record, const Visit& visit);
  std::optional<Finding> Decide(const std::vector<ProposalBytes>& group, const Visit& visit);
  std::optional<Finding> Compare(const RecordView& record, const engine::Emitted& made,
                                 const Visit& visit) const;

  engine::Ledger ledger_;
  std::vector<RecordView> group_;       // of the group that is not complete yet
  std::vector<engine::Emitted> ticks_;  // due, and not yet seen in the log
  size_t ticks_seen_ = 0;
  uint64_t refusals_remade_ = 0;
  uint64_t translations_taken_ = 0;
};

}  // namespace longmen::replay
