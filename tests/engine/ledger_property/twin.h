// Twin: the engine's ledger and the naive one, fed with the same groups at the same times.
//
// Every function gives a text that says where the two differ; empty where they agree.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "engine/ledger/ledger.h"
#include "tests/reference/reference_ledger.h"
#include "tests/support/generator/coverage.h"
#include "tests/support/generator/generator.h"
#include "tests/support/memory_history/memory_history.h"

namespace longmen::generator {

// A record of the log as bytes, for replay.
std::vector<uint8_t> RecordBytes(const engine::Emitted& emitted);

class Twin {
 public:
  // The engine's ledger puts away what is older than a window.
  explicit Twin(Sequence window = engine::kWindowRecords);

  // Feeds one step to both and compares answers and records. An empty group is a tick.
  std::string Feed(const Step& step);
  // Accounts, mandates, orders, movements, cycles, positions, identities; and the engine's
  // invariants.
  std::string CompareStates() const;
  // Puts the engine's ledger through Save and Load.
  std::string Reload();
  // Keeps the state as bytes, whether or not all that is old has been put away.
  void Snapshot();
  // From the last Snapshot, over the records since then, beside a history that knows them.
  std::string RollForward();
  // All records through Apply, and all groups through a fresh ledger.
  std::string Replay();
  // What NextDue says is neither too early nor too late.
  std::string CheckNextDue() const;

  const reference::ReferenceLedger& reference() const { return reference_; }
  Coverage coverage;

 private:
  std::string CompareAnswers(const engine::Answers& ours,
                             const std::vector<reference::RefAnswer>& theirs) const;
  std::string CompareRecords(const std::vector<engine::Emitted>& records) const;
  void Fold(const Effects& effects);
  std::string CompareAccounts() const;
  std::string CompareMandates() const;
  std::string CompareOrders() const;
  std::string CompareMovements() const;
  std::string CompareCycles() const;
  std::string CompareIdentities() const;

  const Sequence window_;
  engine::MemoryHistory history_;
  engine::Ledger engine_;
  std::vector<uint8_t> saved_;
  reference::ReferenceLedger reference_;
  std::vector<Step> steps_;
  std::vector<engine::Emitted> records_;
  // Folded from the effects, as a projection would.
  std::map<std::string, __int128> balances_;
  std::map<std::string, __int128> holds_;
  std::map<Sequence, std::map<std::tuple<std::string, std::string, uint16_t>, __int128>> flows_;
  std::string effects_fault_;
};

}  // namespace longmen::generator
