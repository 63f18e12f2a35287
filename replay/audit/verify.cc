#include "replay/audit/verify.h"

#include <algorithm>

#include "replay/audit/checked_blocks.h"
#include "replay/audit/queue_check.h"
#include "replay/audit/redecider.h"
#include "replay/audit/refolding.h"

namespace longmen::replay {
namespace {

constexpr size_t kProgressBytes = 16u << 20;
// Handed over to be folded: what they take stays near the processor.
constexpr size_t kDecidedAtOnce = 512;

// Three threads: one reads and checks blocks, this one decides, one folds. What is found is told
// here, in the order of the log.
class Verification {
 public:
  explicit Verification(const VerifyInput& input) : input_(input), snapshots_(input.snapshots) {
    if (input_.stored != nullptr) ReadStoredMark();
    for (const Anchor& anchor : input_.expected) anchors_.Expect(anchor, FormatAnchor(anchor));
    report_.expected = input_.expected.size();
    if (input_.history != nullptr) redecider_.KeepForComparing();
    if (input_.head) TakeHead();
  }

  VerifyReport Run() {
    CheckedBlocks blocks(*input_.log);
    if (input_.stored != nullptr && !unreadable_) refolding_.emplace(compare_at_);
    for (size_t unreported = 0;;) {
      CheckedSlice slice = blocks.Next();
      for (CheckedBlock& block : slice.blocks) {
        TakeBlock(block);
        unreported += block.stored.bytes().size();
      }
      if (slice.finding) report_.findings.push_back(std::move(*slice.finding));
      if (unreported >= kProgressBytes || (slice.whole && unreported > 0)) {
        if (input_.progress) input_.progress(next_ - 1, blocks.end());
        unreported = 0;
      }
      if (slice.ends) return Finish(slice.whole);
    }
  }

 private:
  void Add(std::string name, Sequence sequence, std::string place, std::string detail) {
    report_.findings.push_back({std::move(name), sequence, std::move(place), std::move(detail)});
  }

  void TakeHead() {
    HeadCheck check = CheckSlots(*input_.head);
    report_.findings.insert(report_.findings.end(), check.findings.begin(), check.findings.end());
    report_.notes = std::move(check.notes);
    for (auto& mark : check.marks)
      anchors_.Expect(mark.anchor, std::move(mark.place), "head_block");
  }

  void ReadStoredMark() {
    report_.projections = Compared::kNotCompared;
    auto applied = projections::ReadApplied(*input_.stored);
    if (!applied.ok()) {
      unreadable_ = true;
      Add("projections_unreadable", 0, "applied", Describe(applied.error()));
      return;
    }
    compare_at_ = applied->sequence;
  }

  void TakeBlock(CheckedBlock& block) {
    const BlockHeader& header = block.view.header();
    previous_ = block.sha256;
    ++report_.blocks;
    report_.records += header.count;
    next_ = header.last_sequence() + 1;
    if (deciding_) DecideAgain(block);
    if (next_ - 1 <= input_.durable.value_or(next_ - 1)) report_.anchor = {next_ - 1, previous_};
    anchors_.Pass(header.first_sequence, next_ - 1, previous_, report_.findings);
    snapshots_.Pass(next_ - 1, previous_, deciding_ ? &redecider_.ledger() : nullptr,
                    report_.findings, report_.notes);
  }

  void DecideAgain(CheckedBlock& block) {
    const size_t records = block.view.records().size();
    for (size_t i = 0; deciding_ && i < records; ++i) {
      if (auto finding = redecider_.Next(block, i, decided_)) {
        report_.findings.push_back(std::move(*finding));
        deciding_ = false;
      }
      if (decided_.size() >= kDecidedAtOnce || i + 1 == records || !deciding_) HandOver();
    }
  }

  void HandOver() {
    if (decided_.empty()) return;
    report_.decided = decided_.back().header.sequence;
    for (const engine::Emitted& record : decided_) {
      if (auto finding = queues_.See(record)) report_.findings.push_back(std::move(*finding));
    }
    if (refolding_ && decided_.front().header.sequence <= compare_at_) {
      refolding_->Take(std::exchange(decided_, {}));
      decided_.reserve(kDecidedAtOnce);
    } else {
      decided_.clear();
    }
  }

