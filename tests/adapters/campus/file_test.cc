// What the door makes of a school's file and of a bill, before anything of it reaches the ledger.
#include <gtest/gtest.h>

#include "adapters/campus/campus.h"
#include "adapters/campus/record.capnp.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters {
namespace {

constexpr const char* kColumns = R"(["number","student","item","amount"])";

std::string FileJson(const std::string& rows, const std::string& columns = kColumns,
                     const std::string& more = "") {
  return R"({"id":"f1","occurredAt":"2021-02-20T01:00:00Z","file":{"batch":"spring",)"
         R"("school":"bob:school","template":{"name":"tuition","separator":"|","columns":)" +
         columns + R"(},"count":1,"total":{"minor":"30000","currency":"CNY"},)" +
         R"("opensAt":"2021-03-01T01:00:00Z","closesAt":"2021-03-05T10:00:00Z",)" + more +
         R"("rows":)" + rows + "}}";
}

Result<std::unique_ptr<Record>> Parse(const std::string& json, const std::string& key = "k") {
  return MakeCampus()->Parse(json, {.token_key = key});
}

campus::FileLine::Reader LineOf(const Record& record) {
  return RootOf<campus::CampusRecord>(record).getStep().getFile().getLines()[0];
}

TEST(CampusFile, IsReadByTheColumnsOfItsTemplate) {
  const auto record =
      Parse(FileJson(R"(["2021| 300.00 |s1|张三"])", R"(["skip","amount","number","student"])"));
  ASSERT_TRUE(record.ok()) << Describe(record.error());
  EXPECT_EQ(View(LineOf(**record).getNumber()), "s1");
  EXPECT_EQ(LineOf(**record).getMinor(), 30'000);
  EXPECT_EQ(View(LineOf(**record).getItem()), "tuition");  // the template's, for want of a column
}

TEST(CampusFile, LeavesNoStudentBehind) {
  const auto record = Parse(FileJson(R"(["s1|张三|学费|300.00"])"));
  ASSERT_TRUE(record.ok()) << Describe(record.error());
  EXPECT_EQ((*record)->evidence.find("张三"), std::string::npos) << (*record)->evidence;
  EXPECT_NE((*record)->evidence.find("\"number\":\"s1\""), std::string::npos);
  EXPECT_EQ(LineOf(**record).getStudentToken().size(), 32u);
  // The same student has the same token, under the door's key alone.
  const auto again = Parse(FileJson(R"(["s2|张三|学费|300.00"])"));
  const auto elsewhere = Parse(FileJson(R"(["s2|张三|学费|300.00"])"), "another key");
  const auto token = [](const auto& parsed) {
    const auto data = LineOf(**parsed).getStudentToken();
    return std::string(data.begin(), data.end());
  };
  EXPECT_EQ(token(record), token(again));
  EXPECT_NE(token(record), token(elsewhere));
}

TEST(CampusFile, NamesEveryRowAtFault) {
  const auto record = Parse(
      FileJson(R"(["s1|张三|学费|300.00","s1|李四|学费|1.00","|王五|学费|1.00","s4|b|c|0"])"));
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().code, Code::DUPLICATE_IN_GROUP);
  EXPECT_EQ(record.error().field, "file.rows[1]");
  for (const char* row : {"row 1: ", "row 2: ", "row 3: "}) {
    EXPECT_NE(record.error().message.find(row), std::string::npos) << record.error().message;
  }
  EXPECT_EQ(record.error().message.find("row 0"), std::string::npos);
}

struct Bad {
  std::string json;
  Code code;
  const char* field;
};

TEST(CampusFile, HasAShape) {
  const Bad cases[] = {
      {FileJson(R"(["s1|a|b"])"), Code::BAD_TEXT, "file.rows[0]"},
      {FileJson(R"(["s1|a|b|1.00|x"])"), Code::BAD_TEXT, "file.rows[0]"},
      {FileJson(R"(["s1||b|1.00"])"), Code::MISSING_FIELD, "file.rows[0]"},
      {FileJson(R"(["s1|a|b|-1.00"])"), Code::AMOUNT_OUT_OF_RANGE, "file.rows[0]"},
      {FileJson(R"(["s1|a|b|1.001"])"), Code::AMOUNT_OUT_OF_RANGE, "file.rows[0]"},
      {FileJson(R"(["s/1|a|b|1.00"])"), Code::BAD_TEXT, "file.rows[0]"},
      {FileJson(R"(["s 1|a|b|1.00"])"), Code::BAD_TEXT, "file.rows[0]"},
      {FileJson(R"(["s1|a|6222020200112233446|1.00"])"), Code::CARD_NUMBER, "file.rows[0]"},
      {FileJson(R"(["s1|a"])", R"(["number","student"])"), Code::MISSING_FIELD,
       "file.template.columns"},
      {FileJson(R"(["s1|a|1.00|1.00"])", R"(["number","student","amount","amount"])"),
       Code::UNEXPECTED_FIELD, "file.template.columns"},
      {FileJson(R"(["s1|a|b|1.00"])", kColumns, R"("lines":[{"number":"s1"}],)"),
       Code::UNEXPECTED_FIELD, "file.lines"},
      {FileJson(R"(["s1|a|b|1.00"])", kColumns, R"("firstLine":5001,)"), Code::TOO_LONG,
       "file.firstLine"},
  };
  for (const Bad& bad : cases) {
    const auto record = Parse(bad.json);
    ASSERT_FALSE(record.ok()) << bad.json;
    EXPECT_EQ(CodeName(record.error().code), CodeName(bad.code)) << bad.json;
    EXPECT_EQ(record.error().field, bad.field) << bad.json;
  }
}

TEST(CampusBill, LeavesNoStudentBehind) {
  const std::string json =
      R"({"id":"b1","occurredAt":"2021-02-20T01:00:00Z","bill":{"number":"s1","batch":"spring",)"
      R"("school":"bob:school","template":"t","line":1,"student":"张三","item":"学费",)"
      R"("amount":{"minor":"100","currency":"CNY"},"opensAt":"2021-03-01T01:00:00Z",)"
      R"("closesAt":"2021-03-05T10:00:00Z"}})";
  const auto record = Parse(json);
  ASSERT_TRUE(record.ok()) << Describe(record.error());
  EXPECT_EQ((*record)->evidence.find("张三"), std::string::npos);
  const auto bill = RootOf<campus::CampusRecord>(**record).getStep().getBill();
  EXPECT_EQ(bill.getStudentToken().size(), 32u);
  EXPECT_FALSE(bill.hasStudent());
}

}  // namespace
}  // namespace longmen::adapters
