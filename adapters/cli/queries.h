// Queries: what the projections know, as tables. Errors are the readings' own.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "adapters/cli/table.h"
#include "engine/ledger/view.h"
#include "engine/log/event_log.h"
#include "projections/reconciliation/reconciliation.h"
#include "projections/store/store.h"

namespace longmen::adapters::cli {

using projections::ReadStore;
using Tables = Result<std::vector<Table>>;

// Lists go on after a name or sequence, for at most `limit` rows (or to the end of the record that
// passes it).
struct Page {
  std::string after;
  size_t limit = SIZE_MAX;
};

// What a list of records goes on after; 0: from the first.
Result<Sequence> SequenceOf(std::string_view text);

Tables QueryBalances(const ReadStore& store, const Page& page);
Tables QueryAccount(const ReadStore& store, std::string_view account);
Tables QueryStatement(const ReadStore& store, std::string_view account, DayNumber from,
                      DayNumber to);
// Beside the account, what its orders ask for and have paid.
Tables QueryCollection(const ReadStore& store, std::string_view account);
Tables QueryOrder(const ReadStore& store, schema::Scenario scenario, std::string_view key);
// An enterprise's payments; what a person handled; whom an account paid.
Tables QueryPayments(const ReadStore& store, const Page& page);
Tables QueryHandled(const ReadStore& store, std::string_view person);
Tables QueryPayees(const ReadStore& store, std::string_view account);
Tables QueryCycles(const ReadStore& store);
Tables QueryPositions(const ReadStore& store, std::string_view cycle);
Tables QueryLate(const ReadStore& store, std::string_view cycle);
Tables QueryQueue(const ReadStore& store, std::string_view scheme);
Tables QueryResolutions(const ReadStore& store, std::string_view scheme, const Page& page);
Tables QueryLimits(const ReadStore& store, std::string_view scheme);
// What the failure of the largest net debtor (where nobody owes: of nobody), or of `without`, would
// cost the others, by currency. UNANSWERABLE of a cycle that has begun to settle, and of a scheme
// whose items settle one by one.
Tables QueryFailure(const ReadStore& store, std::string_view cycle, std::string_view without);
Tables QueryWarnings(const ReadStore& store, const Page& page);
Tables QueryReconciliation(const ReadStore& store, const projections::ReconciliationScope& scope);
// Of one matching rule, or of all that are open: what is not matched; how much is.
Tables QueryBreaks(const ReadStore& store, std::string_view rule);
Tables QueryMatching(const ReadStore& store, std::string_view rule);
Tables QueryRules(const ReadStore& store);
Tables QueryFiles(const ReadStore& store);
Tables QueryDecisions(const ReadStore& store, const Page& page);
Tables QueryRefusals(const ReadStore& store, const Page& page);
Tables QueryOutbox(const ReadStore& store, const Page& page);

// Of a proposal, or of all the proposals of a record, with what became since of a movement that it
// began. NOT_FOUND where it was never recorded.
Tables QueryAnswer(const engine::LedgerView& ledger, const ReadStore& store,
                   std::string_view source, std::string_view id);

// Records after a sequence up to `last`, as tables; as JSON they are whole.
Tables QueryRecords(const engine::LogReader& log, Sequence after, Sequence last, size_t limit);
Result<std::string> RecordsJson(const engine::LogReader& log, Sequence after, Sequence last,
                                size_t limit);

}  // namespace longmen::adapters::cli
