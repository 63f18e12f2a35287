// The payment mix over the wire: order, authorization with a hold, debit; every event an item of
// its own, between accounts of two banks, 30 % of them across. Encoded before anything is timed.
#pragma once

#include <string>
#include <vector>

#include "events/codec/codec.h"

namespace longmen::bench {

inline constexpr size_t kEventsAPayment = 3;

// What the ledger needs before the first payment, in order; proposals of `source`.
std::vector<ProposalBytes> SetUp(const std::string& source, size_t accounts, Nanos now);

// `count` payments from the `first`th on.
std::vector<ProposalBytes> Payments(const std::string& source, size_t first, size_t count,
                                    size_t accounts, Nanos now);

// The same as bodies of the two doors.
std::string AsMessages(const std::vector<ProposalBytes>& proposals);
std::string AsLines(const std::vector<ProposalBytes>& proposals);

}  // namespace longmen::bench
