#include "projections/calendar/calendar.h"

#include "projections/store/applied.h"
#include "projections/store/encoding.h"

namespace longmen::projections {
namespace {

constexpr std::string_view kDates = "calendar/d";  // date -> first sequence

}  // namespace

std::optional<Sequence> FirstOfDate(const ReadStore& store, DayNumber date) {
  std::optional<Sequence> first;
  const auto take = [&](std::string_view, std::string_view value) {
    const auto sequence = Decode<Sequence>(value);
    if (sequence.ok()) first = *sequence;
    return false;
  };
  const KeyWriter wanted = std::move(KeyWriter(kDates).Date(date));
  if (const auto value = store.Get(wanted)) {
    take(wanted, *value);
  } else {
    store.Scan(kDates, wanted, take);
  }
  return first;
}

Result<SequenceRange> RangeOfDates(const ReadStore& store, DayNumber from, DayNumber to) {
  if (from > to) return Error{Code::USAGE, "from", "the range ends before it begins"};
  const auto applied = ReadApplied(store);
  if (!applied.ok()) return applied.error();
  const auto first = FirstOfDate(store, from);
  if (!first) {
    return Error{Code::UNANSWERABLE, "from",
                 fmt::format("nothing is recorded for {} or later", FormatDate(from))};
  }
  const bool complete = to < applied->book_date;
  const auto next = complete ? FirstOfDate(store, to + 1) : std::nullopt;
  return SequenceRange{
      .first = *first, .last = next ? *next - 1 : applied->sequence, .complete = complete};
}

namespace {

class CalendarFolder final : public Folder {
 public:
  explicit CalendarFolder(Store& store) : store_(store) {}
  void Fold(const RecordView& record, schema::Proposal::Reader, const Effects&) override {
    const DayNumber date = record.header.book_date;
    if (date == known_) return;
    known_ = date;
    const KeyWriter key = std::move(KeyWriter(kDates).Date(date));
    if (!store_.Get(key)) store_.Put(key, Encode(record.header.sequence));
  }
  void Finish() override {}

 private:
  Store& store_;
  std::optional<DayNumber> known_;  // of the record before
};

}  // namespace

std::unique_ptr<Folder> Calendar::Begin(Store& store) const {
  return std::make_unique<CalendarFolder>(store);
}

}  // namespace longmen::projections
