#include "adapters/iso20022/pain001.h"

#include <fmt/format.h>

#include <unordered_map>

#include "adapters/iso20022/values.h"

namespace longmen::adapters::iso20022 {
namespace {

constexpr const char* kElement = "CstmrCdtTrfInitn";

// ReqdExctnDt is a date or, since 2019, a date and time.
void ReadExecution(const Element& execution, PaymentInformation& payment, Reading& reading) {
  const Element instant = execution.Child("DtTm");
  if (!instant.present()) {
    payment.execution = reading.Date(execution.Child("Dt"));
    return;
  }
  const Nanos at = reading.Instant(instant) + reading.utc_offset_minutes() * kNanosPerMinute;
  payment.execution = static_cast<DayNumber>(FloorDivide(at, kNanosPerDay));
  payment.execution_minute =
      static_cast<uint16_t>((at - payment.execution * kNanosPerDay) / kNanosPerMinute);
}

// Several lines of Ustrd are one text.
std::string ReadRemittance(const Element& remittance) {
  std::string text;
  for (const Element& line : remittance.Children("Ustrd")) {
    if (!text.empty()) text += ' ';
    text += line.Text();
  }
  if (!text.empty()) return text;
  return remittance.Of({"Strd", "CdtrRefInf", "Ref"}).Text();
}

Instruction ReadInstruction(const Element& transaction, Reading& reading) {
  Instruction instruction;
  instruction.instruction = reading.OptionalId(transaction.Of({"PmtId", "InstrId"}));
  instruction.end_to_end = reading.Id(transaction.Of({"PmtId", "EndToEndId"}));
  instruction.amount = reading.Amount(transaction.Of({"Amt", "InstdAmt"}));
  instruction.creditor_agent = reading.Agent(transaction.Child("CdtrAgt"));
  instruction.creditor = reading.Letters(transaction.Of({"Cdtr", "Nm"}), kNameLettersMax, true);
  instruction.creditor_account = reading.Account(transaction.Child("CdtrAcct"), true);
  instruction.remittance = ReadRemittance(transaction.Child("RmtInf"));
  return instruction;
}

// An id is one transaction's in the whole message: answers name it by nothing else.
class EndToEndIds {
 public:
  void Add(const std::string& id, const Element& transaction, Reading& reading) {
    const auto [before, fresh] = places_.try_emplace(id, ++count_);
    if (fresh) return;
    reading.Fail(Code::DUPLICATE_IN_GROUP, transaction.Of({"PmtId", "EndToEndId"}),
                 fmt::format("'{}' is that of transaction {} too", id, before->second));
  }

 private:
  std::unordered_map<std::string, uint64_t> places_;
  uint64_t count_ = 0;
};

PaymentInformation ReadPayment(const Element& element, EndToEndIds& ids, DecimalSum& total,
                               Reading& reading) {
  PaymentInformation payment;
  payment.id = reading.Id(element.Child("PmtInfId"));
  reading.OneOf(element.Child("PmtMtd"), {"TRF"});
  ReadExecution(element.Child("ReqdExctnDt"), payment, reading);
  payment.debtor = reading.Letters(element.Of({"Dbtr", "Nm"}), kNameLettersMax, false);
  payment.debtor_account = reading.Account(element.Child("DbtrAcct"), true);
  payment.debtor_agent = reading.Agent(element.Child("DbtrAgt"));
  DecimalSum sum;
  for (const Element& transaction : element.Children("CdtTrfTxInf")) {
    payment.instructions.push_back(ReadInstruction(transaction, reading));
    if (reading.failed()) return payment;
    const Instruction& instruction = payment.instructions.back();
    ids.Add(instruction.end_to_end, transaction, reading);
    sum.Add(instruction.amount);
    total.Add(instruction.amount);
  }
  if (payment.instructions.empty()) {
    reading.Fail(Code::MISSING_FIELD, element.Child("CdtTrfTxInf"), "no transaction");
  }
  if (element.Child("NbOfTxs").present()) {
    CheckCount(element.Child("NbOfTxs"), payment.instructions.size(), reading);
  }
  sum.Check(element.Child("CtrlSum"), reading);
  return payment;
}

}  // namespace

Result<Initiation> ReadInitiation(std::string_view bytes, int utc_offset_minutes) {
  const auto document = Document::Parse(bytes, kPain001);
  if (!document.ok()) return document.error();
  const auto message = document->Message(kElement);
  if (!message.ok()) return message.error();
  const Element header = message->Child("GrpHdr");
  Reading reading(utc_offset_minutes);
  Initiation initiation;
  initiation.id = reading.Id(header.Child("MsgId"));
  initiation.created = reading.Instant(header.Child("CreDtTm"));
  initiation.initiator = reading.Letters(header.Of({"InitgPty", "Nm"}), kNameLettersMax, false);
  initiation.count = reading.Count(header.Child("NbOfTxs"));
  initiation.sum = header.Child("CtrlSum").Text();
  EndToEndIds ids;
  DecimalSum total;
  uint64_t count = 0;
  for (const Element& element : message->Children("PmtInf")) {
    initiation.payments.push_back(ReadPayment(element, ids, total, reading));
    if (reading.failed()) return reading.error();
    count += initiation.payments.back().instructions.size();
  }
  if (initiation.payments.empty()) {
    reading.Fail(Code::MISSING_FIELD, message->Child("PmtInf"), "no payment");
  }
  CheckCount(header.Child("NbOfTxs"), count, reading);
  total.Check(header.Child("CtrlSum"), reading);
  if (reading.failed()) return reading.error();
  return initiation;
}

Initiation ReadInitiationHeader(std::string_view bytes) {
  Initiation initiation;
  const auto document = Document::Parse(bytes, kPain001);
  if (!document.ok()) return initiation;
  const auto message = document->Message(kElement);
  if (!message.ok()) return initiation;
  const Element header = message->Child("GrpHdr");
  Reading id;
  initiation.id = id.Id(header.Child("MsgId"));
  if (id.failed()) initiation.id.clear();
  Reading count;
  initiation.count = count.Count(header.Child("NbOfTxs"));
  if (count.failed()) initiation.count = 0;
  return initiation;
}

}  // namespace longmen::adapters::iso20022
