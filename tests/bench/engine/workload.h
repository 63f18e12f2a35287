// The payment mix: order, authorization with a hold, debit; between accounts of two banks, 30 % of
// them across. Encoded before anything is timed.
#pragma once

#include <vector>

#include "events/codec/codec.h"

namespace longmen::bench {

inline constexpr size_t kEventsAPayment = 3;

// What the ledger needs before the first payment; in order, each by itself.
std::vector<ProposalBytes> SetUp(size_t accounts, Nanos now);

// `count` payments from the `first`th on: three proposals each, in order.
std::vector<ProposalBytes> Payments(size_t first, size_t count, size_t accounts, Nanos now);

}  // namespace longmen::bench
