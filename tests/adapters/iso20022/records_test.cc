#include <gtest/gtest.h>

#include <set>

#include "adapters/iso20022/enterprise_records.h"
#include "adapters/iso20022/gateway_records.h"
#include "tests/adapters/iso20022/pain001_text.h"

namespace longmen::testing {
namespace {

using namespace adapters::iso20022;

const char* const kMapping = R"({"accounts":{"0200000000000000001":"icbc:zhang",
  "CH0309000000250090342":"cmb:wang","755900000000001":"cmb:firm"},
  "debtors":{"755900000000001":{"mode":"pay","submitter":"li"}},
  "agents":{"308584000013":"CMB"},"scheme":"nucc"})";

Mapping Sample() {
  auto mapping = Mapping::Parse(kMapping);
  EXPECT_TRUE(mapping.ok()) << Describe(mapping.error());
  return *mapping;
}

TEST(Mapping, NamesBothWays) {
  const Mapping mapping = Sample();
  EXPECT_EQ(mapping.AccountOf("0200000000000000001"), "icbc:zhang");
  EXPECT_EQ(mapping.ExternalOf("icbc:zhang"), "0200000000000000001");
  EXPECT_EQ(mapping.ExternalOf("icbc:other"), "icbc:other");
  EXPECT_EQ(mapping.ParticipantOf("308584000013"), "CMB");
  EXPECT_EQ(mapping.AgentOf("CMB"), "308584000013");
  EXPECT_EQ(mapping.DebtorOf("755900000000001").mode, "pay");
}

// Whoever writes "cmb:firm" as an account in a message must not get at the account of that name.
TEST(Mapping, NeverTakesAnAccountByItsNameInTheLedger) {
  EXPECT_EQ(Sample().AccountOf("cmb:firm"), "?cmb:firm");
  EXPECT_EQ(Sample().DebtorOf("pay").mode, "?pay");
  EXPECT_EQ(Mapping().AccountOf("cmb:firm"), "cmb:firm");  // where nobody gave one
  EXPECT_EQ(Mapping::Parse(R"({"accounts":{"1":"?2"}})").error().code, Code::BAD_TEXT);
}

TEST(Mapping, SaysWhatIsWrongWithItsFile) {
  const auto said = [](const char* json) { return Describe(Mapping::Parse(json).error()); };
  EXPECT_EQ(said("[]"), "malformed at mapping: one JSON object is wanted");
  EXPECT_EQ(said(R"({"acounts":{}})"), "unknown_field at acounts: a mapping has no such member");
  EXPECT_EQ(said(R"({"debtors":{"1":{"mode":"m"}}})"),
            "missing_field at debtors.1.submitter: who?");
  EXPECT_EQ(said(R"({"accounts":{"1":2}})"), "malformed at accounts.1: a text is wanted");
  EXPECT_EQ(said(R"({"utcOffsetMinutes":9000})"),
            "bad_time at utcOffsetMinutes: minutes, up to 14 hours either way");
  EXPECT_EQ(said(R"({"prefix":"a+b"})"),
            "bad_text at prefix: up to 12 letters and digits of ASCII");
}

TEST(EnterpriseRecords, AreOneSubmissionATransaction) {
  const auto records = ToEnterpriseRecords(SampleInitiation(), Sample());
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].reference, "SALARIES+E1");
  EXPECT_EQ(records[0].json,
            "{\"id\":\"" + records[0].id +
                R"(","occurredAt":"2021-03-01T01:00:00Z","submission":{"payment":"SALARIES+E1",)"
                R"("mode":"pay","submitter":"li","amount":{"minor":"620","currency":"CNY"},)"
                R"("payee":"icbc:zhang","payeeName":"Zhang & Sons","payeeBranch":"102100099996",)"
                R"("purpose":"March","expectedDate":"2021-03-01","batch":"PAIN-1","line":1}})");
  EXPECT_EQ(records[2].line, 3u);
  // Neither debtor nor creditor of the third is mapped: the ledger refuses it, not its reader.
  EXPECT_NE(records[2].json.find(R"("mode":"?CH5109000000250092291")"), std::string::npos);
  EXPECT_NE(records[2].json.find(R"("payee":"?0200000000000000002")"), std::string::npos);
}

