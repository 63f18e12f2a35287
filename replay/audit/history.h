// History: the ledger as it was, the life of one order, and where two logs part ways.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "engine/ledger/ledger.h"
#include "engine/log/event_log.h"
#include "projections/store/store.h"
#include "replay/audit/finding.h"

namespace longmen::replay {

// The ledger after `sequence`. Unanswerable where the log does not reach so far.
Result<engine::Ledger> LedgerAsOf(const engine::LogReader& log, Sequence sequence);
// The projections after `sequence`, likewise.
Status ProjectionsAsOf(const engine::LogReader& log, Sequence sequence, projections::Store& store);

// Every record about a business key, refused attempts included, with what each did.
// not_found where no record is about it.
Status Trace(const engine::LogReader& log, schema::Scenario scenario, std::string_view key,
             const std::function<void(const RecordView&, const Effects&)>& visit);

// The first record in which two logs differ, and its field; a log that ends earlier differs there;
// nothing where they are the same to the last byte.
struct LogDifference {
  Sequence sequence = 0;
  std::string field;
  bool only_in_first = false;  // the second ends before it
  bool only_in_second = false;
};
Result<std::optional<LogDifference>> Diff(const engine::LogReader& first,
                                          const engine::LogReader& second);

}  // namespace longmen::replay
