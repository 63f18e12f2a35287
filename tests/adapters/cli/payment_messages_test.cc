// Payment messages through the program: a pain.001 and what is said of it, messages between banks.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/support/program/program.h"

namespace longmen::testing {
namespace {

const std::string kMapping = R"({
  "accounts": {"0200001": "ICBC:cash", "0200002": "CMB:landlord", "755901": "CMB:cash"},
  "debtors": {"755901": {"mode": "pay", "submitter": "li"}}})";

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

struct Sent {
  const char* end_to_end;
  const char* creditor;
  const char* yuan;
};

std::string Pain001(const std::string& id, const std::vector<Sent>& payments,
                    const std::string& sum) {
  std::string text = fmt::format(
      R"(<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn>)"
      R"(<GrpHdr><MsgId>{}</MsgId><CreDtTm>2021-03-01T09:00:00</CreDtTm><NbOfTxs>{}</NbOfTxs>)"
      R"(<CtrlSum>{}</CtrlSum><InitgPty><Nm>Firm</Nm></InitgPty></GrpHdr><PmtInf>)"
      R"(<PmtInfId>RUN</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt><Dt>2021-03-01</Dt>)"
      R"(</ReqdExctnDt><Dbtr><Nm>Firm</Nm></Dbtr><DbtrAcct><Id><Othr><Id>755901</Id></Othr></Id>)"
      R"(</DbtrAcct><DbtrAgt><FinInstnId/></DbtrAgt>)",
      id, payments.size(), sum);
  for (const Sent& sent : payments) {
    text += fmt::format(
        R"(<CdtTrfTxInf><PmtId><EndToEndId>{}</EndToEndId></PmtId><Amt><InstdAmt Ccy="CNY">{})"
        R"(</InstdAmt></Amt><Cdtr><Nm>Payee</Nm></Cdtr><CdtrAcct><Id><Othr><Id>{}</Id></Othr></Id>)"
        R"(</CdtrAcct></CdtTrfTxInf>)",
        sent.end_to_end, sent.yuan, sent.creditor);
  }
  return text + "</PmtInf></CstmrCdtTrfInitn></Document>\n";
}

// "RUN+E1 PDNG, RUN+E2 RJCT unknown_account": the transactions of a pain.002 or pacs.002, with the
// group's status before them.
std::string Statuses(const std::string& xml) {
  const auto inside = [](const std::string& text, const std::string& tag, size_t from = 0) {
    const size_t begin = text.find("<" + tag + ">", from);
    if (begin == std::string::npos) return std::string();
    const size_t start = begin + tag.size() + 2;
    return text.substr(start, text.find("</" + tag + ">", start) - start);
  };
  std::string said = inside(xml, "GrpSts") + ":";
  for (size_t at = xml.find("<TxInfAndSts>"); at != std::string::npos;
       at = xml.find("<TxInfAndSts>", at + 1)) {
    const std::string one = xml.substr(at, xml.find("</TxInfAndSts>", at) - at);
    said += " " + inside(one, "OrgnlEndToEndId") + " " + inside(one, "TxSts");
    const std::string reason = inside(one, "Prtry");
    if (!reason.empty()) said += "(" + reason + ")";
  }
  return said;
}

