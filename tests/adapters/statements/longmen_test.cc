#include <gtest/gtest.h>

#include "events/base/hash.h"
#include "tests/adapters/statements/recorder.h"

namespace longmen::testing {
namespace {

using Texts = std::vector<std::string>;

// With the hash of what it now says.
std::string Sealed(std::string file) {
  const size_t trailer = file.rfind("trailer,");
  const std::string hash = Hex(Sha256(AsBytes(std::string_view(file).substr(0, trailer))));
  const size_t at = file.find_last_not_of(",\n") + 1 - hash.size();
  return file.replace(at, hash.size(), hash);
}

TEST(LongmenDetail, HasOnePartACurrency) {
  EXPECT_EQ(Parts(Sample("longmen_detail.csv")),
            (Texts{"longmen  CNY 2021-03-05..2021-03-05",
                   "1 @2 credit payment succeeded 120.00 fee 0.30 2021-03-05T01:00:00Z 2021-03-05 "
                   "ref=CH-1 key=LM-5001 status=succeeded",
                   "2 @3 credit topUp succeeded 5.00 2021-03-05T01:00:01.5Z 2021-03-05 ref=CH-2 "
                   "key==LM, \"5002\" status=exception:exceeds_debit",
                   "3 @4 debit refund succeeded 20.00 fee -0.05 2021-03-05T02:00:00Z 2021-03-05 "
                   "ref=CH-3 key=LM-R-51 status=succeeded",
                   "3 credits 125.00 debits 20.00", "longmen  USD 2021-03-05..2021-03-05",
                   "1 @5 credit payment succeeded 0.99 2021-03-05T02:00:01Z 2021-03-05 ref=CH-4 "
                   "key=LM-5003 status=succeeded",
                   "1 credits 0.99 debits 0.00"}));
}

TEST(LongmenDetail, RefusesAnyByteThatWasChanged) {
  const std::string file = Sample("longmen_detail.csv");
  for (size_t at = file.find('\n') + 1; at < file.rfind("trailer,"); ++at) {
    std::string changed = file;
    changed[at] = changed[at] == '1' ? '2' : '1';
    EXPECT_NE(Refusal(changed), "read") << at;
  }
  EXPECT_TRUE(Refusal(With(file, "CNY,12000", "CNY,12001"))
                  .starts_with("control_total_mismatch at line 6: the trailer's SHA-256 is "));
}

TEST(LongmenDetail, RefusesTotalsThatDoNotAddUp) {
  const std::string file = Sample("longmen_detail.csv");
  EXPECT_EQ(
      Refusal(With(file, "trailer,4,", "trailer,5,")),
      "control_total_mismatch at line 6: the trailer's count is 5 here, and there are 4 lines: "
      "-1 apart");
  EXPECT_EQ(Refusal(Sealed(With(file, "CNY,12000", "CNY,12001"))),
            "control_total_mismatch at line 6: the trailer's debits is 125.00 here, and the lines "
            "come to 145.01: 20.01 apart");
  EXPECT_EQ(
      Refusal(With(file, "USD:99", "USD:98")),
      "control_total_mismatch at line 6: the trailer's debits is 0.98 here, and the lines come "
      "to 0.99: 0.01 apart");
}

TEST(LongmenDetail, RefusesWhatIsNoLine) {
  const std::string file = Sample("longmen_detail.csv");
  const auto refusal = [&](std::string_view before, std::string_view after) {
    return Refusal(Sealed(With(file, before, after)));
  };
  EXPECT_EQ(refusal("TOP_UP", "TOPUP"), "bad_line at line 3: type is 'TOPUP', which no line is of");
  EXPECT_EQ(refusal("01:00:01.5Z", "25:00:01.5Z"),
            "bad_time at line 3: event_time is '2021-03-05T25:00:01.5Z'");
  EXPECT_EQ(refusal("CNY,12000", "CNY,120.0"), "bad_line at line 2: amount_fen is '120.0'");
  EXPECT_EQ(refusal("USD,99", "USX,99"), "unknown_currency at line 5: 'USX'");
  EXPECT_EQ(refusal("LM-5003,", ""), "bad_line at line 5: there are 18 values for the 19 columns");
  EXPECT_EQ(Refusal(file.substr(0, file.rfind("trailer,"))),
            "bad_line at line 5: the file ends without its trailer");
}

}  // namespace
}  // namespace longmen::testing
