// pain.002.001.10, CustomerPaymentStatusReport: what became of a pain.001, transaction by
// transaction.
//
//   of a transaction                                 TxSts   reason
//   waits for an approval or an identity step        PDNG
//   approved, waits for its date                     ACCP
//   sent to its channel, or nobody knows             ACSP
//   paid to a payee at another bank, or suspended    ACSC
//   paid to a payee at the same bank                 ACCC
//   refused when it came; vetoed; expired; failed    RJCT    the ledger's word
//   returned by the payee's bank                     RJCT    payment_return
//   revoked by its submitter                         CANC
//
// Of a group (the message, or one PmtInf): RJCT where nothing of it goes on, PDNG where everything
// waits, PART where some of it does and some does not; else the least that all have reached.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/iso20022/enterprise_records.h"
#include "adapters/iso20022/status_reason.h"

namespace longmen::adapters::iso20022 {

inline constexpr std::string_view kPain002 = "pain.002.001.10";

struct TransactionStatus {
  TransactionIds ids;
  std::string reference;  // the payment's in the ledger
  std::string status;     // "PDNG"
  StatusReason reason;
  bool operator==(const TransactionStatus&) const = default;
};

struct StatusReport {
  std::string id;
  Nanos created = 0;
  std::string original_id;       // empty: it could not be read
  std::string original_message;  // "pain.001.001.09"
  uint64_t original_count = 0;   // 0: not known
  std::string original_sum;      // empty: likewise
  StatusReason refused;          // why the message was refused whole
  std::vector<TransactionStatus> transactions;
};

// Of the statuses of its transactions, at least one.
std::string GroupStatus(const std::vector<std::string_view>& statuses);

std::string WriteStatusReport(const StatusReport& report);

}  // namespace longmen::adapters::iso20022
