#include "tests/adapters/iso20022/pain001_text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace longmen::testing {
namespace {

using namespace adapters::iso20022;

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";  // "]]>" is no text
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string Tag(const std::string& name, const std::string& content) {
  return fmt::format("<{}>{}</{}>", name, content, name);
}

std::string Account(const std::string& id) {
  const bool iban = id.starts_with("CH") || id.starts_with("DE");
  return Tag("Id", iban ? Tag("IBAN", id) : Tag("Othr", Tag("Id", Escaped(id))));
}

std::string Agent(const std::string& agent) {
  return Tag("FinInstnId", Tag("ClrSysMmbId", Tag("MmbId", agent)));
}

std::string Transaction(const Instruction& instruction) {
  std::string ids =
      instruction.instruction.empty() ? "" : Tag("InstrId", Escaped(instruction.instruction));
  ids += Tag("EndToEndId", Escaped(instruction.end_to_end));
  std::string text = Tag("PmtId", ids);
  text +=
      Tag("Amt", fmt::format("<InstdAmt Ccy=\"{}\">{}</InstdAmt>",
                             instruction.amount.currency.alphabetic(),
                             FormatMinor(instruction.amount.minor, instruction.amount.currency)));
  if (!instruction.creditor_agent.empty())
    text += Tag("CdtrAgt", Agent(instruction.creditor_agent));
  text += Tag("Cdtr", Tag("Nm", Escaped(instruction.creditor)));
  text += Tag("CdtrAcct", Account(instruction.creditor_account));
  if (!instruction.remittance.empty()) {
    text += Tag("RmtInf", Tag("Ustrd", Escaped(instruction.remittance)));
  }
  return Tag("CdtTrfTxInf", text);
}

std::string Payment(const PaymentInformation& payment) {
  std::string text = Tag("PmtInfId", Escaped(payment.id)) + Tag("PmtMtd", "TRF") +
                     Tag("NbOfTxs", std::to_string(payment.instructions.size()));
  text += Tag("ReqdExctnDt", Tag("Dt", FormatDate(payment.execution)));
  text += Tag("Dbtr", Tag("Nm", Escaped(payment.debtor)));
  text += Tag("DbtrAcct", Account(payment.debtor_account));
  text += Tag("DbtrAgt", Agent(payment.debtor_agent));
  for (const Instruction& instruction : payment.instructions) text += Transaction(instruction);
  return Tag("PmtInf", text);
}

}  // namespace

Initiation SampleInitiation() {
  const Currency yuan{156};
  return {.id = "PAIN-1",
          .created = *ParseInstant("2021-03-01T09:00:00+08:00"),
          .initiator = "Payer Co",
          .count = 3,
          .sum = "38.20",
          .payments = {{.id = "SALARIES",
                        .execution = *ParseDate("2021-03-01"),
                        .debtor = "Payer Co",
                        .debtor_account = "755900000000001",
                        .debtor_agent = "308584000013",
                        .instructions = {{.instruction = "I1",
                                          .end_to_end = "E1",
                                          .amount = {620, yuan},
                                          .creditor = "Zhang & Sons",
                                          .creditor_account = "0200000000000000001",
                                          .creditor_agent = "102100099996",
                                          .remittance = "March"},
                                         {.end_to_end = "E2",
                                          .amount = {1200, yuan},
                                          .creditor = "王",
                                          .creditor_account = "CH0309000000250090342"}}},
                       {.id = "RENT",
                        .execution = *ParseDate("2021-03-05"),
                        .debtor = "Payer Co",
                        .debtor_account = "CH5109000000250092291",
                        .debtor_agent = "308584000013",
                        .instructions = {{.end_to_end = "E3",
                                          .amount = {2000, yuan},
                                          .creditor = "Landlord",
                                          .creditor_account = "0200000000000000002"}}}}};
}

std::string Pain001Text(const Initiation& initiation) {
  std::string header = Tag("MsgId", Escaped(initiation.id)) +
                       Tag("CreDtTm", FormatInstant(initiation.created)) +
                       Tag("NbOfTxs", std::to_string(initiation.count));
  if (!initiation.sum.empty()) header += Tag("CtrlSum", initiation.sum);
  header += Tag("InitgPty", Tag("Nm", Escaped(initiation.initiator)));
  std::string message = Tag("GrpHdr", header);
  for (const PaymentInformation& payment : initiation.payments) message += Payment(payment);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">" +
         Tag("CstmrCdtTrfInitn", message) + "</Document>\n";
}

std::string With(std::string text, const std::string& what, const std::string& by) {
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  if (at == std::string::npos) return text;
  return text.replace(at, what.size(), by);
}

}  // namespace longmen::testing
