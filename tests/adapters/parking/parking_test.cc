#include "adapters/parking/parking.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>

namespace longmen::adapters {
namespace {

const std::string kCode = "6212345678901234567";
const std::string kPlate = "青A·12345";

std::string Scan(const std::string& code, const std::string& plate, const std::string& more = "") {
  return fmt::format(
      R"({{"id":"r1","occurredAt":"2021-03-01T01:00:00Z","scan":{{"session":"s1","lot":"77",
         "bay":"3","tariff":"day","pending":"p","revenue":"v","plate":"{}","payerCode":"{}"{}}}}})",
      plate, code, more);
}

std::string EvidenceOf(const std::string& json, const std::string& key = "k") {
  const auto record = MakeParking()->Parse(json, Door{.token_key = key});
  EXPECT_TRUE(record.ok()) << Describe(record.error());
  return record.ok() ? (*record)->evidence : "";
}

TEST(ParkingDoor, KeepsNeitherPayerCodeNorPlate) {
  const std::string evidence = EvidenceOf(Scan(kCode, kPlate));
  EXPECT_EQ(evidence.find(kCode), std::string::npos) << evidence;
  EXPECT_EQ(evidence.find(kPlate), std::string::npos) << evidence;
  EXPECT_EQ(evidence.find("12345\""), std::string::npos) << evidence;
  EXPECT_NE(evidence.find("\"session\":\"s1\""), std::string::npos) << evidence;
  EXPECT_NE(evidence.find("\"wallet\":\"unionpay\""), std::string::npos) << evidence;
}

TEST(ParkingDoor, TellsCodesAndPlatesApartByTheirTokens) {
  const std::string evidence = EvidenceOf(Scan(kCode, kPlate));
  EXPECT_EQ(evidence, EvidenceOf(Scan(kCode, kPlate)));
  EXPECT_NE(evidence, EvidenceOf(Scan("6212345678901234568", kPlate)));
  EXPECT_NE(evidence, EvidenceOf(Scan(kCode, "青B·00001")));
  EXPECT_NE(evidence, EvidenceOf(Scan(kCode, kPlate), "another key"));
}

TEST(ParkingDoor, GivesOneTextTwoTokensByWhatItIs) {
  const std::string evidence = EvidenceOf(Scan("1", "1"));
  const auto token = [&evidence](const std::string& name) {
    const size_t at = evidence.find("\"" + name + "\":\"");
    EXPECT_NE(at, std::string::npos) << evidence;
    return evidence.substr(at + name.size() + 4, 20);
  };
  EXPECT_NE(token("plateToken"), token("payerToken"));
}

void ExpectRejected(const std::string& json, Code code, const std::string& field) {
  const auto record = MakeParking()->Parse(json, Door{.token_key = "k"});
  ASSERT_FALSE(record.ok()) << json;
  EXPECT_EQ(record.error().code, code) << json;
  EXPECT_EQ(record.error().field, field) << json;
}

TEST(ParkingDoor, AcceptsNoTokenFromOutside) {
  ExpectRejected(Scan(kCode, kPlate, R"(,"payerToken":"AAAA")"), Code::UNEXPECTED_FIELD,
                 "scan.payerToken");
  ExpectRejected(Scan(kCode, kPlate, R"(,"plateToken":"AAAA")"), Code::UNEXPECTED_FIELD,
                 "scan.plateToken");
  ExpectRejected(Scan(kCode, kPlate, R"(,"wallet":"alipay")"), Code::UNEXPECTED_FIELD,
                 "scan.wallet");
}

TEST(ParkingDoor, NamesWhatIsMissing) {
  ExpectRejected(Scan("", kPlate), Code::MISSING_FIELD, "scan.payerCode");
  ExpectRejected(Scan(kCode, ""), Code::MISSING_FIELD, "scan.plate");
  ExpectRejected(Scan(kCode, kPlate, R"(,"answer":{})"), Code::MISSING_FIELD,
                 "scan.answer.outcome");
  const std::string result =
      R"({"id":"r","occurredAt":"2021-03-01T01:00:00Z","refundResult":{"session":"s1")";
  ExpectRejected(result + R"(,"outcome":"failed"}})", Code::MISSING_FIELD, "refundResult.number");
  ExpectRejected(result + R"(,"outcome":"failed","number":""}})", Code::MISSING_FIELD,
                 "refundResult.number");
  ExpectRejected(result + R"(,"number":"s1/r1"}})", Code::MISSING_FIELD, "refundResult.outcome");
  ExpectRejected(R"({"id":"r","occurredAt":"2021-03-01T01:00:00Z","scanResult":{"session":"s1"}})",
                 Code::MISSING_FIELD, "scanResult.answer.outcome");
}

// Its tariff is unknown to every ledger: a refusal would keep the record as evidence.
TEST(ParkingDoor, KeepsNoCardNumberEvenInARecordItWouldRefuse) {
  ExpectRejected(
      Scan(kCode, kPlate, R"(,"answer":{"outcome":"failed","reason":"4111111111111111"})"),
      Code::CARD_NUMBER, "scan.answer.reason");
}

TEST(ParkingDoor, RejectsWhatIsNotARecord) {
  ExpectRejected(std::string(40'000, ' '), Code::TOO_LARGE, "");
  ExpectRejected(R"({"id":"r","occurredAt":"2021-03-01T01:00:00Z"})", Code::MISSING_FIELD, "step");
  ExpectRejected(R"({"id":"r","occurredAt":"2021-03-01T01:00:00Z","departure":{"session":"s 1"}})",
                 Code::BAD_TEXT, "departure.session");
}

}  // namespace
}  // namespace longmen::adapters
