// Exports: the projections' readings as files for finance. Every number in a file is one that a
// typed reading gave; nothing is computed here but control sums.
//
// Names carry what the file is about and the range of the log it covers:
//   balances-0000000001-0000000123.csv, positions-B202103010001-0000000007-0000000123.csv …
// A file about what can no longer change (a closed cycle, a past date) covers a range that ends
// there, so exporting it again gives the same name and bytes whatever came later. It therefore
// says nothing about later facts, such as whether the cycle was settled. What was changed after all
// has another name for its other bytes: a range as far as the record that did it. Such are a closed
// cycle that was recast or had a loss shared, and reconciliation of a past date, one of whose items
// an aborted cycle handed on to another.
//
// Amounts stand twice: <name>_minor, the exact count of minor units, and <name>, the decimal text
// with the currency's decimals. Dates are yyyy-mm-dd, instants RFC 3339 in UTC; a date or instant
// that was not stated is empty. The columns of reconciliation are those of domain C6, where
// amounts end in _fen whatever the currency's minor unit is called.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/files/table.h"
#include "projections/all/all.h"
#include "projections/reconciliation/reconciliation.h"

namespace longmen::adapters {

// A range of the log; last 0: to the end of what is folded.
struct ExportRange {
  Sequence first = 1;
  Sequence last = 0;
};

// Errors are the readings' (not_found, unanswerable, usage, corrupt) and the disk's. `store` is
// one consistent state: a snapshot.
Result<ExportedFile> ExportBalances(const projections::ReadStore& store, const ExportTo& to);
Result<ExportedFile> ExportOrders(const projections::ReadStore& store, const ExportTo& to);
// An enterprise's payments with their bank's codes, approval chain, risk step and channel.
Result<ExportedFile> ExportPayments(const projections::ReadStore& store, const ExportTo& to);
Result<ExportedFile> ExportJournal(const projections::ReadStore& store, const ExportTo& to,
                                   ExportRange range = {});
Result<ExportedFile> ExportRefusals(const projections::ReadStore& store, const ExportTo& to,
                                    ExportRange range = {});

// Opening balance, lines, closing balance of the book dates from..until.
Result<ExportedFile> ExportStatement(const projections::ReadStore& store, const ExportTo& to,
                                     std::string_view account, DayNumber from, DayNumber until);

// The same for other programs, seen from the account's owner: camt.053.001.08 of dates that are
// over (UNANSWERABLE while they are not), camt.052.001.08 of the last date as far as it has come,
// camt.054.001.08 of any dates without balances. AMOUNT_OUT_OF_RANGE where an amount or a sum has
// more than 18 digits.
Result<ExportedFile> ExportCamt053(const projections::ReadStore& store, const ExportTo& to,
                                   std::string_view account, DayNumber from, DayNumber until);
Result<ExportedFile> ExportCamt052(const projections::ReadStore& store, const ExportTo& to,
                                   std::string_view account);
Result<ExportedFile> ExportCamt054(const projections::ReadStore& store, const ExportTo& to,
                                   std::string_view account, DayNumber from, DayNumber until);

// Two files: each participant's position, and its position towards every counterparty. The range
// is the cycle's: from its opening to its cut-off or what changed it since, or to the end of what
// is folded while open.
Result<std::vector<ExportedFile>> ExportPositions(const projections::ReadStore& store,
                                                  const ExportTo& to, std::string_view cycle_name);

// The messages that have a closed cycle settled, one a currency with a net: pacs.029.001.02 with
// every net, and pacs.009.001.08 with a transfer for each net. An aborted cycle's are the record of
// what was to be settled: another cycle settles its items. Besides the errors above:
// cycle_not_closed, amount_out_of_range where an amount or a sum has more than 18 digits, bad_text
// and too_long for a name that is no identification (of an agent: usage); then there is no file of
// that cycle.
Result<std::vector<ExportedFile>> ExportSettlementRequests(const projections::ReadStore& store,
                                                           const ExportTo& to,
                                                           std::string_view cycle_name);
// Of a multilateral scheme: every net debtor pays the agent (empty: one named as the scheme; any
// other is in the file's name), which pays every net creditor. Of a bilateral one: of each pair the
// one that owes the other pays it, and there is no request. What settled item by item has no net,
// hence no file.
Result<std::vector<ExportedFile>> ExportSettlementInstructions(const projections::ReadStore& store,
                                                               const ExportTo& to,
                                                               std::string_view cycle_name,
                                                               std::string_view agent = {});

// What a closed cycle settles, for people: for each participant its own report; for the settlement
// bank all nets and pairs; once settled, what each record that settled it moved and the balances
// that it left: nothing where its items settled one by one. Of one
// participant: its own report only; NOT_FOUND where it had no part in the cycle.
Result<std::vector<ExportedFile>> ExportSettlementReports(const projections::ReadStore& store,
                                                          const ExportTo& to,
                                                          std::string_view cycle_name,
                                                          std::string_view participant = {});

// Two files: detail and summary of one scenario's book date, for a participant or for all. The
// summary's trailer ends with the SHA-256 of the detail's.
Result<std::vector<ExportedFile>> ExportReconciliation(
    const projections::ReadStore& store, const ExportTo& to,
    const projections::ReconciliationScope& scope);

// What matching says under a rule (projections/matching): what is open, with columns to fill in a
// decision; every match, a row for each of its items. NOT_FOUND where there is no such rule.
Result<ExportedFile> ExportBreaks(const projections::ReadStore& store, const ExportTo& to,
                                  std::string_view rule);
Result<ExportedFile> ExportMatches(const projections::ReadStore& store, const ExportTo& to,
                                   std::string_view rule);
// Every decision about open items.
Result<ExportedFile> ExportDecisions(const projections::ReadStore& store, const ExportTo& to);

// The journal as plain text for hledger and for ledger: accounts as participant:account, the
// postings of each record as one transaction, and at each day's end the balances that the programs
// are to find. A range that does not begin with the log begins with the balances before it. Memory
// grows with the accounts that one day touches.
Result<ExportedFile> ExportHledger(const projections::ReadStore& store, const ExportTo& to,
                                   ExportRange range = {});
Result<ExportedFile> ExportLedger(const projections::ReadStore& store, const ExportTo& to,
                                  ExportRange range = {});

}  // namespace longmen::adapters
