// Journal: the postings of every record that moved money, by sequence.
#pragma once

#include <vector>

#include "projections/store/body.h"
#include "projections/store/store.h"

namespace longmen::projections {

struct JournalEntry {
  Sequence sequence = 0;
  Nanos recorded_at = 0;
  Nanos occurred_at = 0;
  DayNumber book_date = 0;
  schema::Scenario scenario = schema::Scenario::NONE;
  Body body = Body::kDebit;
  std::string key;
  FewOf<Posting, 4> postings;
  bool operator==(const JournalEntry&) const = default;
};

// Entries first..last, both included, at most `limit`, oldest first.
Result<std::vector<JournalEntry>> Journal(const ReadStore& store, Sequence first, Sequence last,
                                          size_t limit = SIZE_MAX);

// Single entries, for what is kept by reference to them. Near ones cost little one after the other.
class JournalReader {
 public:
  explicit JournalReader(const ReadStore& store) : store_(store) {}
  // NOT_FOUND where the record moved no money.
  Result<const JournalEntry*> At(Sequence sequence);

 private:
  const ReadStore& store_;
  std::optional<uint64_t> row_;
  std::vector<JournalEntry> entries_;  // of that row
};

class JournalProjection final : public Projection {
 public:
  std::string_view name() const override { return "journal"; }
  std::string_view prefix() const override { return "journal/"; }
  std::unique_ptr<Folder> Begin(Store& store) const override;
};

}  // namespace longmen::projections
