// World: the same sequence through the engine's ledger and the naive one, and what is derived from
// it.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "engine/ledger/ledger.h"
#include "projections/all/all.h"
#include "tests/reference/reference_ledger.h"
#include "tests/support/generator/generator.h"

namespace longmen::generator {

using projections::MapStore;

// Both ledgers, and the store into which the engine's records are folded.
struct World {
  engine::Ledger ledger;
  reference::ReferenceLedger naive;
  MapStore store;
  std::vector<engine::Emitted> records;
  bool parted = false;  // the two ledgers disagree, which is another test's to report

  World() {
    naive.Begin(kLedgerName, kLedgerOffsetMinutes, kStart);
    Take({ledger.Begin(kLedgerName, kLedgerOffsetMinutes, kStart)});
  }

  void Feed(const Step& step) {
    if (step.group.empty()) {
      naive.Tick(step.now);
      Take(ledger.Tick(step.now));
    } else {
      const auto expected = naive.Propose(step.group, step.now);
      engine::Decided decided = ledger.Propose(step.group, step.now);
      for (size_t i = 0; i < expected.size(); ++i) {
        parted = parted || decided.answers[i].code != expected[i].code;
      }
      Take(std::move(decided.records));
    }
  }

  void Take(std::vector<engine::Emitted> emitted) {
    for (engine::Emitted& record : emitted) {
      const RecordView view{
          .header = record.header, .proposal = record.proposal.bytes(), .leaf = {}};
      const Status status = projections::Fold(view, record.effects, store);
      ASSERT_TRUE(status.ok()) << Describe(status.error());
      records.push_back(std::move(record));
    }
  }
};

}  // namespace longmen::generator
