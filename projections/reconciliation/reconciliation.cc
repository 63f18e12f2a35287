#include "projections/reconciliation/reconciliation.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "projections/reconciliation/keys.h"

namespace longmen::projections {
namespace {

class Summary {
 public:
  void Add(const ReconciliationLine& line) {
    ReconciliationSummary& row = RowOf(line);
    if (line.payer_bank == line.participant) {
      ++row.debit_count;
      row.debits.Add(line.amount.minor);
    }
    if (line.payee_bank == line.participant) {
      ++row.credit_count;
      row.credits.Add(line.amount.minor);
    }
  }
  std::vector<ReconciliationSummary> Rows() {
    std::vector<ReconciliationSummary> summary;
    for (auto& [key, row] : rows_) summary.push_back(std::move(row));
    return summary;
  }

 private:
  using Key = std::tuple<DayNumber, std::string, std::string, std::string, uint16_t>;

  // Lines that follow one another are mostly of one row.
  ReconciliationSummary& RowOf(const ReconciliationLine& line) {
    if (last_ != nullptr && last_->clearing_date == line.clearing_date &&
        last_->currency == line.amount.currency && last_->batch == line.batch &&
        last_->channel == line.channel && last_->bank == line.participant) {
      return *last_;
    }
    last_ = &rows_[{line.clearing_date, line.batch, line.participant, line.channel,
                    line.amount.currency.numeric}];
    last_->clearing_date = line.clearing_date;
    last_->batch = line.batch;
    last_->bank = line.participant;
    last_->channel = line.channel;
    last_->currency = line.amount.currency;
    return *last_;
  }

  std::map<Key, ReconciliationSummary> rows_;
  ReconciliationSummary* last_ = nullptr;
};

// Over the line before, of the same file, whose texts' room is used again.
void ToLine(Sequence row, const StoredLine& stored, ReconciliationLine& line) {
  line.booked = row * kRowRecords + stored.offset;
  line.event = line.booked - stored.booked_after;
  line.clearing_date = stored.clearing_date;
  line.cycle = stored.cycle;
  line.batch = stored.batch.view();
  line.carried_from.clear();
  line.order_key = stored.order_key.view();
  line.channel_reference = stored.channel_reference.view();
  line.original = stored.original;
  line.type = stored.type;
  const std::string_view other = stored.other.empty() ? line.participant : stored.other.view();
  line.payer_bank = (stored.sides & kPays) != 0 ? line.participant : other;
  line.payee_bank = (stored.sides & kIsPaid) != 0 ? line.participant : other;
  line.amount = stored.amount;
  line.fee = stored.fee;
  line.event_time = stored.event_time;
  line.exception = stored.exception;
}

// The lines under a prefix of their rows' keys, until `visit` says false.
Status EachLineUnder(const ReadStore& store, std::string_view prefix,
                     const std::function<Result<bool>(ReconciliationLine&)>& visit) {
  std::optional<Error> error;
  ReconciliationLine line;
  StoredLine stored;
  store.Scan(prefix, {}, [&](std::string_view key, std::string_view value) {
    KeyReader reader(key, kLines);
    line.scenario = static_cast<schema::Scenario>(reader.Small());
    line.book_date = reader.Date();
    line.participant = reader.Text();
    line.channel = reader.Text();
    const Sequence row = reader.Number();
    if (!reader.done()) error = CorruptKey();
    ValueReader values(value);
    while (!error && !values.done()) {
      values(stored);
      if (!values.ok()) {
        error = Error{Code::CORRUPT, "", "a stored value cannot be read"};
        break;
      }
      ToLine(row, stored, line);
      const auto more = visit(line);
      if (!more.ok()) error = more.error();
      if (error || !*more) return false;
    }
    return !error;
  });
  if (error) return *error;
  return Ok();
}

// Follows the aborts from the cycle each line was accepted into to the one that settles it.
class CarriedLines {
 public:
  explicit CarriedLines(const ReadStore& store) : store_(store) {}

  // Gives the last abort met; 0 where there was none.
  Result<Sequence> Follow(ReconciliationLine& line) {
    Sequence last_abort = 0;
    while (line.cycle != 0) {
      const auto fate = FateOf(line.cycle);
      if (!fate.ok()) return fate.error();
      const CycleFate& found = **fate;
      if (found.carried_into == 0) {
        line.batch = found.name;
        break;
      }
      // A cycle hands its items to one that was open when it was closed already, hence a later one.
      if (found.carried_into <= line.cycle) return CorruptKey();
      if (line.carried_from.empty()) line.carried_from = found.name;
      line.cycle = found.carried_into;
      last_abort = std::max(last_abort, found.carried_by);
    }
    return last_abort;
  }

 private:
  Result<const CycleFate*> FateOf(Sequence cycle) {
    if (const auto known = fates_.find(cycle); known != fates_.end()) return &known->second;
    auto fate = Read<CycleFate>(store_, KeyWriter(kCycles).Number(cycle), "such cycle");
    if (!fate.ok()) return fate.error();
    return &fates_.emplace(cycle, std::move(fate).value()).first->second;
  }