  // On the thread that folded, beside what follows here.
  void BeginToCompareProjections() {
    if (!refolding_) return;
    const bool comparable = deciding_ && compare_at_ <= report_.decided;
    refolding_->Finish(comparable ? input_.stored : nullptr);
  }

  void TakeComparedProjections() {
    if (!refolding_) return;
    const Refolding::Outcome outcome = refolding_->TakeOutcome();
    if (outcome.unfoldable) report_.findings.push_back(*outcome.unfoldable);
    if (!deciding_) return;
    if (compare_at_ > report_.decided) {
      Add("projections_ahead", compare_at_, "applied",
          fmt::format("stored projections have seen more than the log has ({})", report_.decided));
      return;
    }
    report_.projections_at = compare_at_;
    report_.projections = outcome.differences.empty() ? Compared::kEqual : Compared::kDiffers;
    for (const auto& difference : outcome.differences) {
      Add("projection_differs", compare_at_, "projection " + difference.projection,
          fmt::format("key {} {}", difference.key,
                      difference.stored && difference.derived ? "has another value"
                      : difference.stored                     ? "is stored but not derived"
                                                              : "is derived but not stored"));
    }
  }

  void CompareHistory() {
    if (input_.history == nullptr) return;
    report_.history = Compared::kNotCompared;
    if (!deciding_) return;
    report_.history_at = input_.history->mark();
    const Status same = redecider_.ledger().Compare(*input_.history);
    report_.history = same.ok() ? Compared::kEqual : Compared::kDiffers;
    if (!same.ok()) {
      Add("history_differs", report_.history_at, same.error().field, same.error().message);
    }
  }

  void CheckState() {
    if (!deciding_) return;
    if (Status sound = redecider_.ledger().CheckInvariants(); !sound.ok()) {
      Add("invariant_broken", report_.decided, sound.error().field, sound.error().message);
    }
    report_.state = redecider_.ledger().StateDigest();
  }

  // `whole`: the chain was followed to the end of the log.
  VerifyReport Finish(bool whole) {
    BeginToCompareProjections();
    anchors_.Finish(next_ - 1, report_.findings);
    snapshots_.Finish(next_ - 1, whole, report_.findings);
    // Told behind what is found of the projections, and looked for meanwhile.
    const size_t told = report_.findings.size();
    CompareHistory();
    CheckState();
    const size_t later = report_.findings.size() - told;
    TakeComparedProjections();
    const auto begin = report_.findings.begin() + static_cast<ptrdiff_t>(told);
    std::rotate(begin, begin + static_cast<ptrdiff_t>(later), report_.findings.end());
    report_.snapshots = snapshots_.stored();
    report_.snapshots_equal = snapshots_.equal();
    report_.last_block = previous_;
    if (whole && report_.anchor.sequence < next_ - 1) {
      report_.notes.push_back(fmt::format(
          "records {} to {} are not known to be durable: a crash may leave them so, and "
          "the next opening anchors them",
          report_.anchor.sequence + 1, next_ - 1));
    }
    report_.refusals_remade = redecider_.refusals_remade();
    report_.translations_taken = redecider_.translations_taken();
    return std::move(report_);
  }

  const VerifyInput& input_;
  VerifyReport report_;
  Sequence next_ = 1;
  Digest256 previous_{};
  Redecider redecider_;
  bool deciding_ = true;
  std::vector<engine::Emitted> decided_;  // not handed over yet
  QueueCheck queues_;
  AnchorCheck anchors_;
  SnapshotCheck snapshots_;
  bool unreadable_ = false;  // the stored projections
  Sequence compare_at_ = 0;
  std::optional<Refolding> refolding_;
};

}  // namespace

VerifyReport Verify(const VerifyInput& input) { return Verification(input).Run(); }

}  // namespace longmen::replay
