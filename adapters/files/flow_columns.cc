#include "adapters/files/flow_columns.h"

namespace longmen::adapters {

std::string_view Direction(const WideSum& net) {
  if (net.value() == 0) return "flat";
  return net.value() > 0 ? "credit" : "debit";
}

std::vector<std::string_view> FlowColumns(std::vector<std::string_view> first) {
  first.insert(first.end(), {"currency", "in_count", "in_minor", "in", "out_count", "out_minor",
                             "out", "net_minor", "net", "net_dir"});
  return first;
}

std::vector<CsvField> FlowFields(std::vector<CsvField> first, const projections::Flow& flow,
                                 Currency currency) {
  const WideSum net = flow.net();
  first.insert(first.end(),
               {CsvText(currency.alphabetic()), CsvNumber(flow.in_count),
                CsvNumber(flow.in.value()), CsvAmount(flow.in, currency), CsvNumber(flow.out_count),
                CsvNumber(flow.out.value()), CsvAmount(flow.out, currency), CsvNumber(net.value()),
                CsvAmount(net, currency), CsvText(Direction(net))});
  return first;
}

void AddFlow(const projections::Flow& flow, Currency currency, ControlSums& sums) {
  sums.AddDebit(flow.out, currency);
  sums.AddCredit(flow.in, currency);
}

}  // namespace longmen::adapters