class PaymentMessages : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    RegisterBanks({"ICBC", "CMB"});
    const Said more = Ingest(ProposalText(
        "landlord", "CMB:landlord",
        R"("registration":{"account":{"currency":"CNY","kind":"customer","participant":"CMB"}})"));
    ASSERT_EQ(more.code, 0) << more.out;
    Enterprise(R"("openMode":{"mode":"pay","administrator":"ding","account":"CMB:cash",)"
               R"("levels":[{"approvers":["zhao"]}]})");
    Write("mapping.json", kMapping);
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(Path(name)) << text;
  }

  Said Record(const std::string& scenario, const std::string& step) {
    ++ids_;
    return Longmen({"ingest", ledger(), "-", "--source", "operator", "--scenario", scenario,
                    "--clock", "input"},
                   fmt::format(R"({{"id":"r{}","occurredAt":"2021-03-01T01:0{}:00Z",{}}})", ids_,
                               std::min(ids_, 9), step));
  }
  void Enterprise(const std::string& step) {
    const Said said = Record("enterprise", step);
    ASSERT_EQ(said.code, 0) << step << said.out << said.err;
  }
  void Approve(const std::string& payment, const std::string& decision = "approve") {
    Enterprise(fmt::format(R"("approval":{{"payment":"{}","decision":"{}","by":"zhao",)"
                           R"("orderVersion":1}})",
                           payment, decision));
  }
  void Execute(const std::string& payment) {
    Enterprise(fmt::format(R"("execution":{{"payment":"{}","schemes":["nucc"]}})", payment));
  }

  // Loads a message and gives its answer, empty where there is none.
  Said Load(const std::string& format, const std::string& text,
            std::vector<std::string> more = {}) {
    Write("message.xml", text);
    std::filesystem::remove(Path("status.xml"));
    std::vector<std::string> arguments = {"ingest",   ledger(),  Path("message.xml"),
                                          "--format", format,    "--source",
                                          "operator", "--clock", "input"};
    if (!format.starts_with("pacs.002")) {
      arguments.insert(arguments.end(), {"--status", Path("status.xml")});
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Longmen(arguments);
  }
  Said LoadPain(const std::string& text) {
    return Load("pain.001", text, {"--mapping", Path("mapping.json")});
  }
  std::string Answer() { return ReadWhole(Path("status.xml")); }
  std::string StatusOf(const std::string& message) {
    const Said said = Longmen({"payment-status", ledger(), message});
    EXPECT_EQ(said.code, 0) << said.err;
    return Statuses(said.out);
  }

  int ids_ = 0;
};

const std::vector<Sent> kFive = {{"E1", "0200001", "100.00"},
                                 {"E2", "0200002", "200.00"},
                                 {"E3", "0200001", "300.00"},
                                 {"E4", "0200001", "400.00"},
                                 {"E5", "0299999", "500.00"}};

TEST_F(PaymentMessages, AMessageGoesFromPendingToPaidAndIsLoadedOnce) {
  const std::string message = Pain001("M1", kFive, "1500.00");
  const Said loaded = LoadPain(message);
  EXPECT_EQ(loaded.code, 1) << loaded.err;  // one is refused
  EXPECT_EQ(Statuses(Answer()), "PART: E1 PDNG E2 PDNG E3 PDNG E4 PDNG E5 RJCT(unknown_account)");
  EXPECT_EQ(StatusOf("M1"), Statuses(Answer()));

  Approve("RUN+E1");
  Approve("RUN+E2");
  Approve("RUN+E3");
  Approve("RUN+E4", "veto");
  EXPECT_EQ(StatusOf("M1"),
            "PART: E1 ACCP E2 ACCP E3 ACCP E4 RJCT(declined) E5 RJCT(unknown_account)");
  Execute("RUN+E1");
  Execute("RUN+E2");
  EXPECT_EQ(StatusOf("M1"),
            "PART: E1 ACSP E2 ACCC E3 ACCP E4 RJCT(declined) E5 RJCT(unknown_account)");
  Enterprise(
      R"("executionResult":{"payment":"RUN+E1","number":"RUN+E1/p1","outcome":"succeeded"})");
  const std::string paid =
      "PART: E1 ACSC E2 ACCC E3 ACCP E4 RJCT(declined) E5 RJCT(unknown_account)";
  EXPECT_EQ(StatusOf("M1"), paid);

  const size_t records = Records();
  EXPECT_EQ(LoadPain(message).code, 1);
  EXPECT_EQ(Records(), records);
  EXPECT_EQ(Statuses(Answer()), paid);
  EXPECT_TRUE(Holds(Answer(), "<OrgnlNbOfTxs>5</OrgnlNbOfTxs>"));
  const Said clean = LongmenAudit({"verify", ledger()});
  EXPECT_EQ(clean.code, 0) << clean.out << clean.err;
}

