#include "projections/journal/journal.h"

#include "projections/store/encoding.h"

namespace longmen::projections {

template <typename Archive>
static void Fields(Archive& archive, Posting& posting) {
  archive(posting.account, posting.participant, posting.amount);
}

template <typename Archive>
static void Fields(Archive& archive, JournalEntry& entry) {
  archive(entry.sequence, entry.recorded_at, entry.occurred_at, entry.book_date, entry.scenario);
  archive(entry.body, entry.key, entry.postings);
}

namespace {

constexpr std::string_view kEntries = "journal/e";  // sequence -> JournalEntry

}  // namespace

Result<std::vector<JournalEntry>> Journal(const ReadStore& store, Sequence first, Sequence last,
                                          size_t limit) {
  std::vector<JournalEntry> entries;
  std::optional<Error> error;
  // Sequences begin at 1, so the one before `first` exists as a key to come after.
  const KeyWriter after = std::move(KeyWriter(kEntries).Number(first == 0 ? 0 : first - 1));
  store.Scan(kEntries, after, [&](std::string_view, std::string_view value) {
    if (entries.size() >= limit) return false;
    auto entry = Decode<JournalEntry>(value);
    if (!entry.ok()) {
      error = entry.error();
      return false;
    }
    if (entry->sequence > last) return false;
    entries.push_back(std::move(entry).value());
    return true;
  });
  if (error) return *error;
  return entries;
}

void JournalProjection::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                             const Effects& effects, Store& store) const {
  if (effects.postings.empty()) return;
  const JournalEntry entry{.sequence = record.header.sequence,
                           .recorded_at = record.header.recorded_at,
                           .occurred_at = proposal.getOccurredAt(),
                           .book_date = record.header.book_date,
                           .scenario = proposal.getScenario(),
                           .body = BodyOf(proposal),
                           .key = String(proposal.getKey()),
                           .postings = effects.postings};
  store.Put(KeyWriter(kEntries).Number(entry.sequence), Encode(entry));
}

}  // namespace longmen::projections
