// Reports of a closed cycle for the people who settle it (domain E4): each participant's own, the
// settlement bank's, and once it is settled what moved and which balances that left.
//
// In the first two a line is of entry "net", what a participant settles in all, or "bilateral",
// how that came about with one counterparty; currencies follow one another by code.
#include <algorithm>
#include <set>
#include <span>

#include "adapters/files/flow_columns.h"
#include "adapters/files/naming.h"
#include "projections/balances/balances.h"
#include "projections/journal/journal.h"
#include "projections/statements/statements.h"

namespace longmen::adapters {
namespace {

using projections::BilateralPosition;
using projections::ParticipantPosition;
using projections::ReadStore;

constexpr size_t kPage = 1'000;

std::vector<Currency> CurrenciesOf(std::span<const ParticipantPosition> positions) {
  std::vector<Currency> currencies;
  for (const auto& position : positions) currencies.push_back(position.currency);
  std::sort(currencies.begin(), currencies.end(),
            [](Currency a, Currency b) { return a.alphabetic() < b.alphabetic(); });
  currencies.erase(std::unique(currencies.begin(), currencies.end()), currencies.end());
  return currencies;
}

// The positions of one participant among those of all, which are by participant.
template <typename Position>
std::span<const Position> OfParticipant(std::span<const Position> all, const std::string& name) {
  const auto first = std::lower_bound(
      all.begin(), all.end(), name,
      [](const Position& each, const std::string& n) { return each.participant < n; });
  const auto last = std::upper_bound(
      first, all.end(), name,
      [](const std::string& n, const Position& each) { return n < each.participant; });
  return {first, last};
}

// One report of nets and pairs while it is written.
class Report {
 public:
  static Result<Report> Create(const ClosedCycle& closed, const std::string& directory,
                               const std::string& what) {
    auto file = CsvFile::Create(directory, ExportName(what, closed.range.first, closed.range.last),
                                FlowColumns({"cycle", "scheme", "settlement_date", "entry",
                                             "participant", "counterparty"}));
    if (!file.ok()) return file.error();
    return Report(closed, std::move(file).value());
  }
  void Net(const ParticipantPosition& position) {
    Row("net", position.participant, "", position.flow, position.currency);
  }
  void Pair(const BilateralPosition& pair) {
    Row("bilateral", pair.participant, pair.counterparty, pair.flow, pair.currency);
  }
  Result<ExportedFile> Finish(const ControlSums& sums) {
    return file_.Finish(closed_.range.first, closed_.range.last, sums);
  }

 private:
  Report(const ClosedCycle& closed, CsvFile file) : closed_(closed), file_(std::move(file)) {}
  void Row(std::string_view entry, const std::string& participant, const std::string& counterparty,
           const projections::Flow& flow, Currency currency) {
    const CycleState& cycle = closed_.positions.cycle;
    file_.Row(
        FlowFields({CsvText(cycle.name), CsvText(cycle.scheme), CsvDate(closed_.settlement_date),
                    CsvText(entry), CsvText(participant), CsvText(counterparty)},
                   flow, currency));
  }

