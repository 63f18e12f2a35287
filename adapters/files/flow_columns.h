// The columns of a flow, the same in every table of positions: "currency" to "net_dir".
#pragma once

#include <string_view>
#include <vector>

#include "adapters/files/table.h"
#include "projections/positions/positions.h"

namespace longmen::adapters {

// "credit" where it is received, "debit" where it is owed, "flat" at zero.
std::string_view Direction(const WideSum& net);

// `first` and then the columns of a flow.
std::vector<TableColumn> FlowColumns(std::vector<TableColumn> first);
std::vector<TableCell> FlowCells(std::vector<TableCell> first, const projections::Flow& flow,
                                 Currency currency);

// What was sent counts as a debit, what was received as a credit.
void AddFlow(const projections::Flow& flow, Currency currency, ControlSums& sums);

}  // namespace longmen::adapters
