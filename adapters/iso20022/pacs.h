// What the messages between banks have in common: customer credit transfers, returns and statuses
// of a clearing system (SttlmMtd CLRG). One transaction is one debit, or one refund, of the B2B
// gateway.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/iso20022/status_reason.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "events/money/money.h"

namespace longmen::adapters::iso20022 {

inline constexpr std::string_view kPacs008 = "pacs.008.001.08";
inline constexpr std::string_view kPacs004 = "pacs.004.001.09";
inline constexpr std::string_view kPacs002 = "pacs.002.001.10";

struct PacsHeader {
  std::string id;
  Nanos created = 0;
  std::string clearing_system;    // ClrSys/Prtry or Cd; empty: not stated
  DayNumber settlement_date = 0;  // 0: not stated
  bool operator==(const PacsHeader&) const = default;
};

// pacs.008.001.08, FIToFICustomerCreditTransfer.
//
//   PmtId/EndToEndId            end_to_end       the order's number
//   PmtId/TxId                  transaction      the network's transaction id
//   PmtId/ClrSysRef             cycle            the cycle that settles it
//   IntrBkSttlmAmt              amount
//   IntrBkSttlmDt               settlement_date  of the transaction, else of the header
//   AccptncDtTm                 accepted         when it was debited; absent: the header's CreDtTm
//   Dbtr/Nm, DbtrAcct, DbtrAgt  debtor…          the payer's account and its bank
//   Cdtr/Nm, CdtrAcct, CdtrAgt  creditor…        the payee's
struct CreditTransfer {
  std::string instruction;  // InstrId; empty: none
  std::string end_to_end;
  std::string transaction;
  std::string cycle;  // empty: not stated
  Money amount;
  DayNumber settlement_date = 0;
  Nanos accepted = 0;
  std::string debtor;
  std::string debtor_account;
  std::string debtor_agent;
  std::string creditor;
  std::string creditor_account;
  std::string creditor_agent;
  bool operator==(const CreditTransfer&) const = default;
};
struct CreditTransfers {
  PacsHeader header;
  std::vector<CreditTransfer> transfers;
  bool operator==(const CreditTransfers&) const = default;
};

// pacs.004.001.09, PaymentReturn: the whole or a part of a credit transfer goes back.
//
//   RtrId                       id               the refund's number
//   OrgnlEndToEndId, OrgnlTxId  end_to_end, …    of what was paid
//   OrgnlClrSysRef, ClrSysRef   original_cycle, cycle
//   OrgnlIntrBkSttlmAmt         original_amount  absent: not stated
//   RtrdIntrBkSttlmAmt          amount           at most the original's, in its currency
//   IntrBkSttlmDt               settlement_date
//   RtrRsnInf/Rsn Cd, Prtry     reason           CUST, FOCR: the payee gives back (refund); any
//   other:
//                                                its bank could not post it (payment return)
struct PaymentReturn {
  std::string id;
  std::string end_to_end;
  std::string transaction;
  std::string original_cycle;
  Money original_amount;  // no currency: not stated
  DayNumber original_settlement_date = 0;
  Money amount;
  DayNumber settlement_date = 0;
  std::string cycle;
  std::string reason;
  std::string more;
  bool operator==(const PaymentReturn&) const = default;
};
struct PaymentReturns {
  PacsHeader header;
  std::vector<PaymentReturn> returns;
  bool operator==(const PaymentReturns&) const = default;
};
bool IsRefund(const PaymentReturn& back);

// pacs.002.001.10, FIToFIPaymentStatusReport.
//
//   OrgnlEndToEndId, OrgnlTxId  of a pacs.008; of a pacs.004 the refund's number is OrgnlInstrId
//   TxSts                       status
//   StsRsnInf                   reason           a code (Cd) or the ledger's word (Prtry)
//   ClrSysRef                   cycle
//   OrgnlTxRef IntrBkSttlmAmt, IntrBkSttlmDt, DbtrAcct   what is spoken of
struct TransferStatus {
  std::string instruction;
  std::string end_to_end;
  std::string transaction;
  std::string status;
  StatusReason reason;
  Nanos accepted = 0;  // 0: not stated
  std::string cycle;
  Money amount;  // no currency: not stated
  DayNumber settlement_date = 0;
  std::string debtor_account;  // empty: not stated
  bool operator==(const TransferStatus&) const = default;
};
struct TransferStatuses {
  PacsHeader header;
  std::string original_id;  // empty: of no message in particular
  std::string original_message;
  std::string group_status;
  StatusReason group_reason;
  std::vector<TransferStatus> statuses;
  bool operator==(const TransferStatuses&) const = default;
};

// Errors: as of ReadInitiation; amount_mismatch where more is returned than was paid,
// currency_mismatch where it is another currency, unknown_enum for a settlement method that is not
// CLRG. A TxId (of a return: its RtrId) is one transaction's in a message. Instants without an
// offset are of `utc_offset_minutes`.
Result<CreditTransfers> ReadCreditTransfers(std::string_view bytes, int utc_offset_minutes);
Result<PaymentReturns> ReadPaymentReturns(std::string_view bytes, int utc_offset_minutes);
Result<TransferStatuses> ReadTransferStatuses(std::string_view bytes, int utc_offset_minutes);

// At least one transaction, but for statuses; every one in the header's currency sums.
std::string WriteCreditTransfers(const CreditTransfers& message);
std::string WritePaymentReturns(const PaymentReturns& message);
std::string WriteTransferStatuses(const TransferStatuses& message);

}  // namespace longmen::adapters::iso20022