TEST_F(PaymentMessages, TheSamePaymentInAnotherMessageIsNotMadeAgain) {
  ASSERT_EQ(LoadPain(Pain001("M1", {kFive[0]}, "100.00")).code, 0);
  EXPECT_EQ(LoadPain(Pain001("M2", {kFive[0]}, "100.00")).code, 1);
  EXPECT_EQ(Statuses(Answer()), "RJCT: E1 RJCT(duplicate_notice)");
  // Other content under the same ids is no repeat.
  EXPECT_EQ(LoadPain(Pain001("M1", {{"E1", "0200001", "100.01"}}, "100.01")).code, 1);
  EXPECT_EQ(Statuses(Answer()), "RJCT: E1 RJCT(conflict)");
  EXPECT_EQ(StatusOf("M1"), "PDNG: E1 PDNG");
}

TEST_F(PaymentMessages, WhatEndsSaysWhy) {
  ASSERT_EQ(LoadPain(Pain001("M1", {kFive[0], kFive[1], kFive[2]}, "600.00")).code, 0);
  Approve("RUN+E1");
  Execute("RUN+E1");
  Enterprise(R"("executionResult":{"payment":"RUN+E1","number":"RUN+E1/p1","outcome":"failed",)"
             R"("reason":"closed"})");
  Enterprise(R"("revocation":{"payment":"RUN+E2","by":"li","reason":"typo"})");
  Approve("RUN+E3");
  Execute("RUN+E3");
  Enterprise(
      R"("executionResult":{"payment":"RUN+E3","number":"RUN+E3/p1","outcome":"succeeded"})");
  Enterprise(R"("paymentReturn":{"payment":"RUN+E3","reference":"B1","reason":"no such name",)"
             R"("amount":{"minor":"30000","currency":"CNY"}})");
  EXPECT_EQ(StatusOf("M1"), "RJCT: E1 RJCT(failed) E2 CANC(revoked) E3 RJCT(payment_return)");
  const Said said = Longmen({"payment-status", ledger(), "M1"});
  for (const char* reason : {"closed", "typo", "no such name"}) {
    EXPECT_TRUE(Holds(said.out, fmt::format("<AddtlInf>{}</AddtlInf>", reason))) << said.out;
  }
}

TEST_F(PaymentMessages, IdsThatMakeNoReferenceAreToldByTheFileAlone) {
  const std::string id(35, 'x');
  const std::string message = Pain001("M 1", {{id.c_str(), "0200001", "100.00"}}, "100.00");
  ASSERT_EQ(LoadPain(message).code, 0);
  EXPECT_EQ(Statuses(Answer()), "PDNG: " + id + " PDNG");
  EXPECT_TRUE(Holds(Answer(), "<OrgnlPmtInfId>RUN</OrgnlPmtInfId>"));
  const Said said = Longmen({"payment-status", ledger(), "M 1"});
  EXPECT_EQ(Statuses(said.out), "PDNG:  PDNG") << said.err;
  EXPECT_TRUE(Holds(said.out, "<OrgnlMsgId>M 1</OrgnlMsgId>")) << said.out;
  EXPECT_TRUE(Holds(said.out, "<StsId>xxxxxxxxxxxxxxxxxx~")) << said.out;
}

