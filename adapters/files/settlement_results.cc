#include "adapters/files/settlement_results.h"

#include <algorithm>
#include <map>

#include "adapters/files/file_writer.h"
#include "adapters/files/flow_columns.h"
#include "projections/balances/balances.h"
#include "projections/journal/journal.h"
#include "projections/positions/settlements.h"
#include "projections/statements/statements.h"

namespace longmen::adapters {
namespace {

using projections::ReadStore;
using projections::SettledPosition;
using projections::Settlement;

using enum ColumnType;

constexpr TableColumn kColumns[] = {
    {"cycle", kText},          {"scheme", kText},        {"settlement_date", kDate},
    {"participant", kText},    {"counterparty", kText},  {"currency", kText},
    {"net_minor", kMinor},     {"net", kAmount},         {"net_dir", kText},
    {"account", kText},        {"amount_minor", kMinor}, {"amount", kAmount},
    {"balance_minor", kMinor}, {"balance", kAmount},     {"settled_at", kInstant},
    {"book_date", kDate},      {"sequence", kCount},     {"reference", kText}};

using Of = std::pair<std::string, uint16_t>;  // participant, currency

// What a record posted to one participant's money at the central bank, and the balance it left.
struct Moved {
  std::string account;
  projections::StatementLine line;
};

struct ResultRow {
  const Settlement* by = nullptr;
  const SettledPosition* position = nullptr;
  int64_t amount = 0;          // of the position's own part in what moved
  std::optional<Moved> moved;  // nothing: the record left the account as it was
};

Of OfPosition(const SettledPosition& position) {
  return {position.participant, position.currency.numeric};
}

Error DoNotAgree(const std::string& participant, std::string_view what) {
  return {Code::CORRUPT, participant, fmt::format("its cycle is settled and {}", what)};
}

Result<std::map<Of, Moved>> MovedBy(const ReadStore& store, Sequence sequence) {
  std::map<Of, Moved> all;
  projections::JournalReader journal(store);
  const auto entry = journal.At(sequence);
  if (!entry.ok() && entry.error().code == Code::NOT_FOUND) return all;
  if (!entry.ok()) return entry.error();
  for (const Posting& posting : (*entry)->postings) {
    const auto account = projections::FindBalance(store, posting.account);
    if (!account.ok()) return account.error();
    if (account->state.kind != schema::AccountKind::SETTLEMENT) continue;
    auto lines = projections::LinesOf(store, posting.account, sequence - 1, 1);
    if (!lines.ok()) return lines.error();
    if (lines->empty() || lines->front().sequence != sequence) {
      return DoNotAgree(posting.participant, "its account has no line of that");
    }
    all[{posting.participant, posting.amount.currency.numeric}] = {posting.account,
                                                                   std::move(lines->front())};
  }
  return all;
}

// Of one record. What a participant pays and receives by several pairs moves as one sum, in which
// each pair has its part.
Status AddRows(const ReadStore& store, const Settlement& by, bool moves,
               std::vector<ResultRow>& rows) {
  const auto moved = MovedBy(store, by.sequence);
  if (!moved.ok()) return moved.error();
  std::map<Of, __int128> left;  // of what moved, without a row
  for (const auto& [of, each] : *moved) left[of] += each.line.amount;
  for (const SettledPosition& position : by.positions) {
    const Of of = OfPosition(position);
    ResultRow row{
        .by = &by, .position = &position, .amount = moves ? -position.net : 0, .moved = {}};
    left[of] -= row.amount;
    if (const auto found = moved->find(of); found != moved->end()) row.moved = found->second;
    rows.push_back(std::move(row));
  }
  for (const auto& [of, minor] : left) {
    if (minor != 0) return DoNotAgree(of.first, "something else moved");
  }
  return Ok();
}

// Together the records settle what the cycle had, no more and no less.
Status CheckNets(const ClosedCycle& closed, const std::vector<Settlement>& settlements) {
  std::map<Of, __int128> left;
  for (const auto& position : closed.positions.positions) {
    left[{position.participant, position.currency.numeric}] += position.flow.net().value();
  }
  for (const Settlement& settlement : settlements) {
    for (const SettledPosition& position : settlement.positions) {
      left[OfPosition(position)] -= position.net;
    }
  }
  for (const auto& [of, minor] : left) {
    if (minor != 0) return DoNotAgree(of.first, "this net never was");
  }
  return Ok();
}

void Write(const ClosedCycle& closed, const ResultRow& row, ExportTable& file) {
  const CycleState& cycle = closed.positions.cycle;
  const SettledPosition& position = *row.position;
  const Currency currency = position.currency;
  WideSum net;
  net.Add(position.net);
  const auto of_moved = [&](auto field) { return row.moved ? field(*row.moved) : NoCell(); };
  file.Row({TextCell(cycle.name), TextCell(cycle.scheme), DateCell(closed.settlement_date),
            TextCell(position.participant), TextCell(position.counterparty),
            TextCell(currency.alphabetic()), MinorCell(net), AmountCell(net, currency),
            TextCell(Direction(net)),
            of_moved([](const Moved& moved) { return TextCell(moved.account); }),
            MinorCell(row.amount), AmountCell(row.amount, currency),
            of_moved([](const Moved& moved) { return MinorCell(moved.line.balance); }),
            of_moved([&](const Moved& moved) { return AmountCell(moved.line.balance, currency); }),
            InstantCell(row.by->recorded_at), DateCell(row.by->book_date),
            CountCell(row.by->sequence), TextCell(row.by->reference)});
}

}  // namespace

Result<ExportedFile> ExportResultReport(const ReadStore& store, const ClosedCycle& closed,
                                        const ExportTo& to) {
  const CycleState& cycle = closed.positions.cycle;
  const auto settlements = projections::SettlementsOf(store, cycle.cycle);
  if (!settlements.ok()) return settlements.error();
  RETURN_IF_ERROR(CheckNets(closed, *settlements));
  const bool moves = cycle.method != schema::SettlementMethod::GROSS &&
                     cycle.method != schema::SettlementMethod::QUEUED;
  Sequence last = closed.range.last;
  std::vector<ResultRow> rows;
  for (const Settlement& settlement : *settlements) {
    RETURN_IF_ERROR(AddRows(store, settlement, moves, rows));
    last = std::max(last, settlement.sequence);
  }
  // By participant and currency, as positions are; then in the order of the log.
  std::ranges::stable_sort(rows, {},
                           [](const ResultRow& row) { return OfPosition(*row.position); });
  auto file = ExportTable::Create(to, "settlement-result-report-" + FileNamePart(cycle.name),
                                  closed.range.first, last, kColumns);
  if (!file.ok()) return file.error();
  ControlSums sums;
  for (const ResultRow& row : rows) {
    Write(closed, row, *file);
    if (row.amount != 0) sums.Add(row.amount, row.position->currency);
  }
  return file->Finish(last, sums);
}

}  // namespace longmen::adapters
