// Subjects: what `longmen-bench` measures, one function and one file each, in the order of a run.
//
// Each adds its figures to the table. Later ones stand beside limits that earlier ones measured,
// and several share one ledger: `main` says which.
#pragma once

#include <string>

#include "tests/bench/common/figures.h"
#include "tests/bench/engine/limits.h"
#include "tests/bench/engine/rig.h"

namespace longmen::bench {

struct Run {
  std::string directory;  // to work in; on the disk that is measured
  Table& table;
  double seconds = 5;  // how long one load is sustained at most
  Limits limits;
  double batch_events_per_s = 0;  // what reading back is held against
};

void MeasureLimits(Run& run);
// The rules alone: no engine, no disk.
void MeasureHeart(Run& run);
// The ceiling of this stack: a ledger that does next to nothing, on the same RocksDB.
void MeasureToyLedger(Run& run);
// Client batches of 8,000 events into a whole ledger, projections and snapshots included.
void MeasureBatches(Run& run, Rig& rig);
// A closed ledger: read back, then weighed.
void MeasureReading(Run& run, const std::string& ledger);
void MeasureSpace(Run& run, const std::string& ledger);
void MeasureSingles(Run& run, Rig& rig);
void MeasureReadsUnderLoad(Run& run, Rig& rig);
void MeasureClosing(Run& run, Rig& rig);
// Other ids, more accounts, without projections: each in a ledger of its own.
void MeasureBatchVariants(Run& run);

}  // namespace longmen::bench
