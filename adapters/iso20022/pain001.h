// pain.001.001.09, CustomerCreditTransferInitiation: payments that an enterprise has its bank make.
//
//   element                               here                 in the ledger (enterprise_records.h)
//   GrpHdr/MsgId                          id                   batch
//   GrpHdr/CreDtTm                        created              occurredAt
//   GrpHdr/NbOfTxs, CtrlSum               count, sum           checked
//   PmtInf/PmtInfId                       PaymentInformation   part of the payment's reference
//   PmtInf/NbOfTxs, CtrlSum               checked
//   PmtInf/PmtMtd                         TRF                  nothing else is taken
//   PmtInf/ReqdExctnDt Dt, DtTm           execution            expectedDate, expectedMinute
//   PmtInf/DbtrAcct/Id IBAN, Othr/Id      debtor_account       mode and submitter, by the mapping
//   CdtTrfTxInf/PmtId/EndToEndId          end_to_end           part of the payment's reference
//   CdtTrfTxInf/Amt/InstdAmt              amount               amount
//   CdtTrfTxInf/CdtrAgt                   creditor_agent       payeeBranch
//   CdtTrfTxInf/Cdtr/Nm                   creditor             payeeName
//   CdtTrfTxInf/CdtrAcct/Id               creditor_account     payee, by the mapping
//   CdtTrfTxInf/RmtInf/Ustrd              remittance           purpose
//
// The place of a transaction in the message, from 1, is its line in the batch. What the file itself
// can say is checked here, and a file with any fault is refused whole, with the element's path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "events/base/time.h"
#include "events/money/money.h"

namespace longmen::adapters::iso20022 {

inline constexpr std::string_view kPain001 = "pain.001.001.09";

struct Instruction {
  std::string instruction;  // InstrId; empty: none
  std::string end_to_end;
  Money amount;
  std::string creditor;
  std::string creditor_account;
  std::string creditor_agent;  // empty: not stated
  std::string remittance;
  bool operator==(const Instruction&) const = default;
};

struct PaymentInformation {
  std::string id;
  DayNumber execution = 0;
  uint16_t execution_minute = 0;  // of that day
  std::string debtor;
  std::string debtor_account;
  std::string debtor_agent;
  std::vector<Instruction> instructions;
  bool operator==(const PaymentInformation&) const = default;
};

struct Initiation {
  std::string id;
  Nanos created = 0;
  std::string initiator;
  uint64_t count = 0;
  std::string sum;  // CtrlSum as it stands; empty: not stated
  std::vector<PaymentInformation> payments;
  bool operator==(const Initiation&) const = default;
};

// Errors: those of Document; missing_field, too_long, bad_text, bad_time; unknown_enum for another
// method of payment; unknown_currency, amount_not_positive, amount_out_of_range; a count or sum
// that is not that of the transactions, control_total_mismatch; an EndToEndId that came before in
// the message, duplicate_in_group. An instant without an offset is of `utc_offset_minutes`.
Result<Initiation> ReadInitiation(std::string_view bytes, int utc_offset_minutes);

// What a refused message says of itself; empty where it cannot be read so far.
Initiation ReadInitiationHeader(std::string_view bytes);

}  // namespace longmen::adapters::iso20022
