// What records of the log say in words that no projection keeps.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/log/event_log.h"

namespace longmen::adapters::iso20022 {

// Reads single records. Near ones cost little one after the other: the last block is kept.
class LogWords {
 public:
  explicit LogWords(const engine::LogReader& log) : log_(log) {}

  // Calls `visit` with the proposal of one record. not_found, or corrupt, where the log has it not.
  Status Visit(Sequence sequence, const std::function<void(schema::Proposal::Reader)>& visit);
  // The reason that a record gives; empty where it gives none.
  Result<std::string> ReasonAt(Sequence sequence);

 private:
  Status Load(Sequence sequence);
  const RecordView* Find(Sequence sequence) const;

  const engine::LogReader& log_;
  std::optional<engine::StoredBlock> stored_;
  BlockView block_;  // of it
};

}  // namespace longmen::adapters::iso20022