  const ClosedCycle& closed_;
  CsvFile file_;
};

Result<ExportedFile> ExportOwnReport(const ClosedCycle& closed, const std::string& directory,
                                     const std::string& participant) {
  const auto& positions = closed.positions;
  auto report = Report::Create(
      closed, directory,
      "settlement-report-" + FileNamePart(positions.cycle.name) + "-" + FileNamePart(participant));
  if (!report.ok()) return report.error();
  ControlSums sums;  // of what it sent and received
  const auto nets = OfParticipant<ParticipantPosition>(positions.positions, participant);
  const auto pairs = OfParticipant<BilateralPosition>(positions.bilateral, participant);
  for (const Currency currency : CurrenciesOf(nets)) {
    for (const auto& pair : pairs) {
      if (pair.currency == currency) report->Pair(pair);
    }
    for (const auto& net : nets) {
      if (net.currency != currency) continue;
      report->Net(net);
      AddFlow(net.flow, currency, sums);
    }
  }
  return report->Finish(sums);
}

// A pair is shown from the side that pays, and where neither does from the first by name.
bool IsShownFrom(const BilateralPosition& pair) {
  const __int128 net = pair.flow.net().value();
  return net < 0 || (net == 0 && pair.participant < pair.counterparty);
}

Result<ExportedFile> ExportBankReport(const ClosedCycle& closed, const std::string& directory) {
  const auto& positions = closed.positions;
  auto report = Report::Create(closed, directory,
                               "settlement-bank-report-" + FileNamePart(positions.cycle.name));
  if (!report.ok()) return report.error();
  ControlSums sums;  // of what is to be paid and received
  for (const Currency currency : CurrenciesOf(positions.positions)) {
    for (const auto& position : positions.positions) {
      if (position.currency != currency) continue;
      report->Net(position);
      sums.Add(position.flow.net(), currency);
    }
    for (const auto& pair : positions.bilateral) {
      if (pair.currency == currency && IsShownFrom(pair)) report->Pair(pair);
    }
  }
  return report->Finish(sums);
}

// What settlement posted to one participant's money at the central bank.
struct Settled {
  const ParticipantPosition* position = nullptr;
  std::string account;
  projections::StatementLine line;
};

const ParticipantPosition* FindPosition(const ClosedCycle& closed, const Posting& posting) {
  for (const auto& position : closed.positions.positions) {
    if (position.participant == posting.participant &&
        position.currency == posting.amount.currency) {
      return &position;
    }
  }
  return nullptr;
}

// The postings of one record to settlement accounts, with the balances that they left.
Status TakeSettled(const ReadStore& store, const ClosedCycle& closed,
                   const projections::JournalEntry& entry, std::vector<Settled>& settled) {
  for (const Posting& posting : entry.postings) {
    const auto account = projections::FindBalance(store, posting.account);
    if (!account.ok()) return account.error();
    if (account->state.kind != schema::AccountKind::SETTLEMENT) continue;
    auto lines = projections::LinesOf(store, posting.account, entry.sequence - 1, 1);
    if (!lines.ok()) return lines.error();
    const ParticipantPosition* position = FindPosition(closed, posting);
    if (position == nullptr || lines->empty()) {
      return Error{Code::CORRUPT, posting.account, "it was settled and has no position or line"};
    }
    settled.push_back(
        {.position = position, .account = posting.account, .line = std::move(lines->front())});
  }
  return Ok();
}

// Nothing says which record settled a cycle: it is looked for after the cut-off, until every net
// has moved.
Result<std::vector<Settled>> ReadSettled(const ReadStore& store, const ClosedCycle& closed) {
  const CycleState& cycle = closed.positions.cycle;
  const auto applied = projections::ReadApplied(store);
  if (!applied.ok()) return applied.error();
  std::set<const ParticipantPosition*> owed;
  for (const auto& position : closed.positions.positions) {
    if (position.flow.net().value() != 0) owed.insert(&position);
  }
  std::vector<Settled> settled;
  for (Sequence next = cycle.cut_off + 1; !owed.empty();) {
    const auto page = projections::Journal(store, next, applied->sequence, kPage);
    if (!page.ok()) return page.error();
    for (const auto& entry : *page) {
      if (entry.body != projections::Body::kSettlement || entry.key != cycle.name) continue;
      RETURN_IF_ERROR(TakeSettled(store, closed, entry, settled));
    }
    for (const Settled& each : settled) owed.erase(each.position);
    if (page->size() < kPage) break;
    next = page->back().sequence + 1;
  }
  if (!owed.empty()) {
    return Error{Code::CORRUPT, (*owed.begin())->participant,
                 fmt::format("{} is settled and this net never moved", cycle.name)};
  }
  // By participant and currency, as positions are.
  std::stable_sort(settled.begin(), settled.end(),
                   [](const Settled& a, const Settled& b) { return a.position < b.position; });
  return settled;
}

Result<ExportedFile> ExportResultReport(const ReadStore& store, const ClosedCycle& closed,
                                        const std::string& directory) {
  const CycleState& cycle = closed.positions.cycle;
  const auto settled = ReadSettled(store, closed);
  if (!settled.ok()) return settled.error();
  Sequence last = cycle.cut_off;
  for (const Settled& each : *settled) last = std::max(last, each.line.sequence);
  auto file = CsvFile::Create(
      directory,
      ExportName("settlement-result-report-" + FileNamePart(cycle.name), closed.range.first, last),
      {"cycle", "scheme", "settlement_date", "participant", "currency", "net_minor", "net",
       "net_dir", "account", "amount_minor", "amount", "balance_minor", "balance", "settled_at",
       "book_date", "sequence", "reference"});
  if (!file.ok()) return file.error();
  ControlSums sums;
  for (const auto& [position, account, line] : *settled) {
    const Currency currency = position->currency;
    const WideSum net = position->flow.net();
    file->Row({CsvText(cycle.name), CsvText(cycle.scheme), CsvDate(closed.settlement_date),
               CsvText(position->participant), CsvText(currency.alphabetic()),
               CsvNumber(net.value()), CsvAmount(net, currency), CsvText(Direction(net)),
               CsvText(account), CsvNumber(line.amount), CsvAmount(line.amount, currency),
               CsvNumber(line.balance), CsvAmount(line.balance, currency),
               CsvInstant(line.recorded_at), CsvDate(line.book_date), CsvNumber(line.sequence),
               CsvText(cycle.reference)});
    sums.Add(line.amount, currency);
  }
  return file->Finish(closed.range.first, last, sums);
}

// By name, each once: positions are in that order.
std::vector<std::string> ParticipantsOf(const ClosedCycle& closed) {
  std::vector<std::string> names;
  for (const auto& position : closed.positions.positions) {
    if (names.empty() || names.back() != position.participant) {
      names.push_back(position.participant);
    }
  }
  return names;
}

}  // namespace

Result<std::vector<ExportedFile>> ExportSettlementReports(const ReadStore& store,
                                                          const std::string& directory,
                                                          std::string_view cycle_name,
                                                          std::string_view participant) {
  const auto closed = ReadClosedCycle(store, cycle_name);
  if (!closed.ok()) return closed.error();
  const auto participants = ParticipantsOf(*closed);
  std::vector<ExportedFile> files;
  const auto take = [&](Result<ExportedFile> file) -> Status {
    if (!file.ok()) return file.error();
    files.push_back(std::move(file).value());
    return Ok();
  };
  if (!participant.empty()) {
    if (std::find(participants.begin(), participants.end(), participant) == participants.end()) {
      return Error{Code::NOT_FOUND, "participant",
                   fmt::format("{} had no part in {}", participant, cycle_name)};
    }
    RETURN_IF_ERROR(take(ExportOwnReport(*closed, directory, std::string(participant))));
    return files;
  }
  for (const std::string& each : participants) {
    RETURN_IF_ERROR(take(ExportOwnReport(*closed, directory, each)));
  }
  RETURN_IF_ERROR(take(ExportBankReport(*closed, directory)));
  if (closed->positions.cycle.status == CycleStatus::kSettled) {
    RETURN_IF_ERROR(take(ExportResultReport(store, *closed, directory)));
  }
  return files;
}

}  // namespace longmen::adapters
