#include "projections/journal/journal.h"

#include <algorithm>

#include "projections/store/encoding.h"

namespace longmen::projections {

template <typename Archive>
static void Fields(Archive& archive, Posting& posting) {
  archive(posting.account, posting.participant, posting.amount);
}

namespace {

constexpr std::string_view kRows =
    "journal/e";  // sequence / kRowRecords -> StoredEntries, appended
// Large enough that rows are few, small enough that an entry is soon found in its row.
constexpr Sequence kRowRecords = 256;

uint64_t RowOf(Sequence sequence) { return sequence / kRowRecords; }

// An entry, its numbers as differences from what they are close to.
struct StoredEntry {
  uint32_t offset = 0;  // of its sequence in the row
  Nanos recorded_at = 0;
  Nanos delay = 0;         // since it occurred
  DayNumber days_off = 0;  // book date, from the UTC day of recording
  schema::Scenario scenario = schema::Scenario::NONE;
  Body body = Body::kDebit;
  ShortText key;
  FewOf<Posting, 4> postings;
};

template <typename Archive>
void Fields(Archive& archive, StoredEntry& entry) {
  archive(entry.offset, entry.recorded_at, entry.delay, entry.days_off, entry.scenario);
  archive(entry.body, entry.key, entry.postings);
}

DayNumber UtcDay(Nanos at) { return static_cast<DayNumber>(at / kNanosPerDay); }

// Differences wrap around, so that any two numbers have one.
Nanos Difference(Nanos a, Nanos b) {
  return static_cast<Nanos>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}

JournalEntry ToEntry(uint64_t row, StoredEntry& stored) {
  const DayNumber day = UtcDay(stored.recorded_at);
  return {.sequence = row * kRowRecords + stored.offset,
          .recorded_at = stored.recorded_at,
          .occurred_at = Difference(stored.recorded_at, stored.delay),
          .book_date = static_cast<DayNumber>(static_cast<uint32_t>(day) +
                                              static_cast<uint32_t>(stored.days_off)),
          .scenario = stored.scenario,
          .body = stored.body,
          .key = stored.key,
          .postings = std::move(stored.postings)};
}

Result<std::vector<JournalEntry>> EntriesOf(uint64_t row, std::string_view value) {
  auto stored = DecodeSeries<StoredEntry>(value);
  if (!stored.ok()) return stored.error();
  std::vector<JournalEntry> entries;
  entries.reserve(stored->size());
  for (StoredEntry& each : *stored) entries.push_back(ToEntry(row, each));
  return entries;
}

}  // namespace

Result<std::vector<JournalEntry>> Journal(const ReadStore& store, Sequence first, Sequence last,
                                          size_t limit) {
  std::vector<JournalEntry> entries;
  std::optional<Error> error;
  const uint64_t row = RowOf(first);
  const std::string after = row == 0 ? "" : KeyWriter(kRows).Number(row - 1).bytes();
  store.Scan(kRows, after, [&](std::string_view key, std::string_view value) {
    KeyReader reader(key, kRows);
    const uint64_t at = reader.Number();
    auto of_row = reader.done() ? EntriesOf(at, value) : CorruptKey();
    if (!of_row.ok()) {
      error = of_row.error();
      return false;
    }
    for (JournalEntry& entry : *of_row) {
      if (entry.sequence < first) continue;
      if (entry.sequence > last || entries.size() >= limit) return false;
      entries.push_back(std::move(entry));
    }
    return true;
  });
  if (error) return *error;
  return entries;
}

Result<const JournalEntry*> JournalReader::At(Sequence sequence) {
  const uint64_t row = RowOf(sequence);
  if (row_ != row) {
    entries_.clear();
    row_.reset();
    if (const auto value = store_.Get(KeyWriter(kRows).Number(row))) {
      auto entries = EntriesOf(row, *value);
      if (!entries.ok()) return entries.error();
      entries_ = std::move(entries).value();
    }
    row_ = row;
  }
  const auto entry = std::ranges::lower_bound(entries_, sequence, {}, &JournalEntry::sequence);
  if (entry == entries_.end() || entry->sequence != sequence) {
    return Error{Code::NOT_FOUND, "", fmt::format("record {} has no journal entry", sequence)};
  }
  return &*entry;
}

void JournalProjection::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                             const Effects& effects, Store& store) const {
  if (effects.postings.empty()) return;
  const RecordHeader& header = record.header;
  const uint64_t row = RowOf(header.sequence);
  const auto days_off = static_cast<DayNumber>(static_cast<uint32_t>(header.book_date) -
                                               static_cast<uint32_t>(UtcDay(header.recorded_at)));
  AppendEncoded(store, KeyWriter(kRows).Number(row),
                StoredEntry{.offset = static_cast<uint32_t>(header.sequence - row * kRowRecords),
                            .recorded_at = header.recorded_at,
                            .delay = Difference(header.recorded_at, proposal.getOccurredAt()),
                            .days_off = days_off,
                            .scenario = proposal.getScenario(),
                            .body = BodyOf(proposal),
                            .key = View(proposal.getKey()),
                            .postings = effects.postings});
}

}  // namespace longmen::projections
