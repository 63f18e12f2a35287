// Verify: the whole log read again, byte by byte, and everything derived from it derived again.
#pragma once

#include <functional>
#include <vector>

#include "engine/ledger/history.h"
#include "engine/log/event_log.h"
#include "projections/store/store.h"
#include "replay/audit/anchors.h"
#include "replay/audit/finding.h"
#include "replay/audit/head.h"
#include "replay/audit/snapshots.h"

namespace longmen::replay {

struct VerifyInput {
  const engine::LogReader* log = nullptr;
  // The projections as they are stored, to be held against the ones derived; null: none are there.
  const projections::ReadStore* stored = nullptr;
  StoredSnapshots snapshots;
  // What the engine put away; null: nothing that can be used is there.
  engine::History* history = nullptr;
  // What an auditor kept of earlier verifications.
  std::vector<Anchor> expected;
  // HEAD's slots, where it has been read.
  std::optional<engine::HeadSlots> head;
  // How far the log is known to be durable: what lies behind it is checked too, but a power cut may
  // still take it, so that it makes no anchor. Nothing: all of it.
  std::optional<Sequence> durable;
  // Told now and then how far it is.
  std::function<void(Sequence done, Sequence of)> progress;
};

enum class Compared {
  kNoneStored,
  kNotCompared,  // they cannot be read, or the log cannot be followed so far
  kDiffers,
  kEqual,
};

struct VerifyReport {
  std::vector<Finding> findings;
  std::vector<std::string> notes;  // for people; nothing is wrong for them
  uint64_t blocks = 0;
  uint64_t records = 0;  // of whole blocks in the chain
  Sequence decided = 0;  // the last record whose decision was made again
  uint64_t refusals_remade = 0;
  uint64_t translations_taken = 0;  // refusals by a translation: recorded, not made again
  Compared projections = Compared::kNoneStored;
  Sequence projections_at = 0;  // what the stored projections were compared at
  uint64_t snapshots = 0;       // stored
  uint64_t snapshots_equal = 0;
  Compared history = Compared::kNoneStored;
  Sequence history_at = 0;  // its mark: what was old there was compared
  size_t expected = 0;      // anchors that were given
  Anchor anchor;            // for the next verification: the last durable block
  Digest256 last_block{};
  Digest256 state{};

  bool clean() const { return findings.empty(); }
};

VerifyReport Verify(const VerifyInput& input);

}  // namespace longmen::replay
