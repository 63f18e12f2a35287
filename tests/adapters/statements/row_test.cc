#include "adapters/statements/row.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/statements/csv_record.h"
#include "adapters/statements/wechat_sheet.h"

namespace longmen::adapters::statements {
namespace {

std::string Read(std::string_view text, int exponent) {
  int64_t minor = 0;
  const DecimalFault fault = ParseDecimal(text, exponent, minor);
  return fault == DecimalFault::kNone ? std::to_string(minor) : std::string(Reason(fault));
}

TEST(Decimal, IsReadExactly) {
  EXPECT_EQ(Read("12", 2), "1200");
  EXPECT_EQ(Read("12.3", 2), "1230");
  EXPECT_EQ(Read("-0.07000", 2), "-7");
  EXPECT_EQ(Read("+1.0", 0), "1");
  EXPECT_EQ(Read("0000000000000000000000001", 2), "100") << "leading zeros do not count";
  EXPECT_EQ(Read("9999999999999999.99", 2), "999999999999999999");
  EXPECT_EQ(Read("10000000000000000", 2), "more than 18 digits");
  EXPECT_EQ(Read("99999999999999999999999999", 0), "more than 18 digits");
  EXPECT_EQ(Read("0.001", 2), "more decimals than the currency has");
  for (const char* text : {"", "-", ".", ".5", "5.", "1,000", "1e3", " 1", "1 ", "--1", "0x1"}) {
    EXPECT_EQ(Read(text, 2), "not a decimal number") << text;
  }
}

RC_GTEST_PROP(Decimal, ReadsBackWhatIsPrinted, ()) {
  const Currency currency =
      *CurrencyFromAlphabetic(*rc::gen::element<std::string>("CNY", "JPY", "KWD", "CLF"));
  const auto minor =
      *rc::gen::inRange<int64_t>(-999'999'999'999'999'999, 1'000'000'000'000'000'000);
  RC_ASSERT(Read(FormatMinor(minor, currency), currency.exponent()) == std::to_string(minor));
}

TEST(LocalTime, IsOneOfTheCalendar) {
  const auto time = ParseLocalTime("2020-02-29 23:59:59");
  ASSERT_TRUE(time);
  EXPECT_EQ(FormatInstant(InstantOf(*time, kBeijingMinutes)), "2020-02-29T15:59:59Z");
  for (const char* text :
       {"", "2021-02-29 00:00:00", "2020-00-10 00:00:00", "2020-13-01 00:00:00",
        "2020-01-32 00:00:00", "2020-01-01 24:00:00", "2020-01-01 00:60:00", "2020-01-01 00:00:60",
        "2020-01-01T00:00:00", "2020-01-01 00:00:00 ", "2020-01-01 00:00", "1970-01-01 00:00:00",
        "2116-01-01 00:00:00", "-020-01-01 00:00:00"}) {
    EXPECT_FALSE(ParseLocalTime(text)) << text;
  }
}

TEST(Decoder, RefusesWhatIsNoText) {
  std::string_view text;
  Decoder gbk(Encoding::kGbk);
  EXPECT_EQ(gbk.Field(" \xcd\xa3\xb3\xb5\t", text), Decoder::Fault::kNone);
  EXPECT_EQ(text, "停车");
  EXPECT_EQ(gbk.Field("\xcd", text), Decoder::Fault::kMalformed);
  EXPECT_EQ(gbk.Field("a\x01", text), Decoder::Fault::kMalformed);
  EXPECT_EQ(gbk.Field(std::string(140, 'a'), text), Decoder::Fault::kNone);
  EXPECT_EQ(gbk.Field(std::string(141, 'a'), text), Decoder::Fault::kTooLong);
  std::string cars;
  for (int i = 0; i < 47; ++i) cars += "\xb3\xb5";  // 94 bytes are 141 in UTF-8
  EXPECT_EQ(gbk.Field(cars, text), Decoder::Fault::kTooLong);
  Decoder utf8(Encoding::kUtf8);
  for (const char* bad : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe5\x81", "\xc2\x85"}) {
    EXPECT_EQ(utf8.Field(bad, text), Decoder::Fault::kMalformed) << bad;
  }
  EXPECT_EQ(utf8.Field("é停😀", text), Decoder::Fault::kNone);
}

TEST(Backticks, SeparateWithACommaBefore) {
  std::vector<std::string_view> values(4);
  EXPECT_EQ(SplitBackticks("`a,`b, c,`,`", values), 4u);
  EXPECT_EQ(values, (std::vector<std::string_view>{"a", "b, c", "", ""}));
  EXPECT_EQ(SplitBackticks("`", values), 1u);
  EXPECT_EQ(values[0], "");
  EXPECT_EQ(SplitBackticks("`a`b,", values), 1u);
  EXPECT_EQ(values[0], "a`b,");
  EXPECT_EQ(SplitBackticks("`1,`2,`3,`4,`5,`6", values), 5u) << "more than fit";
  for (size_t size = 55; size < 140; ++size) {
    const std::string first(size, 'a');
    const std::string line = "`" + first + ",`b`c,`,`";
    EXPECT_EQ(SplitBackticks(line, values), 4u);
    EXPECT_EQ(values, (std::vector<std::string_view>{first, "b`c", "", ""})) << size;
  }
}

std::vector<std::string> Fields(std::string_view bytes, CsvForm form = {}) {
  Lines lines(bytes);
  lines.Next();
  CsvRecord record(form);
  const Status status = record.Read(lines);
  if (!status.ok()) return {status.error().message};
  std::vector<std::string> fields;
  for (size_t i = 0; i < record.size(); ++i) fields.emplace_back(record[i]);
  return fields;
}

TEST(CsvRecord, FollowsRfc4180) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(Fields("a,,b\n"), (Texts{"a", "", "b"}));
  EXPECT_EQ(Fields(""), (Texts{""}));
  EXPECT_EQ(Fields("a,"), (Texts{"a", ""}));
  EXPECT_EQ(Fields("\"a,b\",\"c\"\"d\",\"\"\r\n"), (Texts{"a,b", "c\"d", ""}));
  EXPECT_EQ(Fields("\"a\r\nb\",c\nd"), (Texts{"a\r\nb", "c"}));
  EXPECT_EQ(Fields(" \"a\" \t,b"), (Texts{"a", "b"})) << "blanks around quotes";
  EXPECT_EQ(Fields("a\"b\",c"), (Texts{"a\"b\"", "c"})) << "a quote inside is a character";
  EXPECT_EQ(Fields("\"a\"b,c"), (Texts{"something follows the quotes of value 1"}));
  EXPECT_EQ(Fields("\"a,b\n"), (Texts{"a value in quotes does not end"}));
  // 諀 ends with the byte of the separator in GBK.
  EXPECT_EQ(Fields("\xd5\x7c|b", {.separator = '|', .two_bytes = true}), (Texts{"\xd5\x7c", "b"}));
}

}  // namespace
}  // namespace longmen::adapters::statements
