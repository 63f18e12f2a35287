#include "replay/audit/refolding.h"

namespace longmen::replay {
namespace {

constexpr size_t kBatchesWaiting = 4;
// What the folds gather is written after so many records: it follows them, and not history.
constexpr size_t kGathered = 8'192;

}  // namespace

Refolding::Refolding(Sequence through)
    : through_(through), decided_(kBatchesWaiting), thread_([this] { Run(); }) {}

Refolding::~Refolding() {
  decided_.Close();
  if (thread_.joinable()) thread_.join();
}

void Refolding::Take(std::vector<engine::Emitted> decided) {
  static_cast<void>(decided_.Push(std::move(decided)));
}

void Refolding::Finish(const projections::ReadStore* stored) {
  stored_ = stored;
  decided_.Close();
}

Refolding::Outcome Refolding::TakeOutcome() {
  thread_.join();
  return std::move(outcome_);
}

void Refolding::Run() {
  size_t gathered = 0;
  while (const auto decided = decided_.Take()) {
    for (const engine::Emitted& record : *decided) Fold(record);
    gathered += decided->size();
    if (gathered < kGathered) continue;
    folding_.Finish();
    gathered = 0;
  }
  folding_.Finish();
  if (stored_ != nullptr) Compare(*stored_);
}

void Refolding::Fold(const engine::Emitted& record) {
  const Sequence sequence = record.header.sequence;
  if (sequence > through_ || outcome_.unfoldable) return;
  const RecordView view{.header = record.header, .proposal = record.proposal.bytes(), .leaf = {}};
  if (Status folded = folding_.Fold(view, record.effects); !folded.ok()) {
    outcome_.unfoldable =
        Finding{"projections_unfoldable", sequence, "projections", Describe(folded.error())};
  }
}

// Nearly always they are the same, which is seen in one pass; where they part takes another.
void Refolding::Compare(const projections::ReadStore& stored) {
  if (!derived_.SameAs(stored)) outcome_.differences = projections::Compare(stored, derived_);
}

}  // namespace longmen::replay
