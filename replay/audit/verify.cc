#include "replay/audit/verify.h"

#include "projections/all/all.h"
#include "replay/audit/redecider.h"

namespace longmen::replay {
namespace {

constexpr size_t kReadBytes = 16u << 20;

class Verification {
 public:
  explicit Verification(const VerifyInput& input) : input_(input), snapshots_(input.snapshots) {
    if (input_.stored != nullptr) ReadStoredMark();
    for (const Anchor& anchor : input_.expected) anchors_.Expect(anchor, FormatAnchor(anchor));
    report_.expected = input_.expected.size();
    if (input_.head) TakeHead();
  }

  VerifyReport Run() {
    const Sequence end = input_.log->AckedFrontier();
    while (next_ <= end) {
      auto blocks = input_.log->Read(next_, kReadBytes);
      if (!blocks.ok()) {
        Add("log_unreadable", next_, "log", Describe(blocks.error()));
        return Finish(false);
      }
      if (blocks->empty()) {
        Add("log_short", next_, "log", fmt::format("ends before its frontier {}", end));
        return Finish(true);
      }
      for (const engine::StoredBlock& stored : *blocks) {
        if (!TakeBlock(stored)) return Finish(false);
      }
      if (input_.progress) input_.progress(next_ - 1, end);
    }
    return Finish(true);
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

  // False: the log cannot be followed past this block.
  bool TakeBlock(const engine::StoredBlock& stored) {
    auto block = BlockView::Parse(stored.bytes());
    const std::string place = fmt::format("block {}", next_);
    if (!block.ok()) {
      Add("block_damaged", next_, place, Describe(block.error()));
      return false;
    }
    if (block->header().first_sequence != next_) {
      Add("sequence_gap", next_, place,
          fmt::format("the next block begins at {}", block->header().first_sequence));
      return false;
    }
    if (block->header().previous != previous_) {
      Add("chain_broken", next_, place, "it names another block before it");
      return false;
    }
    previous_ = Sha256(block->bytes());
    ++report_.blocks;
    report_.records += block->records().size();
    next_ = block->header().last_sequence() + 1;
    for (const RecordView& record : block->records()) {
      if (deciding_) DecideAgain(record);
    }
    if (next_ - 1 <= input_.durable.value_or(next_ - 1)) report_.anchor = {next_ - 1, previous_};
    anchors_.Pass(block->header().first_sequence, next_ - 1, previous_, report_.findings);
    snapshots_.Pass(next_ - 1, previous_, deciding_ ? &redecider_.ledger() : nullptr,
                    report_.findings, report_.notes);
    return true;
  }

  void DecideAgain(const RecordView& record) {
    const auto finding =
        redecider_.Next(record, [this](const RecordView& decided, const Effects& effects) {
          report_.decided = decided.header.sequence;
          if (input_.stored != nullptr) FoldAgain(decided, effects);
        });
    if (finding) {
      report_.findings.push_back(*finding);
      deciding_ = false;
    }
  }

  void FoldAgain(const RecordView& record, const Effects& effects) {
    if (record.header.sequence > compare_at_) return;
    if (Status folded = projections::Fold(record, effects, derived_); !folded.ok()) {
      Add("projections_unfoldable", record.header.sequence, "projections",
          Describe(folded.error()));
    }
  }

  void CompareProjections() {
    if (input_.stored == nullptr || !deciding_ || unreadable_) return;
    if (compare_at_ > report_.decided) {
      Add("projections_ahead", compare_at_, "applied",
          fmt::format("stored projections have seen more than the log has ({})", report_.decided));
      return;
    }
    const auto differences = projections::Compare(*input_.stored, derived_);
    report_.projections_at = compare_at_;
    report_.projections = differences.empty() ? Compared::kEqual : Compared::kDiffers;
    for (const auto& difference : differences) {
      Add("projection_differs", compare_at_, "projection " + difference.projection,
          fmt::format("key {} {}", difference.key,
                      difference.stored && difference.derived ? "has another value"
                      : difference.stored                     ? "is stored but not derived"
                                                              : "is derived but not stored"));
    }
  }

  void CompareHistory() {
    if (input_.history == nullptr || !deciding_) return;
    report_.history_at = input_.history->mark();
    const Status same = redecider_.ledger().Compare(*input_.history);
    report_.history = same.ok() ? Compared::kEqual : Compared::kDiffers;
    if (!same.ok()) {
      Add("history_differs", report_.history_at, same.error().field, same.error().message);
    }
  }

  // `whole`: the chain was followed to the end of the log.
  VerifyReport Finish(bool whole) {
    anchors_.Finish(next_ - 1, report_.findings);
    snapshots_.Finish(next_ - 1, whole, report_.findings);
    CompareProjections();
    CompareHistory();
    if (deciding_) {
      if (Status sound = redecider_.ledger().CheckInvariants(); !sound.ok()) {
        Add("invariant_broken", report_.decided, sound.error().field, sound.error().message);
      }
      report_.state = redecider_.ledger().StateDigest();
    }
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
  AnchorCheck anchors_;
  SnapshotCheck snapshots_;
  bool unreadable_ = false;  // the stored projections
  projections::MapStore derived_;
  Sequence compare_at_ = 0;
};

}  // namespace

VerifyReport Verify(const VerifyInput& input) { return Verification(input).Run(); }

}  // namespace longmen::replay
