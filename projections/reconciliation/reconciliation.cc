#include "projections/reconciliation/reconciliation.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "projections/reconciliation/keys.h"

namespace longmen::projections {
namespace {

std::vector<ReconciliationSummary> Summarise(const std::vector<ReconciliationLine>& lines) {
  using Key = std::tuple<DayNumber, std::string, std::string, std::string, uint16_t>;
  std::map<Key, ReconciliationSummary> rows;
  for (const ReconciliationLine& line : lines) {
    const Currency currency = line.amount.currency;
    ReconciliationSummary& row =
        rows[{line.clearing_date, line.batch, line.participant, line.channel, currency.numeric}];
    row.clearing_date = line.clearing_date;
    row.batch = line.batch;
    row.bank = line.participant;
    row.channel = line.channel;
    row.currency = currency;
    if (line.payer_bank == line.participant) {
      ++row.debit_count;
      row.debits.Add(line.amount.minor);
    }
    if (line.payee_bank == line.participant) {
      ++row.credit_count;
      row.credits.Add(line.amount.minor);
    }
  }
  std::vector<ReconciliationSummary> summary;
  for (auto& [key, row] : rows) summary.push_back(std::move(row));
  return summary;
}

ReconciliationLine ToLine(const ReconciliationLine& filed, Sequence row, StoredLine& stored) {
  ReconciliationLine line = filed;
  line.booked = row * kRowRecords + stored.offset;
  line.event = line.booked - stored.booked_after;
  line.clearing_date = stored.clearing_date;
  line.cycle = stored.cycle;
  line.batch = stored.batch;
  line.order_key = stored.order_key;
  line.channel_reference = stored.channel_reference;
  line.original = stored.original;
  line.type = stored.type;
  const std::string& other = stored.other.empty() ? filed.participant : stored.other.str();
  line.payer_bank = (stored.sides & kPays) != 0 ? filed.participant : other;
  line.payee_bank = (stored.sides & kIsPaid) != 0 ? filed.participant : other;
  line.amount = stored.amount;
  line.fee = stored.fee;
  line.event_time = stored.event_time;
  line.exception = stored.exception;
  return line;
}

// The lines under a prefix of their rows' keys.
Result<std::vector<ReconciliationLine>> LinesUnder(const ReadStore& store,
                                                   std::string_view prefix) {
  std::vector<ReconciliationLine> lines;
  std::optional<Error> error;
  store.Scan(prefix, {}, [&](std::string_view key, std::string_view value) {
    KeyReader reader(key, kLines);
    ReconciliationLine filed;
    filed.scenario = static_cast<schema::Scenario>(reader.Small());
    filed.book_date = reader.Date();
    filed.participant = reader.Text();
    filed.channel = reader.Text();
    const Sequence row = reader.Number();
    auto series = reader.done() ? DecodeSeries<StoredLine>(value) : CorruptKey();
    if (!series.ok()) error = series.error();
    if (error) return false;
    for (StoredLine& stored : *series) lines.push_back(ToLine(filed, row, stored));
    return true;
  });
  if (error) return *error;
  return lines;
}

// Follows the aborts from the cycle each line was accepted into to the one that settles it, and
// gives the last abort met.
class CarriedLines {
 public:
  explicit CarriedLines(const ReadStore& store) : store_(store) {}

  Status Follow(ReconciliationLine& line) {
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
      last_abort_ = std::max(last_abort_, found.carried_by);
    }
    return Ok();
  }

  Sequence last_abort() const { return last_abort_; }

 private:
  Result<const CycleFate*> FateOf(Sequence cycle) {
    if (const auto known = fates_.find(cycle); known != fates_.end()) return &known->second;
    auto fate = Read<CycleFate>(store_, KeyWriter(kCycles).Number(cycle), "such cycle");
    if (!fate.ok()) return fate.error();
    return &fates_.emplace(cycle, std::move(fate).value()).first->second;
  }

  const ReadStore& store_;
  std::map<Sequence, CycleFate> fates_;
  Sequence last_abort_ = 0;
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
      return "liquidity";
    case LineType::kExchange:
      return "EXCHANGE";
  }
  return "UNKNOWN";
}

Result<ReconciliationDay> ReconciliationOf(const ReadStore& store,
                                           const ReconciliationScope& scope) {
  const bool all = scope.participant.empty();
  if (!all && !store.Get(KeyWriter(kParticipants).Text(scope.participant))) {
    return Error{Code::NOT_FOUND, "participant", "there is no such participant"};
  }
  const auto range = RangeOfDates(store, scope.book_date, scope.book_date);
  if (!range.ok()) return range.error();
  KeyWriter prefix = std::move(KeyWriter(kLines).Scenario(scope.scenario).Date(scope.book_date));
  if (!all) prefix.Text(scope.participant);
  auto lines = LinesUnder(store, prefix);
  if (!lines.ok()) return lines.error();
  if (!scope.channel.empty()) {
    std::erase_if(*lines, [&](const auto& line) { return line.channel != scope.channel; });
  }
  CarriedLines carried(store);
  for (ReconciliationLine& line : *lines) RETURN_IF_ERROR(carried.Follow(line));
  ReconciliationDay day{.range = *range, .lines = std::move(lines).value(), .summary = {}};
  day.range.last = std::max(day.range.last, carried.last_abort());
  day.summary = Summarise(day.lines);
  if (all) {
    std::erase_if(day.lines, [](const auto& line) { return line.participant != line.payer_bank; });
  }
  return day;
}

}  // namespace longmen::projections
