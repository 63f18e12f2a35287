// Pages: what the projections know, as JSON. Each is one GET.
//
// Conventions: names in camelCase, as in the schema; counts of minor units end in "Minor"; 64-bit
// and wider numbers are strings; enumerants are snake_case; a list that may go on has "next", the
// value for ?after= of the page behind it.
#pragma once

#include <string>

#include "adapters/http/router.h"
#include "projections/store/store.h"

namespace longmen::adapters::http {

using projections::ReadStore;

// Lists that have no pages end here with too_large: files are exported, not asked for.
inline constexpr size_t kPageLinesMax = 100'000;

// What the path named and nothing has that name.
inline Error Named(Error error, std::string_view field) {
  if (error.code == Code::NOT_FOUND && error.field.empty()) error.field = field;
  return error;
}

Result<std::string> AccountsPage(const ReadStore& store, const Call& call);
Result<std::string> AccountPage(const ReadStore& store, const Call& call);
Result<std::string> StatementPage(const ReadStore& store, const Call& call);
Result<std::string> OrderPage(const ReadStore& store, const Call& call);
Result<std::string> CyclesPage(const ReadStore& store, const Call& call);
Result<std::string> PositionsPage(const ReadStore& store, const Call& call);
Result<std::string> LatePage(const ReadStore& store, const Call& call);
Result<std::string> QueuePage(const ReadStore& store, const Call& call);
Result<std::string> LimitsPage(const ReadStore& store, const Call& call);
Result<std::string> ResolutionsPage(const ReadStore& store, const Call& call);
Result<std::string> WarningsPage(const ReadStore& store, const Call& call);
Result<std::string> ReconciliationPage(const ReadStore& store, const Call& call);
Result<std::string> RefusalsPage(const ReadStore& store, const Call& call);
Result<std::string> OutboxPage(const ReadStore& store, const Call& call);

}  // namespace longmen::adapters::http
