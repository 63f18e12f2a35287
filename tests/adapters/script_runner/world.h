// World: a ledger without a disk, and what a script must remember beside it.
//
// After every decision it checks what must always hold: sequences without a gap, books that balance
// per participant and currency, and the ledger's own invariants.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/port/ingest.h"
#include "engine/ledger/ledger.h"

namespace longmen::script {

inline constexpr const char* kSource = "script";  // may do everything

class World {
 public:
  World();

  // What became of the last action.
  struct Happened {
    engine::Answers answers;
    std::vector<engine::Emitted> records;
  };

  Status Propose(const std::vector<ProposalBytes>& group);
  Status Ingest(const adapters::ScenarioAdapter& adapter, const std::string& json,
                const std::string& source);
  Status Tick();
  // An answer that never reached the ledger: JSON or shape.
  void Invalid(const Error& error);

  // The next proposal's id, where the script gives none.
  std::string NextId() { return "p" + std::to_string(++proposals_); }

  const engine::Ledger& ledger() const { return ledger_; }
  const Happened& happened() const { return happened_; }
  // The items of a cycle by its name; empty where there are none.
  std::vector<CycleItem> Items(const std::string& cycle) const;
  // What every participant of a cycle must state when it settles.
  struct Position {
    int64_t in = 0, out = 0;
    int64_t in_count = 0, out_count = 0;
    int64_t net() const { return in - out; }
  };
  using ByParticipant = std::map<std::pair<std::string, uint16_t>, Position>;
  ByParticipant Positions(const std::string& cycle) const;

  Nanos now = 0;
  std::string date;  // yyyy-mm-dd

 private:
  Status Observe();
  void Recast(const engine::Emitted& record);

  engine::Ledger ledger_;
  Happened happened_;
  std::map<Sequence, std::vector<CycleItem>> items_;  // by cycle
  Sequence last_ = 0;
  int proposals_ = 0;
};

}  // namespace longmen::script
