// Refolding: the projections derived once more from what was decided once more, on a thread of its
// own, and held against the ones that are stored.
#pragma once

#include <optional>
#include <thread>
#include <vector>

#include "engine/ledger/ledger.h"
#include "projections/all/all.h"
#include "projections/store/flat_store.h"
#include "replay/audit/finding.h"
#include "replay/audit/pipe.h"

namespace longmen::replay {

class Refolding {
 public:
  // As far as the stored ones have seen the log.
  explicit Refolding(Sequence through);
  ~Refolding();
  Refolding(const Refolding&) = delete;
  Refolding& operator=(const Refolding&) = delete;

  // Records that were decided as the log has them, in order.
  void Take(std::vector<engine::Emitted> decided);
  // No more come. With `stored` they are compared, meanwhile: Outcome waits for it.
  void Finish(const projections::ReadStore* stored);

  struct Outcome {
    std::optional<Finding> unfoldable;
    std::vector<projections::Difference> differences;
  };
  // After Finish.
  Outcome TakeOutcome();

 private:
  void Run();
  void Fold(const engine::Emitted& record);
  void Compare(const projections::ReadStore& stored);

  const Sequence through_;
  projections::FlatStore derived_;
  projections::Folding folding_{derived_};
  Outcome outcome_;
  const projections::ReadStore* stored_ = nullptr;  // set before the pipe is closed
  Pipe<std::vector<engine::Emitted>> decided_;
  std::thread thread_;
};

}  // namespace longmen::replay
