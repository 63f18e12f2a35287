#include "adapters/http/object_text.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace longmen::adapters::http {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  AppendQuoted(text, out);
  return out;
}

TEST(ObjectText, QuotesWhateverItIsGivenAsJson) {
  EXPECT_EQ(Quoted("a\"b\\c\n"), R"("a\"b\\c\u000a")");
  EXPECT_EQ(Quoted("青A·12345"), "\"青A·12345\"");
  // No UTF-8: a byte that begins nothing, an overlong form, half a surrogate pair, a cut sequence.
  for (const char* text : {"I\xff", "\xc0\x80", "\xed\xa0\x80", "a\xe9\x9d"}) {
    boost::system::error_code failure;
    boost::json::parse(Quoted(text), failure);
    EXPECT_FALSE(failure) << failure.message();
  }
  EXPECT_EQ(Quoted("I\xff!"), R"("I\ufffd!")");
}

}  // namespace
}  // namespace longmen::adapters::http