TEST(EnterpriseRecords, HaveTheSameIdsWheneverTheMessageIsLoaded) {
  const auto first = ToEnterpriseRecords(SampleInitiation(), Sample());
  const auto again = ToEnterpriseRecords(SampleInitiation(), Sample());
  Initiation other = SampleInitiation();
  other.id = "PAIN-2";
  const auto others = ToEnterpriseRecords(other, Sample());
  std::set<std::string> ids;
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].json, again[i].json);
    EXPECT_EQ(first[i].reference, others[i].reference);  // the same payment
    EXPECT_NE(first[i].id, others[i].id);                // in another message
    EXPECT_LE(first[i].id.size(), 31u);
    ids.insert(first[i].id);
  }
  EXPECT_EQ(ids.size(), 3u);
}

TEST(PaymentReference, IsReadableWhereItCanBeAndAlwaysUnique) {
  const std::string long_id(35, 'x');
  EXPECT_EQ(PaymentReference("", "P", "E"), "P+E");
  EXPECT_EQ(PaymentReference("acme", "P", "E"), "acme+P+E");
  std::set<std::string> references;
  const std::vector<std::pair<std::string, std::string>> ids = {
      {"P", "E"},     {"PE", ""},     {"P+E", "F"},   {"P", "E+F"},       {"P/", "E"},
      {"P", "/E"},    {long_id, "E"}, {"E", long_id}, {long_id, long_id}, {"王", "E"},
      {"P E", "F"},   {"P", "E F"},   {"P~", "E"},    {"P", "~E"},        {"P", "e"},
      {"a\"b", "cd"}, {"a\\b", "cd"}};
  for (const auto& [payment, end_to_end] : ids) {
    for (const char* prefix : {"", "P", "acme"}) {
      const std::string reference = PaymentReference(prefix, payment, end_to_end);
      EXPECT_TRUE(references.insert(reference).second) << reference;
      EXPECT_LE(reference.size(), 35u);
      EXPECT_EQ(reference.find_first_of("/ \"\\"), std::string::npos) << reference;
      const TransactionIds told = IdsOfReference(reference);
      if (reference.find('~') != std::string::npos) {
        EXPECT_EQ(told, TransactionIds{});
      } else {
        EXPECT_EQ(told.payment_information, payment);
        EXPECT_EQ(told.end_to_end, end_to_end);
      }
    }
  }
}

CreditTransfers OneTransfer() {
  return {.header = {.id = "P8-1", .created = *ParseInstant("2021-03-01T02:00:00Z")},
          .transfers = {{.end_to_end = "ORD-1",
                         .transaction = "T1",
                         .amount = {3'000'000, Currency{156}},
                         .settlement_date = *ParseDate("2021-03-01"),
                         .accepted = *ParseInstant("2021-03-01T01:59:59Z"),
                         .debtor_account = "755900000000001",
                         .debtor_agent = "308584000013",
                         .creditor_account = "0200000000000000001"}}};
}

TEST(GatewayRecords, ACreditTransferIsTheNoticeOfADebit) {
  const auto records = ToDebitNotices(OneTransfer(), Sample());
  ASSERT_EQ(records.size(), 1u);
  EXPECT_NE(
      records[0].json.find(R"("occurredAt":"2021-03-01T02:00:00Z","debitNotice":{"order":"ORD-1",)"
                           R"("transactionId":"T1","amount":{"minor":"3000000","currency":"CNY"},)"
                           R"("debitedAt":"2021-03-01T01:59:59Z","outcome":"succeeded",)"
                           R"("payer":"cmb:firm","clearingDate":"2021-03-01"})"),
      std::string::npos)
      << records[0].json;
  const auto requests = ToGatewayRequests(OneTransfer(), Sample());
  EXPECT_NE(requests[0].json.find(R"("payer":"cmb:firm","mandate":"pay","scheme":"nucc",)"
                                  R"("accountBank":"CMB")"),
            std::string::npos)
      << requests[0].json;
}

