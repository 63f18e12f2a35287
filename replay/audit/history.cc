#include "replay/audit/history.h"

#include "projections/all/all.h"
#include "projections/store/refused.h"

namespace longmen::replay {
namespace {

using VisitApplied = std::function<Status(const RecordView&, const Effects&)>;

// Applies the log up to `last` to an empty ledger.
Result<engine::Ledger> Follow(const engine::LogReader& log, Sequence last,
                              const VisitApplied& visit) {
  if (last > log.AckedFrontier()) {
    return Error{Code::UNANSWERABLE, "sequence",
                 fmt::format("{} is not recorded: the log ends at {}", last, log.AckedFrontier())};
  }
  engine::Ledger ledger;
  // Ends the reading early; never seen outside.
  const Error enough{Code::NONE, "", ""};
  const Status read = engine::ForEachRecord(log, 1, [&](const RecordView& record) -> Status {
    if (record.header.sequence > last) return enough;
    auto effects = ledger.Apply(record);
    if (!effects.ok()) return effects.error();
    return visit(record, *effects);
  });
  if (!read.ok() && read.error().code != Code::NONE) return read.error();
  return ledger;
}

// Hands out the records of a log one by one.
class Walker {
 public:
  explicit Walker(const engine::LogReader& log) : log_(log) {}

  // Nothing: the log ends.
  Result<std::optional<RecordView>> Next() {
    while (true) {
      if (block_ && at_ < block_->records().size()) return std::optional(block_->records()[at_++]);
      if (block_) next_ = block_->header().last_sequence() + 1;
      block_.reset();
      if (next_ > log_.AckedFrontier()) return std::optional<RecordView>();
      auto blocks = log_.Read(next_, 1);
      if (!blocks.ok()) return blocks.error();
      if (blocks->empty()) return std::optional<RecordView>();
      stored_.emplace(std::move(blocks->front()));
      auto block = BlockView::Parse(stored_->bytes());
      if (!block.ok()) return block.error();
      block_ = std::move(*block);
      at_ = 0;
    }
  }

 private:
  const engine::LogReader& log_;
  Sequence next_ = 1;
  std::optional<engine::StoredBlock> stored_;
  std::optional<BlockView> block_;
  size_t at_ = 0;
};

// A refusal is about every order of the group that it refused, whichever was at fault.
bool IsAbout(schema::Proposal::Reader proposal, schema::Scenario scenario, std::string_view key) {
  const auto named = proposal.getKey();
  if (proposal.getScenario() == scenario && std::string_view(named.begin(), named.size()) == key) {
    return true;
  }
  bool about = false;
  if (proposal.getBody().isRefusal()) {
    projections::ForEachRefused(proposal.getBody().getRefusal(),
                                [&](uint32_t, schema::Proposal::Reader refused) {
                                  about = about || IsAbout(refused, scenario, key);
                                });
  }
  return about;
}

std::string FieldThatDiffers(const RecordView& a, const RecordView& b) {
  const RecordHeader& x = a.header;
  const RecordHeader& y = b.header;
  if (x.recorded_at != y.recorded_at) return "recordedAt";
  if (AsText(a.proposal) != AsText(b.proposal)) {
    const auto field =
        FirstDifference(ProposalReader(a.proposal).get(), ProposalReader(b.proposal).get());
    return "proposal." + field.value_or("original");
  }
  if (x.exception != y.exception) return "exception";
  if (x.cycle != y.cycle) return "cycle";
  if (x.rules_version != y.rules_version) return "rulesVersion";
  return x.book_date != y.book_date ? "bookDate" : "group";
}

}  // namespace

Result<engine::Ledger> LedgerAsOf(const engine::LogReader& log, Sequence sequence) {
  return Follow(log, sequence, [](const RecordView&, const Effects&) { return Ok(); });
}

Status ProjectionsAsOf(const engine::LogReader& log, Sequence sequence, projections::Store& store) {
  projections::Folding folding(store);
  auto followed = Follow(log, sequence, [&](const RecordView& record, const Effects& effects) {
    return folding.Fold(record, effects);
  });
  if (!followed.ok()) return followed.error();
  folding.Finish();
  return Ok();
}

Status Trace(const engine::LogReader& log, schema::Scenario scenario, std::string_view key,
             const std::function<void(const RecordView&, const Effects&)>& visit) {
  size_t found = 0;
  auto followed = Follow(log, log.AckedFrontier(),
                         [&](const RecordView& record, const Effects& effects) -> Status {
                           const ProposalReader reader(record.proposal);
                           if (IsAbout(reader.get(), scenario, key)) {
                             visit(record, effects);
                             ++found;
                           }
                           return Ok();
                         });
  if (!followed.ok()) return followed.error();
  if (found == 0) {
    return Error{Code::NOT_FOUND, "key", fmt::format("no record is about {}", key)};
  }
  return Ok();
}

Result<std::optional<LogDifference>> Diff(const engine::LogReader& first,
                                          const engine::LogReader& second) {
  Walker a(first);
  Walker b(second);
  for (Sequence sequence = 1;; ++sequence) {
    auto x = a.Next();
    if (!x.ok()) return x.error();
    auto y = b.Next();
    if (!y.ok()) return y.error();
    if (!*x && !*y) return std::optional<LogDifference>();
    LogDifference difference{.sequence = sequence,
                             .only_in_first = x->has_value() && !y->has_value(),
                             .only_in_second = !x->has_value() && y->has_value()};
    if (difference.only_in_first || difference.only_in_second) return std::optional(difference);
    if (AsText((*x)->leaf) == AsText((*y)->leaf)) continue;
    difference.field = FieldThatDiffers(**x, **y);
    return std::optional(difference);
  }
}

}  // namespace longmen::replay