  const ReadStore& store_;
  std::map<Sequence, CycleFate> fates_;
};

}  // namespace

std::string_view LineTypeName(LineType type) {
  switch (type) {
    case LineType::kPay:
      return "PAY";
    case LineType::kFee:
      return "FEE";
    case LineType::kTopUp:
      return "TOP_UP";
    case LineType::kWithdrawal:
      return "WITHDRAWAL";
    case LineType::kPayout:
      return "PAYOUT";
    case LineType::kPosting:
      return "POSTING";
    case LineType::kRefund:
      return "REFUND";
    case LineType::kReturn:
      return "RETURN";
    case LineType::kReversal:
      return "REVERSAL";
    case LineType::kSubsidy:
      return "SUBSIDY";
    case LineType::kAdvance:
      return "ADVANCE";
    case LineType::kWriteOff:
      return "WRITE_OFF";
    case LineType::kLiquidity:
      return "LIQUIDITY";
    case LineType::kExchange:
      return "EXCHANGE";
  }
  return "UNKNOWN";
}

Result<ReconciliationDay> EachReconciliationLine(
    const ReadStore& store, const ReconciliationScope& scope,
    const std::function<bool(const ReconciliationLine&)>& visit) {
  const bool all = scope.participant.empty();
  if (!all && !store.Get(KeyWriter(kParticipants).Text(scope.participant))) {
    return Error{Code::NOT_FOUND, "participant", "there is no such participant"};
  }
  const auto range = RangeOfDates(store, scope.book_date, scope.book_date);
  if (!range.ok()) return range.error();
  ReconciliationDay day{.range = *range, .lines = {}, .summary = {}};
  KeyWriter prefix = std::move(KeyWriter(kLines).Scenario(scope.scenario).Date(scope.book_date));
  if (!all) prefix.Text(scope.participant);
  CarriedLines carried(store);
  Summary summary;
  RETURN_IF_ERROR(EachLineUnder(store, prefix, [&](ReconciliationLine& line) -> Result<bool> {
    if (!scope.channel.empty() && line.channel != scope.channel) return true;
    const auto last_abort = carried.Follow(line);
    if (!last_abort.ok()) return last_abort.error();
    if (!scope.cycle.empty() && line.batch != scope.cycle) return true;
    day.range.last = std::max(day.range.last, *last_abort);
    summary.Add(line);
    return (all && line.participant != line.payer_bank) || visit(line);
  }));
  day.summary = summary.Rows();
  return day;
}

Result<ReconciliationDay> ReconciliationOf(const ReadStore& store,
                                           const ReconciliationScope& scope) {
  std::vector<ReconciliationLine> lines;
  auto day = EachReconciliationLine(store, scope, [&](const ReconciliationLine& line) {
    lines.push_back(line);
    return true;
  });
  if (day.ok()) day->lines = std::move(lines);
  return day;
}

namespace {

// One scan a scenario: their number is that of the schema's enumerants.
constexpr auto kLastScenario = schema::Scenario::TAKEOUT;
template <typename Visit>
Status ForEachScenario(const Visit& visit) {
  for (auto each = uint16_t{0}; each <= static_cast<uint16_t>(kLastScenario); ++each) {
    RETURN_IF_ERROR(visit(static_cast<schema::Scenario>(each)));
  }
  return Ok();
}

}  // namespace

Status VisitLines(const ReadStore& store, DayNumber book_date, std::string_view participant,
                  const std::function<Status(const ReconciliationLine&)>& visit) {
  CarriedLines carried(store);
  return ForEachScenario([&](schema::Scenario scenario) {
    const auto prefix =
        std::move(KeyWriter(kLines).Scenario(scenario).Date(book_date).Text(participant));
    return EachLineUnder(store, prefix, [&](ReconciliationLine& line) -> Result<bool> {
      if (const auto followed = carried.Follow(line); !followed.ok()) return followed.error();
      RETURN_IF_ERROR(visit(line));
      return true;
    });
  });
}

std::vector<DayNumber> DatesWithLines(const ReadStore& store, std::string_view participant) {
  std::set<DayNumber> dates;
  const auto of_scenario = [&](schema::Scenario scenario) -> Status {
    const KeyWriter prefix = std::move(KeyWriter(kLines).Scenario(scenario));
    std::string after;
    // From the first row of a date to the first behind all of that date.
    while (true) {
      std::optional<DayNumber> date;
      store.Scan(prefix, after, [&](std::string_view key, std::string_view) {
        KeyReader reader(key, kLines);
        reader.Small();
        date = reader.Date();
        return false;
      });
      if (!date) return Ok();
      const auto of_date = std::move(KeyWriter(kLines).Scenario(scenario).Date(*date));
      const KeyWriter of_participant = std::move(KeyWriter(of_date).Text(participant));
      store.Scan(of_participant, {}, [&](std::string_view, std::string_view) {
        dates.insert(*date);
        return false;
      });
      after = of_date.bytes() + '\xff';
    }
  };
  (void)ForEachScenario(of_scenario);
  return {dates.begin(), dates.end()};
}

Result<std::vector<OpenMovement>> OpenMovements(const ReadStore& store) {
  return ReadAll<OpenMovement>(
      store, kOpen, {}, SIZE_MAX,
      [](std::string_view, std::string_view value) { return Decode<OpenMovement>(value); });
}

}  // namespace longmen::projections