TEST(GatewayRecords, AStatusIsTheOutcomeThatItSays) {
  const auto outcome = [](const char* status) {
    TransferStatuses message{.header = {.id = "S1"}};
    message.statuses = {{.end_to_end = "ORD-1",
                         .transaction = "T1",
                         .status = status,
                         .reason = {"AC04", "closed"},
                         .amount = {1, Currency{156}}}};
    const auto records = ToDebitNotices(message, Mapping());
    if (!records.ok()) return Describe(records.error());
    const std::string& json = records->front().json;
    const size_t at = json.find("\"outcome\":\"") + 11;
    return json.substr(at, json.find('"', at) - at) + " " + std::to_string(records->size());
  };
  EXPECT_EQ(outcome("ACSC"), "succeeded 1");
  EXPECT_EQ(outcome("ACCC"), "succeeded 2");  // and the payee is credited
  EXPECT_EQ(outcome("RJCT"), "failed 1");
  EXPECT_EQ(outcome("PDNG"), "unknown 1");
  EXPECT_EQ(outcome("ACSP"), "pending 1");
  EXPECT_EQ(outcome("HOPE"), "unknown_enum at TxInfAndSts/TxSts: 'HOPE' says nothing of a debit");
}

TEST(GatewayRecords, AStatusWithoutAnAmountIsRefused) {
  TransferStatuses message{.header = {.id = "S1"}};
  message.statuses = {{.end_to_end = "A", .transaction = "T1", .status = "RJCT"}};
  EXPECT_EQ(Describe(ToDebitNotices(message, Mapping()).error()),
            "missing_field at TxInfAndSts/OrgnlTxRef/IntrBkSttlmAmt: of how much?");
  message.original_message = "pacs.004.001.09";
  EXPECT_EQ(ToDebitNotices(message, Mapping()).error().code, Code::UNKNOWN_FORMAT);
}

TEST(GatewayRecords, ASuccessIsToldToBothSides) {
  TransferStatuses message{.header = {.id = "S1"}};
  message.statuses = {
      {.end_to_end = "A", .transaction = "T1", .status = "ACSC", .amount = {1, Currency{156}}}};
  const auto records = ToSuccessNotices(message);
  ASSERT_TRUE(records.ok());
  ASSERT_EQ(records->size(), 2u);
  EXPECT_NE((*records)[0].json.find("account_bank"), std::string::npos);
  EXPECT_NE((*records)[1].json.find("accepting_bank"), std::string::npos);
  message.statuses[0].status = "RJCT";
  EXPECT_EQ(ToSuccessNotices(message).error().code, Code::UNKNOWN_ENUM);
}

TEST(GatewayRecords, WhatComesBackIsARefundOrAReturnByItsReason) {
  PaymentReturns message{.header = {.id = "R1"}};
  message.returns = {
      {.id = "R1", .end_to_end = "A", .transaction = "T1", .amount = {1, Currency{156}}}};
  const auto step = [&](const char* reason) {
    message.returns[0].reason = reason;
    const std::string json = ToGiveBacks(message).front().json;
    return json.find("\"refund\":") != std::string::npos ? "refund" : "return";
  };
  EXPECT_STREQ(step("CUST"), "refund");
  EXPECT_STREQ(step("FOCR"), "refund");
  EXPECT_STREQ(step("AC04"), "return");
  EXPECT_STREQ(step(""), "return");
}

TEST(GatewayRecords, AreAnsweredTransactionByTransaction) {
  CreditTransfers message = OneTransfer();
  message.transfers.push_back(message.transfers[0]);
  message.transfers[1].transaction = "T2";
  const auto answer = AnswerTo(
      message, {{.accepted = true}, {.reason = {"amount_mismatch", "debitNotice.amount"}}}, "ACSC");
  EXPECT_EQ(answer.group_status, "PART");
  EXPECT_EQ(answer.statuses[0].status, "ACSC");
  EXPECT_EQ(answer.statuses[1].status, "RJCT");
  EXPECT_EQ(answer.statuses[1].reason.code, "amount_mismatch");
  EXPECT_EQ(AnswerTo(message, {{.retry = true}, {.retry = true}}, "ACSC").group_status, "PDNG");
}

}  // namespace
}  // namespace longmen::testing
