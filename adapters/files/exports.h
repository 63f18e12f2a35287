// Exports: the projections' readings as files for finance. Every number in a file is one that a
// typed reading gave; nothing is computed here but control sums.
//
// Names carry what the file is about and the range of the log it covers:
//   balances-0000000001-0000000123.csv, positions-B202103010001-0000000007-0000000123.csv …
// A file about what can no longer change (a closed cycle, a past date) covers a range that ends
// there, so exporting it again gives the same name and bytes whatever came later. It therefore
// says nothing about later facts, such as whether the cycle was settled. Reconciliation of a past
// date, one of whose items an aborted cycle handed on to another, covers a range as far as that
// abort: another name for other bytes.
//
// Amounts stand twice: <name>_minor, the exact count of minor units, and <name>, the decimal text
// with the currency's decimals. Dates are yyyy-mm-dd, instants RFC 3339 in UTC; a date or instant
// that was not stated is empty. The columns of reconciliation are those of domain C6, where
// amounts end in _fen whatever the currency's minor unit is called.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/files/csv.h"
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
Result<ExportedFile> ExportBalances(const projections::ReadStore& store,
                                    const std::string& directory);
Result<ExportedFile> ExportOrders(const projections::ReadStore& store,
                                  const std::string& directory);
// An enterprise's payments with their bank's codes, approval chain, risk step and channel.
Result<ExportedFile> ExportPayments(const projections::ReadStore& store,
                                    const std::string& directory);
Result<ExportedFile> ExportJournal(const projections::ReadStore& store,
                                   const std::string& directory, ExportRange range = {});
Result<ExportedFile> ExportRefusals(const projections::ReadStore& store,
                                    const std::string& directory, ExportRange range = {});

// Opening balance, lines, closing balance of the book dates from..to.
Result<ExportedFile> ExportStatement(const projections::ReadStore& store,
                                     const std::string& directory, std::string_view account,
                                     DayNumber from, DayNumber to);

// Two files: each participant's position, and its position towards every counterparty. The range
// is the cycle's: from its opening to its cut-off, or to the end of what is folded while open.
Result<std::vector<ExportedFile>> ExportPositions(const projections::ReadStore& store,
                                                  const std::string& directory,
                                                  std::string_view cycle_name);

// Two files: detail and summary of one scenario's book date, for a participant or for all. The
// summary's trailer ends with the SHA-256 of the detail's.
Result<std::vector<ExportedFile>> ExportReconciliation(
    const projections::ReadStore& store, const std::string& directory,
    const projections::ReconciliationScope& scope);

// The journal as a plain-text one that hledger reads: accounts as participant:account, the
// postings of each record as one transaction, balanced by hledger itself.
Result<ExportedFile> ExportHledger(const projections::ReadStore& store,
                                   const std::string& directory, ExportRange range = {});

}  // namespace longmen::adapters
