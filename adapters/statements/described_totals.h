// DescribedTotals: what lines outside of the rows of a described CSV state, and whether it is so.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/statements/description.h"
#include "adapters/statements/part.h"

namespace longmen::adapters::statements {

// An amount as the description writes them.
DecimalFault ParseDescribedAmount(std::string_view text, const Description& description,
                                  Currency currency, int64_t& minor);

class DescribedTotals {
 public:
  explicit DescribedTotals(const Description& description)
      : description_(description), stated_(description.totals.size()) {}

  // A line outside of the rows: kept where it is one of the totals'.
  void Look(std::string_view line, uint64_t number, Decoder& decoder);
  // A row, given or skipped.
  void Count(const StatementFileLine& line, bool skipped);
  // `closing` is what the last row's balance said; a total may say it where no row does.
  Status Check(Currency currency, std::optional<int64_t>& closing) const;

 private:
  struct Stated {
    std::string line;  // UTF-8
    uint64_t number = 0;
  };
  struct Sum {
    uint64_t count = 0;
    WideSum amount;
  };
  Status CheckLine(std::string_view total, const Stated& stated, Currency currency,
                   std::optional<int64_t>& closing) const;
  Status CheckValue(std::string_view name, std::string_view text, uint64_t number,
                    Currency currency, std::optional<int64_t>& closing) const;
  Status CheckBalance(std::string_view name, int64_t minor, uint64_t number, Currency currency,
                      std::optional<int64_t>& closing) const;

  const Description& description_;
  std::vector<Stated> stated_;
  Sum credits_;
  Sum debits_;
  Sum skipped_;
  std::optional<int64_t> opening_;  // by the first row that is given and has a balance
};

}  // namespace longmen::adapters::statements
