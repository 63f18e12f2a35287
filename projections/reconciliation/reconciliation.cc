#include "projections/reconciliation/reconciliation.h"

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
  auto lines = ReadAll<ReconciliationLine>(
      store, prefix, {}, SIZE_MAX,
      [](auto, std::string_view value) { return Decode<ReconciliationLine>(value); });
  if (!lines.ok()) return lines.error();
  if (!scope.channel.empty()) {
    std::erase_if(*lines, [&](const auto& line) { return line.channel != scope.channel; });
  }
  ReconciliationDay day{.range = *range, .lines = std::move(lines).value(), .summary = {}};
  day.summary = Summarise(day.lines);
  if (all) {
    std::erase_if(day.lines, [](const auto& line) { return line.participant != line.payer_bank; });
  }
  return day;
}

}  // namespace longmen::projections