TEST_F(PaymentMessages, AMessageThatDoesNotAddUpIsRefusedWhole) {
  const size_t records = Records();
  const Said off = LoadPain(Pain001("M1", kFive, "1500.01"));
  EXPECT_EQ(off.code, 1);
  EXPECT_TRUE(Holds(off.err,
                    "control_total_mismatch at GrpHdr/CtrlSum: 1500.01 is stated and the "
                    "amounts are 1500.00: 0.01 too much"))
      << off.err;
  EXPECT_EQ(Records(), records);
  EXPECT_EQ(Statuses(Answer()), "RJCT:");
  EXPECT_TRUE(Holds(Answer(), "<OrgnlMsgId>M1</OrgnlMsgId>"));
  EXPECT_TRUE(Holds(Answer(), "<Prtry>control_total_mismatch</Prtry>"));
  const std::string whole = Pain001("M1", kFive, "1500.00");
  EXPECT_EQ(LoadPain(whole.substr(0, whole.size() / 2)).code, 1);
  EXPECT_TRUE(Holds(Answer(), "<Prtry>malformed</Prtry>"));
  EXPECT_EQ(Records(), records);
  const Said unknown = Longmen({"payment-status", ledger(), "M1"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_EQ(unknown.err, "longmen: not_found at message: nothing of M1 is in the log\n");
}

TEST_F(PaymentMessages, ADebtorWhomNobodyNamedPaysNothing) {
  Write("mapping.json", R"({"accounts":{"0200001":"ICBC:cash"},"debtors":{}})");
  EXPECT_EQ(LoadPain(Pain001("M1", {kFive[0]}, "100.00")).code, 1);
  EXPECT_EQ(Statuses(Answer()), "RJCT: E1 RJCT(unknown_mandate)");
  EXPECT_EQ(StatusOf("M1"), "RJCT: E1 RJCT(unknown_mandate)");
}

TEST_F(PaymentMessages, TheCallIsChecked) {
  Write("message.xml", "");
  const auto said = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"ingest", ledger(), Path("message.xml")});
    const Said got = Longmen(more);
    EXPECT_EQ(got.code, 2) << got.err;
    return got.err;
  };
  EXPECT_TRUE(Holds(said({"--format", "pain.001", "--source", "operator"}), "mapping"));
  EXPECT_TRUE(Holds(said({"--format", "pacs.008"}), "whose message is this?"));
  EXPECT_TRUE(Holds(said({"--format", "pacs.008", "--source", "nobody"}), "not registered here"));
  EXPECT_TRUE(Holds(said({"--format", "pacs.008", "--proposals"}), "a scenario of its own"));
  EXPECT_TRUE(Holds(said({"--status", "x", "--scenario", "metro"}), "goes with --format"));
  EXPECT_TRUE(Holds(
      said({"--format", "pacs.008", "--source", "operator", "--mapping", Path("message.xml")}),
      "mapping"));
}

std::string Pacs008(const std::string& id, const std::string& order, const std::string& yuan) {
  return fmt::format(
      R"(<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf>)"
      R"(<GrpHdr><MsgId>{}</MsgId><CreDtTm>2021-03-01T09:10:00+08:00</CreDtTm><NbOfTxs>1</NbOfTxs>)"
      R"(<SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr><CdtTrfTxInf><PmtId><EndToEndId>)"
      R"({}</EndToEndId><TxId>T-{}</TxId></PmtId><IntrBkSttlmAmt Ccy="CNY">{}</IntrBkSttlmAmt>)"
      R"(<ChrgBr>SLEV</ChrgBr><Dbtr/><DbtrAcct><Id><Othr><Id>ICBC:cash</Id></Othr></Id></DbtrAcct>)"
      R"(<DbtrAgt><FinInstnId/></DbtrAgt><CdtrAgt><FinInstnId/></CdtrAgt><Cdtr/><CdtrAcct><Id>)"
      R"(<Othr><Id>CMB:cash</Id></Othr></Id></CdtrAcct></CdtTrfTxInf></FIToFICstmrCdtTrf>)"
      R"(</Document>)",
      id, order, order, yuan);
}

std::string Pacs004(const std::string& id, const std::string& order, const std::string& yuan) {
  return fmt::format(
      R"(<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.004.001.09"><PmtRtr><GrpHdr>)"
      R"(<MsgId>{}</MsgId><CreDtTm>2021-03-01T09:20:00+08:00</CreDtTm><NbOfTxs>1</NbOfTxs>)"
      R"(<SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr><TxInf><RtrId>{}</RtrId>)"
      R"(<OrgnlEndToEndId>{}</OrgnlEndToEndId><OrgnlTxId>T-{}</OrgnlTxId>)"
      R"(<RtrdIntrBkSttlmAmt Ccy="CNY">{}</RtrdIntrBkSttlmAmt><RtrRsnInf><Rsn><Cd>CUST</Cd></Rsn>)"
      R"(</RtrRsnInf></TxInf></PmtRtr></Document>)",
      id, id, order, order, yuan);
}

