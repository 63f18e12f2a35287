#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "adapters/iso20022/pacs.h"
#include "adapters/iso20022/values.h"

namespace longmen::adapters::iso20022 {
namespace {

// What the messages ask for beside the header's own two.
struct HeaderCheck {
  bool clears = true;  // SttlmInf must be there and say CLRG
};

PacsHeader ReadHeader(const Element& header, HeaderCheck check, Reading& reading) {
  PacsHeader read;
  read.id = reading.Id(header.Child("MsgId"));
  read.created = reading.Instant(header.Child("CreDtTm"));
  if (!check.clears) return read;
  const Element settlement = header.Child("SttlmInf");
  reading.OneOf(settlement.Child("SttlmMtd"), {"CLRG"});
  const Element system = settlement.Child("ClrSys");
  const Element code = system.Child("Cd");
  read.clearing_system = reading.OptionalId(code.present() ? code : system.Child("Prtry"));
  const Element date = header.Child("IntrBkSttlmDt");
  if (date.present()) read.settlement_date = reading.Date(date);
  return read;
}

DayNumber DateOr(const Element& date, DayNumber otherwise, Reading& reading) {
  return date.present() ? reading.Date(date) : otherwise;
}

Money AmountOrNone(const Element& amount, Reading& reading) {
  return amount.present() ? reading.Amount(amount) : Money{};
}

// Rsn/Cd, or Rsn/Prtry, and all of AddtlInf.
StatusReason ReadReason(const Element& information, Reading& reading) {
  StatusReason reason;
  const Element code = information.Of({"Rsn", "Cd"});
  reason.code = reading.OptionalId(code.present() ? code : information.Of({"Rsn", "Prtry"}));
  for (const Element& more : information.Children("AddtlInf")) {
    if (!reason.more.empty()) reason.more += ' ';
    reason.more += more.Text();
  }
  return reason;
}

// A transaction is named by one id in its message.
void CheckFresh(const std::string& id, const Element& element,
                std::unordered_set<std::string>& before, Reading& reading) {
  if (reading.failed() || before.insert(id).second) return;
  reading.Fail(Code::DUPLICATE_IN_GROUP, element, fmt::format("'{}' came before", id));
}

// Count, sum and total of the header against what is there; all amounts are of one currency, or the
// header states no total.
void CheckTotals(const Element& header, const char* total_name, uint64_t count,
                 const DecimalSum& sum, Reading& reading) {
  CheckCount(header.Child("NbOfTxs"), count, reading);
  sum.Check(header.Child("CtrlSum"), reading);
  sum.Check(header.Child(total_name), reading);
}

CreditTransfer ReadTransfer(const Element& element, const PacsHeader& header, Reading& reading) {
  CreditTransfer transfer;
  const Element id = element.Child("PmtId");
  transfer.instruction = reading.OptionalId(id.Child("InstrId"));
  transfer.end_to_end = reading.Id(id.Child("EndToEndId"));
  transfer.transaction = reading.Id(id.Child("TxId"));
  transfer.cycle = reading.OptionalId(id.Child("ClrSysRef"));
  transfer.amount = reading.Amount(element.Child("IntrBkSttlmAmt"));
  transfer.settlement_date =
      DateOr(element.Child("IntrBkSttlmDt"), header.settlement_date, reading);
  const Element accepted = element.Child("AccptncDtTm");
  transfer.accepted = accepted.present() ? reading.Instant(accepted) : header.created;
  transfer.debtor = reading.Letters(element.Of({"Dbtr", "Nm"}), kNameLettersMax, false);
  transfer.debtor_account = reading.Account(element.Child("DbtrAcct"), true);
  transfer.debtor_agent = reading.Agent(element.Child("DbtrAgt"));
  transfer.creditor = reading.Letters(element.Of({"Cdtr", "Nm"}), kNameLettersMax, false);
  transfer.creditor_account = reading.Account(element.Child("CdtrAcct"), true);
  transfer.creditor_agent = reading.Agent(element.Child("CdtrAgt"));
  return transfer;
}

void CheckReturned(const PaymentReturn& back, const Element& element, Reading& reading) {
  const Money& original = back.original_amount;
  if (original.currency.numeric == 0 || reading.failed()) return;
  const Element amount = element.Child("RtrdIntrBkSttlmAmt");
  if (original.currency != back.amount.currency) {
    reading.Fail(Code::CURRENCY_MISMATCH, amount,
                 fmt::format("{} were paid", original.currency.alphabetic()));
  } else if (back.amount.minor > original.minor) {
    reading.Fail(Code::AMOUNT_MISMATCH, amount,
                 fmt::format("{} is returned of {}", Format(back.amount), Format(original)));
  }
}

PaymentReturn ReadReturn(const Element& element, const PacsHeader& header, Reading& reading) {
  PaymentReturn back;
  back.id = reading.Id(element.Child("RtrId"));
  back.end_to_end = reading.Id(element.Child("OrgnlEndToEndId"));
  back.transaction = reading.Id(element.Child("OrgnlTxId"));
  back.original_cycle = reading.OptionalId(element.Child("OrgnlClrSysRef"));
  back.original_amount = AmountOrNone(element.Child("OrgnlIntrBkSttlmAmt"), reading);
  back.original_settlement_date = DateOr(element.Child("OrgnlIntrBkSttlmDt"), 0, reading);
  back.amount = reading.Amount(element.Child("RtrdIntrBkSttlmAmt"));
  back.settlement_date = DateOr(element.Child("IntrBkSttlmDt"), header.settlement_date, reading);
  back.cycle = reading.OptionalId(element.Child("ClrSysRef"));
  StatusReason reason = ReadReason(element.Child("RtrRsnInf"), reading);
  back.reason = std::move(reason.code);
  back.more = std::move(reason.more);
  CheckReturned(back, element, reading);
  return back;
}

TransferStatus ReadStatus(const Element& element, Reading& reading) {
  TransferStatus status;
  status.instruction = reading.OptionalId(element.Child("OrgnlInstrId"));
  status.end_to_end = reading.Id(element.Child("OrgnlEndToEndId"));
  status.transaction = reading.Id(element.Child("OrgnlTxId"));
  status.status = reading.Id(element.Child("TxSts"));
  status.reason = ReadReason(element.Child("StsRsnInf"), reading);
  const Element accepted = element.Child("AccptncDtTm");
  if (accepted.present()) status.accepted = reading.Instant(accepted);
  status.cycle = reading.OptionalId(element.Child("ClrSysRef"));
  const Element original = element.Child("OrgnlTxRef");
  status.amount = AmountOrNone(original.Child("IntrBkSttlmAmt"), reading);
  status.settlement_date = DateOr(original.Child("IntrBkSttlmDt"), 0, reading);
  status.debtor_account = reading.Account(original.Child("DbtrAcct"), false);
  return status;
}

}  // namespace

bool IsRefund(const PaymentReturn& back) { return back.reason == "CUST" || back.reason == "FOCR"; }

Result<CreditTransfers> ReadCreditTransfers(std::string_view bytes, int utc_offset_minutes) {
  const auto document = Document::Parse(bytes, kPacs008);
  if (!document.ok()) return document.error();
  const auto message = document->Message("FIToFICstmrCdtTrf");
  if (!message.ok()) return message.error();
  const Element header = message->Child("GrpHdr");
  Reading reading(utc_offset_minutes);
  CreditTransfers read;
  read.header = ReadHeader(header, {}, reading);
  std::unordered_set<std::string> ids;
  DecimalSum sum;
  for (const Element& element : message->Children("CdtTrfTxInf")) {
    CreditTransfer transfer = ReadTransfer(element, read.header, reading);
    CheckFresh(transfer.transaction, element.Of({"PmtId", "TxId"}), ids, reading);
    if (reading.failed()) return reading.error();
    sum.Add(transfer.amount);
    read.transfers.push_back(std::move(transfer));
  }
  if (read.transfers.empty()) {
    reading.Fail(Code::MISSING_FIELD, message->Child("CdtTrfTxInf"), "no transaction");
  }
  CheckTotals(header, "TtlIntrBkSttlmAmt", read.transfers.size(), sum, reading);
  if (reading.failed()) return reading.error();
  return read;
}

Result<PaymentReturns> ReadPaymentReturns(std::string_view bytes, int utc_offset_minutes) {
  const auto document = Document::Parse(bytes, kPacs004);
  if (!document.ok()) return document.error();
  const auto message = document->Message("PmtRtr");
  if (!message.ok()) return message.error();
  const Element header = message->Child("GrpHdr");
  Reading reading(utc_offset_minutes);
  PaymentReturns read;
  read.header = ReadHeader(header, {}, reading);
  std::unordered_set<std::string> ids;
  DecimalSum sum;
  for (const Element& element : message->Children("TxInf")) {
    PaymentReturn back = ReadReturn(element, read.header, reading);
    CheckFresh(back.id, element.Child("RtrId"), ids, reading);
    if (reading.failed()) return reading.error();
    sum.Add(back.amount);
    read.returns.push_back(std::move(back));
  }
  if (read.returns.empty()) {
    reading.Fail(Code::MISSING_FIELD, message->Child("TxInf"), "no transaction");
  }
  CheckTotals(header, "TtlRtrdIntrBkSttlmAmt", read.returns.size(), sum, reading);
  if (reading.failed()) return reading.error();
  return read;
}

Result<TransferStatuses> ReadTransferStatuses(std::string_view bytes, int utc_offset_minutes) {
  const auto document = Document::Parse(bytes, kPacs002);
  if (!document.ok()) return document.error();
  const auto message = document->Message("FIToFIPmtStsRpt");
  if (!message.ok()) return message.error();
  Reading reading(utc_offset_minutes);
  TransferStatuses read;
  read.header = ReadHeader(message->Child("GrpHdr"), {.clears = false}, reading);
  const Element group = message->Child("OrgnlGrpInfAndSts");
  read.original_id = reading.OptionalId(group.Child("OrgnlMsgId"));
  read.original_message = reading.OptionalId(group.Child("OrgnlMsgNmId"));
  read.group_status = reading.OptionalId(group.Child("GrpSts"));
  read.group_reason = ReadReason(group.Child("StsRsnInf"), reading);
  for (const Element& element : message->Children("TxInfAndSts")) {
    read.statuses.push_back(ReadStatus(element, reading));
    if (reading.failed()) return reading.error();
  }
  if (reading.failed()) return reading.error();
  return read;
}

}  // namespace longmen::adapters::iso20022
