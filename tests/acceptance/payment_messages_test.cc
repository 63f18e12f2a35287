// The payment messages of the shared data, taken in and answered; everything that is written is
// held against the official schemas by xmllint, where that is there.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/acceptance/real_data.h"

namespace longmen::testing {
namespace {

const std::string kData = "../shared/data/";

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// What stands in the first element of that name.
std::string Inside(const std::string& xml, const std::string& tag) {
  const size_t begin = xml.find("<" + tag + ">");
  if (begin == std::string::npos) return "";
  const size_t start = begin + tag.size() + 2;
  return xml.substr(start, xml.find("</" + tag + ">", start) - start);
}

class SharedMessages : public RealData {
 protected:
  SharedMessages() : RealData("fixtures/pain001.xml", "2020-06-29T22:00:00Z") {}

  void SetUp() override {
    RealData::SetUp();
    if (IsSkipped()) return;
    std::vector<std::pair<std::string, std::string>> setup = {
        {"nucc", R"("registration":{"scheme":{"method":"multilateral_net","cyclePrefix":"B"}})"}};
    for (const std::string bank : {"CMB", "ICBC"}) {
      setup.emplace_back(bank, R"("registration":{"participant":{}})");
      setup.emplace_back(bank + ":cash", Account(bank, "customer", "CNY", R"(,"unlimited":true)"));
      setup.emplace_back(bank + ":nucc",
                         Account(bank, "clearing", "CNY", R"(,"unlimited":true,"scheme":"nucc")"));
    }
    Register(setup);
    std::ofstream(Path("mapping.json"))
        << R"({"accounts":{"755900000000001":"CMB:cash","0200000000000000001":"ICBC:cash"},)"
        << R"("debtors":{"755900000000001":{"mode":"pay","submitter":"li"}},)"
        << R"("agents":{"308584000013":"CMB","102100099996":"ICBC"}})";
  }

