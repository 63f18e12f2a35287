// What messages between banks become in the scenario `b2b_gateway`, and what is answered.
//
//   pacs.008, a notice    debit_notice, succeeded: the account bank's word (domain A1.3 step 10)
//   pacs.008, a request   gateway_request: the order; payer, submitter and mandate by the mapping
//   pacs.002, a notice    debit_notice by TxSts; with ACCC `credited` too (13)
//                           ACSC ACCC ACWC succeeded   RJCT CANC failed   PDNG unknown
//                           RCVD ACTC ACCP ACSP pending
//   pacs.002, a success   success_notice to the account bank and to the accepting bank (11, 12)
//   pacs.004              refund where the payee gives back, else payment_return
//
// Whether a message contradicts the books is the scenario's to say: its refusals are the answers. A
// record's id is a hash of the message's id, the transaction's and the step.
#pragma once

#include <string>
#include <vector>

#include "adapters/iso20022/mapping.h"
#include "adapters/iso20022/pacs.h"

namespace longmen::adapters::iso20022 {

struct GatewayRecordOf {
  size_t transaction = 0;  // its place in the message, from 0
  std::string id;
  std::string json;
};
using GatewayRecords = std::vector<GatewayRecordOf>;

GatewayRecords ToDebitNotices(const CreditTransfers& message, const Mapping& mapping);
// In the scheme, and under the mandate, that the mapping names; of each debtor the submitter.
GatewayRecords ToGatewayRequests(const CreditTransfers& message, const Mapping& mapping);
GatewayRecords ToGiveBacks(const PaymentReturns& message);
// missing_field where a transaction states no amount, which every notice has; unknown_enum for a
// status that says neither; unknown_format where the statuses are of other messages than pacs.008.
Result<GatewayRecords> ToDebitNotices(const TransferStatuses& message, const Mapping& mapping);
// The same, and unknown_enum where a status is not of success.
Result<GatewayRecords> ToSuccessNotices(const TransferStatuses& message);

// What became of the first record of a transaction.
struct GatewayAnswer {
  bool accepted = false;
  bool retry = false;   // nothing was promised: it may be sent again
  StatusReason reason;  // of what is not accepted; of what is, the rule that it broke
};

// One a transaction. `accepted` is the status of those that are: ACSC of a notice, ACCP of a
// request.
TransferStatuses AnswerTo(const CreditTransfers& message, const std::vector<GatewayAnswer>& answers,
                          std::string_view accepted);
TransferStatuses AnswerTo(const PaymentReturns& message, const std::vector<GatewayAnswer>& answers);
// Of a message that is refused whole; `created`: when its refusal is said to be made.
TransferStatuses RefusalOf(std::string_view message, const Error& error, Nanos created);

}  // namespace longmen::adapters::iso20022
