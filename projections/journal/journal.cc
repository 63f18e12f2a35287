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
template <typename Text, typename Postings>
struct EntryOf {
  uint32_t offset = 0;  // of its sequence in the row
  Nanos recorded_at = 0;
  Nanos delay = 0;         // since it occurred
  DayNumber days_off = 0;  // book date, from the UTC day of recording
  schema::Scenario scenario = schema::Scenario::NONE;
  Body body = Body::kDebit;
  Text key;
  Postings postings;
};
using StoredEntry = EntryOf<ShortText, FewOf<Posting, 4>>;
// Only written, without copies.
using EntryRef = EntryOf<std::string_view, const FewOf<Posting, 4>&>;

template <typename Archive, typename Text, typename Postings>
void Fields(Archive& archive, EntryOf<Text, Postings>& entry) {
  archive(entry.offset, entry.recorded_at, entry.delay, entry.days_off, entry.scenario);
  archive(entry.body, entry.key, const_cast<FewOf<Posting, 4>&>(entry.postings));
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

namespace {

// Gathers the entries of a row.
class JournalFolder final : public Folder {
 public:
  explicit JournalFolder(Store& store) : store_(store) {}

  void Fold(const RecordView& record, schema::Proposal::Reader proposal,
            const Effects& effects) override {
    if (effects.postings.empty()) return;
    const RecordHeader& header = record.header;
    if (RowOf(header.sequence) != row_) Finish();
    row_ = RowOf(header.sequence);
    const auto days_off = static_cast<DayNumber>(static_cast<uint32_t>(header.book_date) -
                                                 static_cast<uint32_t>(UtcDay(header.recorded_at)));
    WriteFields(entries_,
                EntryRef{.offset = static_cast<uint32_t>(header.sequence - row_ * kRowRecords),
                         .recorded_at = header.recorded_at,
                         .delay = Difference(header.recorded_at, proposal.getOccurredAt()),
                         .days_off = days_off,
                         .scenario = proposal.getScenario(),
                         .body = BodyOf(proposal),
                         .key = View(proposal.getKey()),
                         .postings = effects.postings});
  }
  void Finish() override {
    if (!entries_.bytes().empty()) store_.Append(KeyWriter(kRows).Number(row_), entries_.bytes());
    entries_.Clear();
  }

 private:
  Store& store_;
  uint64_t row_ = 0;
  ValueWriter entries_;
};

}  // namespace

std::unique_ptr<Folder> JournalProjection::Begin(Store& store) const {
  return std::make_unique<JournalFolder>(store);
}

}  // namespace longmen::projections
