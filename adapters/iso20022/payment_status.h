// The status of a pain.001 that was loaded before, as the projections have it.
//
// The payments of a message are those of its batch. What was refused when it came is in the log
// with the record that said so; what was no sound record is not, and only the loading itself can
// tell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/iso20022/pain001.h"
#include "adapters/iso20022/pain002.h"
#include "engine/log/event_log.h"
#include "projections/payments/payments.h"

namespace longmen::adapters::iso20022 {

// TxSts of a payment.
std::string StatusOf(const projections::Payment& payment);

// By the id of the message alone: all of it that the log has, in the order of its lines. not_found
// where that is nothing. Where a reference does not tell the transaction's ids, its StsId does.
Result<StatusReport> StatusOfMessage(const projections::ReadStore& store,
                                     const engine::LogReader& log, std::string_view message_id);

// By the records that its file gives and what became of each when it was loaded, now or before.
struct LoadedRecord {
  EnterpriseRecordOf record;
  StatusReason reason;  // why it was refused, or not taken; empty of one that was accepted
  bool retry = false;   // nothing was promised: it may be sent again
};
Result<StatusReport> StatusOfLoaded(const projections::ReadStore& store,
                                    const engine::LogReader& log, const Initiation& initiation,
                                    const std::vector<LoadedRecord>& records);

// Of a file that was refused whole.
Result<StatusReport> StatusOfRefused(const projections::ReadStore& store, const Initiation& header,
                                     const Error& error);

}  // namespace longmen::adapters::iso20022
