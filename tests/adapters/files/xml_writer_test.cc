// XML as it is written: escapes, levels, and what an XML parser reads of it.
#include "adapters/files/xml_writer.h"

#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "tests/adapters/files/read_back.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::adapters {
namespace {

class Xml : public ::testing::Test {
 protected:
  template <typename Say>
  std::string Written(Say say) {
    auto file = FileWriter::Create(directory_.path(), "x.xml");
    {
      XmlWriter xml(*file);
      say(xml);
    }
    return testing::Slurp(*file->Finish());
  }

  testing::TemporaryDirectory directory_;
};

TEST_F(Xml, HasTwoSpacesALevel) {
  const std::string text = Written([](XmlWriter& xml) {
    const XmlElement root(xml, "Document", {"xmlns", "urn:x"});
    xml.PutIn({"Acct", "Id", "Othr"}, "A");
    xml.Put("Amt", "1.00", {"Ccy", "CNY"});
  });
  EXPECT_EQ(text,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<Document xmlns=\"urn:x\">\n"
            "  <Acct>\n"
            "    <Id>\n"
            "      <Othr>A</Othr>\n"
            "    </Id>\n"
            "  </Acct>\n"
            "  <Amt Ccy=\"CNY\">1.00</Amt>\n"
            "</Document>\n");
}

TEST_F(Xml, SaysEveryTextThatXmlCanSay) {
  const std::string text = "<&>\"' 龙门 \r\n\t]]> <!-- -->";
  pugi::xml_document document;
  const std::string bytes = Written([&](XmlWriter& xml) { xml.Put("Id", text, {"name", text}); });
  ASSERT_TRUE(document.load_string(bytes.c_str(), pugi::parse_default | pugi::parse_ws_pcdata));
  EXPECT_EQ(document.child("Id").text().get(), text);
  EXPECT_EQ(document.child("Id").attribute("name").value(), text);
}

TEST_F(Xml, ReplacesWhatIsNoCharacterOfXml) {
  const std::string bytes = Written([&](XmlWriter& xml) {
    xml.Put("Id",
            "a\x01"
            "b\xEF\xBF\xBF"
            "c");
  });
  EXPECT_NE(bytes.find("<Id>a\xEF\xBF\xBD"
                       "b\xEF\xBF\xBD"
                       "c</Id>"),
            std::string::npos)
      << bytes;
}

}  // namespace
}  // namespace longmen::adapters