std::string Pacs002(const std::string& id, const std::string& order, const std::string& status) {
  return fmt::format(
      R"(<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10"><FIToFIPmtStsRpt><GrpHdr>)"
      R"(<MsgId>{}</MsgId><CreDtTm>2021-03-01T09:15:00+08:00</CreDtTm></GrpHdr><TxInfAndSts>)"
      R"(<OrgnlEndToEndId>{}</OrgnlEndToEndId><OrgnlTxId>T-{}</OrgnlTxId><TxSts>{}</TxSts>)"
      R"(<OrgnlTxRef><IntrBkSttlmAmt Ccy="CNY">100.00</IntrBkSttlmAmt></OrgnlTxRef></TxInfAndSts>)"
      R"(</FIToFIPmtStsRpt></Document>)",
      id, order, order, status);
}

class GatewayMessages : public PaymentMessages {
 protected:
  void SetUp() override {
    PaymentMessages::SetUp();
    for (const char* order : {"ORD-1", "ORD-2"}) {
      const Said said =
          Record("b2b_gateway",
                 fmt::format(R"("gatewayRequest":{{"order":"{}","amount":{{"minor":"10000",)"
                             R"("currency":"CNY"}},"payee":"CMB:cash","payer":"ICBC:cash",)"
                             R"("scheme":"nucc","submitter":"li"}})",
                             order));
      ASSERT_EQ(said.code, 0) << said.out << said.err;
    }
  }
  std::string OrderState(const std::string& order) {
    return Query({"order", "b2b_gateway/" + order, "--json"}).out;
  }
};

TEST_F(GatewayMessages, ACreditTransferIsBookedAndAnswered) {
  const Said said = Load("pacs.008", Pacs008("P1", "ORD-1", "100.00"));
  EXPECT_EQ(said.code, 0) << said.out << said.err;
  EXPECT_TRUE(Statuses(Answer()).starts_with("ACSC: ORD-1 ACSC")) << Answer();
  EXPECT_TRUE(Holds(OrderState("ORD-1"), R"("status":"paid")")) << OrderState("ORD-1");
  const size_t records = Records();
  EXPECT_EQ(Load("pacs.008", Pacs008("P1", "ORD-1", "100.00")).code, 0);
  EXPECT_EQ(Records(), records);
  // What contradicts the order is refused for what it is.
  EXPECT_EQ(Load("pacs.008", Pacs008("P2", "ORD-2", "100.01")).code, 1);
  EXPECT_EQ(Statuses(Answer()), "RJCT: ORD-2 RJCT(amount_mismatch)");
  EXPECT_EQ(Load("pacs.008", Pacs008("P3", "ORD-3", "100.00")).code, 1);
  EXPECT_EQ(Statuses(Answer()), "RJCT: ORD-3 RJCT(unknown_order)");
  EXPECT_EQ(Load("pacs.008", Pacs008("P4", "ORD-1", "100.00")).code, 1);
  EXPECT_EQ(Statuses(Answer()), "RJCT: ORD-1 RJCT(duplicate_notice)");
}

TEST_F(GatewayMessages, AStatusResolvesADebitThatNobodyKnewOf) {
  ASSERT_EQ(Load("pacs.002", Pacs002("S1", "ORD-1", "PDNG")).code, 0);
  EXPECT_FALSE(Holds(OrderState("ORD-1"), R"("status":"paid")"));
  ASSERT_EQ(Load("pacs.002", Pacs002("S2", "ORD-1", "ACCC")).code, 0);
  EXPECT_TRUE(Holds(OrderState("ORD-1"), R"("status":"paid")"));
  EXPECT_EQ(Load("pacs.002-success", Pacs002("S3", "ORD-1", "ACSC")).code, 0);
  ASSERT_EQ(Load("pacs.002", Pacs002("S4", "ORD-2", "RJCT")).code, 0);
  EXPECT_FALSE(Holds(OrderState("ORD-2"), R"("status":"paid")"));
  const Said late = Load("pacs.002", Pacs002("S5", "ORD-1", "RJCT"));
  EXPECT_EQ(late.code, 1);
  EXPECT_TRUE(Holds(late.out, "already_resolved")) << late.out;
}

