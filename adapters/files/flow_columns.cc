#include "adapters/files/flow_columns.h"

namespace longmen::adapters {

std::string_view Direction(const WideSum& net) {
  if (net.value() == 0) return "flat";
  return net.value() > 0 ? "credit" : "debit";
}

std::vector<TableColumn> FlowColumns(std::vector<TableColumn> first) {
  using enum ColumnType;
  first.insert(first.end(), {{"currency", kText},
                             {"in_count", kCount},
                             {"in_minor", kMinor},
                             {"in", kAmount},
                             {"out_count", kCount},
                             {"out_minor", kMinor},
                             {"out", kAmount},
                             {"net_minor", kMinor},
                             {"net", kAmount},
                             {"net_dir", kText}});
  return first;
}

std::vector<TableCell> FlowCells(std::vector<TableCell> first, const projections::Flow& flow,
                                 Currency currency) {
  const WideSum net = flow.net();
  first.insert(first.end(),
               {TextCell(currency.alphabetic()), CountCell(flow.in_count), MinorCell(flow.in),
                AmountCell(flow.in, currency), CountCell(flow.out_count), MinorCell(flow.out),
                AmountCell(flow.out, currency), MinorCell(net), AmountCell(net, currency),
                TextCell(Direction(net))});
  return first;
}

void AddFlow(const projections::Flow& flow, Currency currency, ControlSums& sums) {
  sums.AddDebit(flow.out, currency);
  sums.AddCredit(flow.in, currency);
}

}  // namespace longmen::adapters
