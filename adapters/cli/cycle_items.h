// Cycle items: what the cycles of a log had participants pay each other, as payments in time.
//
// They are what the rules put into cycles when the log is applied again, in its order: refunds and
// returns are payments too, what an aborted or recast cycle handed on is the payments it had, and
// the shares of a loss are none. Their time
// is that of their booking; of a payment that waited in a queue, that of its coming.
#pragma once

#include <string>
#include <vector>

#include "adapters/cli/view.h"
#include "engine/clearing/liquidity_study.h"
#include "events/money/currency.h"

namespace longmen::adapters::cli {

// Records booked on the dates first..last.
struct ItemsScope {
  std::string directory;
  std::string scheme;  // empty: all of them
  Sequence first = 1;
  Sequence last = 0;
  Nanos begin = 0;  // what came to a queue before is of this time
};

struct CurrencyItems {
  Currency currency;
  std::vector<Name> participants;  // by number, as they first appear
  std::vector<engine::TimedPayment> payments;
};

// By alphabetic code. Errors: NOT_FOUND where no cycle of the scheme was ever opened; the log's.
Result<std::vector<CurrencyItems>> ReadCycleItems(const View& view, const ItemsScope& scope);

}  // namespace longmen::adapters::cli