TEST_F(GatewayMessages, APartComesBackAndNeverMoreThanTheDebit) {
  ASSERT_EQ(Load("pacs.008", Pacs008("P1", "ORD-1", "100.00")).code, 0);
  EXPECT_EQ(Load("pacs.004", Pacs004("R1", "ORD-1", "40.00")).code, 0);
  EXPECT_EQ(Statuses(Answer()), "ACSC: ORD-1 ACSC");
  EXPECT_EQ(Load("pacs.004", Pacs004("R2", "ORD-1", "60.01")).code, 1);
  EXPECT_EQ(Statuses(Answer()), "RJCT: ORD-1 RJCT(exceeds_debit)");
  EXPECT_EQ(Load("pacs.004", Pacs004("R3", "ORD-2", "1.00")).code, 1);
  EXPECT_EQ(Statuses(Answer()), "RJCT: ORD-2 RJCT(unknown_debit)");
}

TEST_F(GatewayMessages, ARequestPlacesTheOrderThatTheMandateThenJudges) {
  std::string mapping = kMapping;
  mapping.insert(1, R"("scheme":"nucc",)");
  Write("mapping.json", mapping);
  std::string request = Pacs008("Q1", "ORD-9", "100.00");
  request.replace(request.find("ICBC:cash"), 9, "755901");
  request.replace(request.find("CMB:cash"), 8, "0200001");
  const Said said = Load("pacs.008-request", request, {"--mapping", Path("mapping.json")});
  EXPECT_EQ(said.code, 0) << said.out << said.err;
  EXPECT_EQ(Statuses(Answer()), "ACCP: ORD-9 ACCP");
  EXPECT_TRUE(Holds(OrderState("ORD-9"), R"("status":"pending_authorization")"))
      << OrderState("ORD-9");
}

// What one ledger exports another one takes in, to the same position.
TEST_F(GatewayMessages, WhatIsExportedIsTakenInElsewhere) {
  ASSERT_EQ(Load("pacs.008", Pacs008("P1", "ORD-1", "100.00")).code, 0);
  ASSERT_EQ(Load("pacs.008", Pacs008("P2", "ORD-2", "100.00")).code, 0);
  ASSERT_EQ(Load("pacs.004", Pacs004("R1", "ORD-1", "40.00")).code, 0);
  const auto positions = Query({"positions", "B202103010001", "--csv"}).out;
  std::map<std::string, std::string> messages;
  for (const std::string what : {"pacs008", "pacs004"}) {
    for (const auto& [scope, value] : std::map<std::string, std::string>{
             {"--cycle", "B202103010001"}, {"--date", "2021-03-01"}}) {
      const Said said =
          Longmen({"export", ledger(), Path(what + scope), "--what", what, scope, value});
      ASSERT_EQ(said.code, 0) << said.err;
      const auto files = FilesOf(Path(what + scope));
      ASSERT_EQ(files.size(), 1u) << said.out << said.err;
      messages[what] = files.begin()->second;
    }
  }
  EXPECT_TRUE(
      Holds(messages["pacs004"], R"(<OrgnlIntrBkSttlmAmt Ccy="CNY">100.00</OrgnlIntrBkSttlmAmt>)"))
      << messages["pacs004"];
  EXPECT_TRUE(Holds(messages["pacs008"], "<ClrSysRef>B202103010001</ClrSysRef>"));

  Program::TearDown();
  ids_ = 0;
  GatewayMessages::SetUp();
  EXPECT_EQ(Load("pacs.008", messages["pacs008"]).code, 0);
  EXPECT_TRUE(Statuses(Answer()).starts_with("ACSC: ORD-1 ACSC")) << Answer();
  EXPECT_EQ(Load("pacs.004", messages["pacs004"]).code, 0) << Answer();
  EXPECT_EQ(Query({"positions", "B202103010001", "--csv"}).out, positions);
}

TEST_F(GatewayMessages, WhatIsNotThereIsNoMessage) {
  const Said said =
      Longmen({"export", ledger(), Path("none"), "--what", "pacs008", "--cycle", "B202103010001"});
  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.err, "longmen: there is no such transaction, hence no message\n");
  EXPECT_EQ(Longmen({"export", ledger(), Path("none"), "--what", "pacs008", "--cycle", "X"}).code,
            1);
  EXPECT_EQ(Longmen({"export", ledger(), Path("none"), "--what", "pacs008"}).code, 2);
}

}  // namespace
}  // namespace longmen::testing
