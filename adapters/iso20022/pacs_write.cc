#include <algorithm>
#include <utility>

#include "adapters/iso20022/pacs.h"
#include "adapters/iso20022/values.h"

namespace longmen::adapters::iso20022 {
namespace {

void PutIfSaid(Branch branch, const char* name, std::string_view text) {
  if (!text.empty()) branch.Put(name, text);
}

void PutDate(Branch branch, const char* name, DayNumber date) {
  if (date != 0) branch.Put(name, FormatDate(date));
}

void PutAmountIfSaid(Branch branch, const char* name, const Money& amount) {
  if (amount.currency.numeric != 0) PutAmount(branch, name, amount);
}

// A name may be missing, the element may not.
void PutParty(Branch branch, const char* name, std::string_view party) {
  const Branch element = branch.Put(name);
  if (!party.empty()) element.PutWords("Nm", party, kNameLettersMax);
}

void PutSettlement(Branch header, const PacsHeader& said) {
  const Branch settlement = header.Put("SttlmInf");
  settlement.Put("SttlmMtd", "CLRG");
  if (!said.clearing_system.empty()) {
    settlement.Put("ClrSys").Put("Prtry", said.clearing_system);
  }
}

// NbOfTxs, CtrlSum and, where all amounts are of one currency, their total.
template <typename Transactions>
void PutTotals(Branch header, const char* total_name, const Transactions& transactions) {
  DecimalSum sum;
  WideSum total;
  for (const auto& transaction : transactions) {
    sum.Add(transaction.amount);
    total.Add(transaction.amount.minor);
  }
  const Currency currency = transactions.front().amount.currency;
  const bool one = std::ranges::all_of(transactions, [&](const auto& transaction) {
    return transaction.amount.currency == currency;
  });
  header.Put("NbOfTxs", std::to_string(transactions.size()));
  header.Put("CtrlSum", sum.Text(one ? currency.exponent() : 0));
  if (!one || !total.fits()) return;
  PutAmount(header, total_name, {static_cast<int64_t>(total.value()), currency});
}

void PutTransfer(Branch message, const CreditTransfer& transfer) {
  const Branch branch = message.Put("CdtTrfTxInf");
  const Branch id = branch.Put("PmtId");
  PutIfSaid(id, "InstrId", transfer.instruction);
  id.Put("EndToEndId", transfer.end_to_end);
  id.Put("TxId", transfer.transaction);
  PutIfSaid(id, "ClrSysRef", transfer.cycle);
  PutAmount(branch, "IntrBkSttlmAmt", transfer.amount);
  PutDate(branch, "IntrBkSttlmDt", transfer.settlement_date);
  branch.Put("AccptncDtTm", FormatInstant(transfer.accepted));
  branch.Put("ChrgBr", "SLEV");
  PutParty(branch, "Dbtr", transfer.debtor);
  PutAccount(branch, "DbtrAcct", transfer.debtor_account);
  PutAgent(branch, "DbtrAgt", transfer.debtor_agent);
  PutAgent(branch, "CdtrAgt", transfer.creditor_agent);
  PutParty(branch, "Cdtr", transfer.creditor);
  PutAccount(branch, "CdtrAcct", transfer.creditor_account);
}

// Codes have at most four letters; what is longer is somebody's own word.
void PutReturnReason(Branch branch, const PaymentReturn& back) {
  constexpr size_t kCodeMax = 4;
  if (back.reason.empty() && back.more.empty()) return;
  const Branch information = branch.Put("RtrRsnInf");
  if (!back.reason.empty()) {
    information.Put("Rsn").Put(back.reason.size() <= kCodeMax ? "Cd" : "Prtry", back.reason);
  }
  if (!back.more.empty()) information.PutWords("AddtlInf", back.more, kMoreLettersMax);
}

void PutReturn(Branch message, const PaymentReturn& back) {
  const Branch branch = message.Put("TxInf");
  branch.Put("RtrId", back.id);
  branch.Put("OrgnlEndToEndId", back.end_to_end);
  branch.Put("OrgnlTxId", back.transaction);
  PutIfSaid(branch, "OrgnlClrSysRef", back.original_cycle);
  PutAmountIfSaid(branch, "OrgnlIntrBkSttlmAmt", back.original_amount);
  PutDate(branch, "OrgnlIntrBkSttlmDt", back.original_settlement_date);
  PutAmount(branch, "RtrdIntrBkSttlmAmt", back.amount);
  PutDate(branch, "IntrBkSttlmDt", back.settlement_date);
  PutIfSaid(branch, "ClrSysRef", back.cycle);
  PutReturnReason(branch, back);
}

void PutStatus(Branch message, const TransferStatus& status) {
  const Branch branch = message.Put("TxInfAndSts");
  PutIfSaid(branch, "OrgnlInstrId", status.instruction);
  branch.Put("OrgnlEndToEndId", status.end_to_end);
  branch.Put("OrgnlTxId", status.transaction);
  branch.Put("TxSts", status.status);
  PutReason(branch, status.reason);
  if (status.accepted != 0) branch.Put("AccptncDtTm", FormatInstant(status.accepted));
  PutIfSaid(branch, "ClrSysRef", status.cycle);
  const bool any = status.amount.currency.numeric != 0 || status.settlement_date != 0 ||
                   !status.debtor_account.empty();
  if (!any) return;
  const Branch original = branch.Put("OrgnlTxRef");
  PutAmountIfSaid(original, "IntrBkSttlmAmt", status.amount);
  PutDate(original, "IntrBkSttlmDt", status.settlement_date);
  if (!status.debtor_account.empty()) PutAccount(original, "DbtrAcct", status.debtor_account);
}

}  // namespace

std::string WriteCreditTransfers(const CreditTransfers& message) {
  NewDocument document(kPacs008, "FIToFICstmrCdtTrf");
  const Branch header = PutHeader(document.message(), message.header.id, message.header.created);
  PutTotals(header, "TtlIntrBkSttlmAmt", message.transfers);
  PutDate(header, "IntrBkSttlmDt", message.header.settlement_date);
  PutSettlement(header, message.header);
  for (const CreditTransfer& transfer : message.transfers) {
    PutTransfer(document.message(), transfer);
  }
  return document.Bytes();
}

std::string WritePaymentReturns(const PaymentReturns& message) {
  NewDocument document(kPacs004, "PmtRtr");
  const Branch header = PutHeader(document.message(), message.header.id, message.header.created);
  PutTotals(header, "TtlRtrdIntrBkSttlmAmt", message.returns);
  PutDate(header, "IntrBkSttlmDt", message.header.settlement_date);
  PutSettlement(header, message.header);
  for (const PaymentReturn& back : message.returns) PutReturn(document.message(), back);
  return document.Bytes();
}

std::string WriteTransferStatuses(const TransferStatuses& message) {
  NewDocument document(kPacs002, "FIToFIPmtStsRpt");
  PutHeader(document.message(), message.header.id, message.header.created);
  if (!message.original_id.empty()) {
    const Branch group = document.message().Put("OrgnlGrpInfAndSts");
    group.Put("OrgnlMsgId", message.original_id);
    group.Put("OrgnlMsgNmId", message.original_message);
    PutIfSaid(group, "GrpSts", message.group_status);
    PutReason(group, message.group_reason);
  }
  for (const TransferStatus& status : message.statuses) PutStatus(document.message(), status);
  return document.Bytes();
}

}  // namespace longmen::adapters::iso20022