  Said Load(const std::string& format, const std::string& file,
            std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {
        "ingest",  ledger(), kData + file, "--format",          format, "--source", "real",
        "--clock", "input",  "--mapping",  Path("mapping.json")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Longmen(arguments);
  }
  std::string Loaded(const std::string& format, const std::string& file) {
    const Said said = Load(format, file, {"--status", Path("status.xml")});
    EXPECT_EQ(said.code, 0) << said.out << said.err;
    return ReadWhole(Path("status.xml"));
  }
  void Take(const std::string& scenario, const std::string& time, const std::string& step) {
    const Said said = TakeIn(
        scenario,
        fmt::format(R"({{"id":"r{}","occurredAt":"2020-06-30T{}+08:00",{}}})", ++ids_, time, step));
    EXPECT_TRUE(Holds(said.out, "accepted")) << said.out << said.err;
  }
  void Validate(const std::string& xml, const std::string& schema) {
    if (std::system("command -v xmllint >/dev/null") != 0) return;
    std::ofstream(Path("valid.xml")) << xml;
    const std::string complaint = Path("xmllint.txt");
    const std::string command =
        fmt::format("xmllint --noout --schema '{}iso20022/{}.xsd' '{}' >'{}' 2>&1", kData, schema,
                    Path("valid.xml"), complaint);
    EXPECT_EQ(std::system(command.c_str()), 0) << ReadWhole(complaint) << xml;
  }
  std::string Message(const std::string& what) {
    const Said said = Longmen({"export", ledger(), Path(what), "--what", what, "--cycle",
                               "B202006300001", "--mapping", Path("mapping.json")});
    EXPECT_EQ(said.code, 0) << said.err;
    const auto files = FilesOf(Path(what));
    EXPECT_EQ(files.size(), 1u);
    return files.begin()->second;
  }

  int ids_ = 0;
};

TEST_F(SharedMessages, APaymentOrderIsPaidAndAnsweredAsItsAnswerSays) {
  Take("enterprise", "07:00:00",
       R"("openMode":{"mode":"pay","administrator":"ding","account":"CMB:cash"})");
  const std::string at_once = Loaded("pain.001", "fixtures/pain001.xml");
  EXPECT_EQ(Inside(at_once, "TxSts"), "ACCP");
  Validate(at_once, "pain.002.001.10");
  Take("enterprise", "10:00:03",
       R"("execution":{"payment":"YUR-0001+ORD-T01","schemes":["nucc"]})");
  Take("enterprise", "10:00:04",
       R"("executionResult":{"payment":"YUR-0001+ORD-T01","number":"YUR-0001+ORD-T01/p1",)"
       R"("outcome":"succeeded"})");
  const Said said = Longmen({"payment-status", ledger(), "PAIN-20200630-0001"});
  ASSERT_EQ(said.code, 0) << said.err;
  Validate(said.out, "pain.002.001.10");
  const std::string expected = ReadWhole(kData + "fixtures/pain002.xml");
  for (const char* tag :
       {"OrgnlMsgId", "OrgnlMsgNmId", "OrgnlPmtInfId", "OrgnlEndToEndId", "TxSts"}) {
    EXPECT_EQ(Inside(said.out, tag), Inside(expected, tag)) << tag;
  }
  ExpectClean();
}

TEST_F(SharedMessages, ACreditTransferAndAReturnOfPartOfOneAreBooked) {
  for (const auto& [order, from, to, minor] : {std::tuple("ORD-T01", "CMB", "ICBC", "120000000"),
                                               std::tuple("ORD-T02", "ICBC", "CMB", "45000000")}) {
    Take(
        "b2b_gateway", "09:00:00",
        fmt::format(R"("gatewayRequest":{{"order":"{}","amount":{{"minor":"{}","currency":"CNY"}},)"
                    R"("payer":"{}:cash","payee":"{}:cash","scheme":"nucc","submitter":"li"}})",
                    order, minor, from, to));
  }
  const std::string booked = Loaded("pacs.008", "fixtures/pacs008.xml");
  EXPECT_EQ(Inside(booked, "TxSts"), "ACSC");
  Validate(booked, "pacs.002.001.10");
  Take("b2b_gateway", "11:00:00",
       R"("debitNotice":{"order":"ORD-T02","transactionId":"T02","outcome":"succeeded",)"
       R"("amount":{"minor":"45000000","currency":"CNY"}})");
  const std::string returned = Loaded("pacs.004", "fixtures/pacs004.xml");
  EXPECT_EQ(Inside(returned, "TxSts"), "ACSC") << returned;
  Validate(returned, "pacs.002.001.10");

  const std::string transfers = Message("pacs008");
  Validate(transfers, "pacs.008.001.08");
  EXPECT_EQ(Inside(transfers, "CtrlSum"), "1650000.00");
  const std::string sample = ReadWhole(kData + "fixtures/pacs008.xml");
  for (const char* tag : {"EndToEndId", "TxId", "ClrSysRef", "DbtrAcct", "MmbId", "CdtrAcct"}) {
    std::string ours = Inside(transfers, tag);
    std::erase_if(ours, [](char c) { return c == ' ' || c == '\n'; });
    EXPECT_EQ(ours, Inside(sample, tag)) << tag;
  }
  const std::string returns = Message("pacs004");
  Validate(returns, "pacs.004.001.09");
  const std::string part = ReadWhole(kData + "fixtures/pacs004.xml");
  for (const char* tag : {"RtrId", "OrgnlEndToEndId", "OrgnlTxId", "OrgnlClrSysRef", "Cd"}) {
    EXPECT_EQ(Inside(returns, tag), Inside(part, tag)) << tag;
  }
  EXPECT_TRUE(Holds(returns, R"(<OrgnlIntrBkSttlmAmt Ccy="CNY">450000.00<)"));
  EXPECT_TRUE(Holds(returns, R"(<RtrdIntrBkSttlmAmt Ccy="CNY">50000.00<)"));
  ExpectClean();
}

TEST_F(SharedMessages, WhatIsOfAnotherVersionIsRefusedByName) {
  const Said swiss = Load("pain.001", "iso20022/musterfile_pain.001_Nov2020.xml",
                          {"--status", Path("status.xml")});
  EXPECT_EQ(swiss.code, 1);
  EXPECT_EQ(swiss.err,
            "longmen: unknown_format at Document: the namespace is "
            "'http://www.six-interbank-clearing.com/de/pain.001.001.03.ch.02.xsd' and not "
            "'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09'\n");
  Validate(ReadWhole(Path("status.xml")), "pain.002.001.10");
  for (const auto& [format, wanted] : std::map<std::string, std::string>{{"pain.001", "pain001"},
                                                                         {"pacs.008", "pacs008"},
                                                                         {"pacs.004", "pacs004"},
                                                                         {"pacs.002", ""}}) {
    for (const std::string file : {"pain001", "pain002", "pacs004", "pacs008", "pacs029"}) {
      if (file == wanted) continue;
      const Said other = Load(format, "fixtures/" + file + ".xml");
      EXPECT_EQ(other.code, 1) << format << file;
      EXPECT_TRUE(other.err.starts_with("longmen: unknown_format at Document:")) << other.err;
    }
  }
}

}  // namespace
}  // namespace longmen::testing
