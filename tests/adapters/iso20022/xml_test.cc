#include "adapters/iso20022/xml.h"

#include <gtest/gtest.h>

#include "tests/adapters/iso20022/pain001_text.h"

namespace longmen::testing {
namespace {

using namespace adapters::iso20022;

constexpr std::string_view kMessage = "pain.001.001.09";
const std::string kHead = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">";

std::string Refused(const std::string& text) {
  const auto parsed = Document::Parse(text, kMessage);
  EXPECT_FALSE(parsed.ok()) << text;
  return parsed.ok() ? "" : Describe(parsed.error());
}

bool Begins(const std::string& text, std::string_view with) { return text.starts_with(with); }

TEST(Xml, RefusesWhatIsCutShort) {
  const std::string whole = Pain001Text(SampleInitiation());
  ASSERT_TRUE(Document::Parse(whole, kMessage).ok());
  for (size_t size = 0; size + 2 < whole.size(); ++size) {
    const std::string said = Refused(whole.substr(0, size));
    EXPECT_TRUE(Begins(said, "malformed") || Begins(said, "bad_text")) << size << said;
  }
}

TEST(Xml, NamesTheNamespaceThatItFoundInsteadOfItsOwn) {
  EXPECT_EQ(Refused("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.03\"/>"),
            "unknown_format at Document: the namespace is "
            "'urn:iso:std:iso:20022:tech:xsd:pain.001.001.03' and not "
            "'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09'");
  EXPECT_TRUE(Begins(Refused("<Document/>"), "unknown_format at Document: the namespace is ''"));
  EXPECT_TRUE(Begins(Refused(With(kHead, "<Document", "<Dokument") + "</Dokument>"),
                     "unknown_format at Document: the root is 'Dokument'"));
}

TEST(Xml, TakesANamespaceUnderAnyPrefix) {
  const auto document = Document::Parse(
      "<a:Document xmlns:a=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">"
      "<a:X><a:Y>1</a:Y></a:X></a:Document>",
      kMessage);
  ASSERT_TRUE(document.ok()) << Describe(document.error());
  EXPECT_EQ(document->Message("X")->Child("Y").Text(), "1");
}

TEST(Xml, RefusesDocumentTypesAndEntities) {
  EXPECT_EQ(Refused("<!DOCTYPE Document [<!ENTITY a \"b\">]>" + kHead + "&a;</Document>"),
            "malformed: a document type is not taken");
  EXPECT_TRUE(Begins(Refused(kHead + "<X>&a;</X></Document>"), "malformed: byte "));
  for (const std::string fine :
       {"&amp;&lt;&gt;&quot;&apos;&#65;&#x41;", "<![CDATA[&a; <b>]]>", "<!-- &a; -->"}) {
    EXPECT_TRUE(Document::Parse(kHead + "<X>" + fine + "</X></Document>", kMessage).ok()) << fine;
  }
}

TEST(Xml, IsUtf8) {
  EXPECT_EQ(Refused(kHead + "\xff</Document>"), "bad_text: byte 66 is not UTF-8");
  EXPECT_TRUE(Begins(Refused("<?xml version=\"1.0\" encoding=\"GBK\"?>" + kHead + "</Document>"),
                     "bad_text: encoding GBK"));
}

TEST(Xml, HasTextsInOnePiece) {
  const auto document = Document::Parse(
      kHead + "<M><A> 1<!-- x -->0<?y?>0<![CDATA[.0]]>0 </A></M></Document>", kMessage);
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(document->Message("M")->Child("A").Text(), "100.00");
}

TEST(Xml, HoldsOneMessage) {
  const auto document = Document::Parse(kHead + "<M><A/><A/></M><M/></Document>", kMessage);
  ASSERT_TRUE(document.ok());
  const auto message = document->Message("M");
  ASSERT_FALSE(message.ok());
  EXPECT_EQ(message.error().code, Code::MALFORMED);
  EXPECT_EQ(Refused(kHead + "<X>&#0;</X></Document>").substr(0, 9), "malformed");
}

TEST(Xml, HasOneRoot) {
  EXPECT_TRUE(Begins(Refused(kHead + "</Document><Document/>"), "malformed: byte"));
  EXPECT_TRUE(Begins(Refused(""), "malformed"));
}

TEST(Xml, SaysWhereAnElementIsOrShouldBe) {
  const auto document =
      Document::Parse(kHead + "<M><A><B>1</B><B>2</B></A><C/></M></Document>", kMessage);
  ASSERT_TRUE(document.ok());
  const Element message = *document->Message("M");
  EXPECT_EQ(message.Child("A").Children("B")[1].Path(), "A/B[2]");
  EXPECT_EQ(message.Of({"C", "D"}).Path(), "C/D");
  EXPECT_EQ(message.Of({"X", "Y", "Z"}).Path(), "X");
  EXPECT_EQ(message.Of({"A", "B"}).Text(), "1");
  EXPECT_FALSE(message.Child("X").present());
  EXPECT_EQ(document->Message("N").error().code, Code::MISSING_FIELD);
}

TEST(Xml, EscapesWhatItWritesAndReadsItBack) {
  const std::string text = "R&D <\"quoted\" 'so'> ]]> 王";
  NewDocument written(kMessage, "M");
  written.message().Put("A", text).Attribute("b", text);
  written.message().Put("C", "line\tand\x01");
  written.message().PutWords("D", "王王王", 2);
  const auto document = Document::Parse(written.Bytes(), kMessage);
  ASSERT_TRUE(document.ok()) << Describe(document.error());
  const Element message = *document->Message("M");
  EXPECT_EQ(message.Child("A").Text(), text);
  EXPECT_EQ(message.Child("A").Attribute("b"), text);
  EXPECT_EQ(message.Child("C").Text(), "line and");
  EXPECT_EQ(message.Child("D").Text(), "王王");
}

}  // namespace
}  // namespace longmen::testing
