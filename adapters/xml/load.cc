#include "adapters/xml/load.h"

#include <expat.h>
#include <fmt/format.h>
#include <strings.h>

#include <memory>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "events/codec/text_forms.h"

namespace longmen::adapters {
namespace {

Status CheckUtf8(std::string_view bytes) {
  for (size_t at = 0; at < bytes.size();) {
    if (static_cast<unsigned char>(bytes[at]) < 0x80) {
      ++at;
      continue;
    }
    const size_t length = codec::Utf8Length(bytes.substr(at));
    if (length == 0) return Error{Code::BAD_TEXT, "", fmt::format("byte {} is not UTF-8", at + 1)};
    at += length;
  }
  return Ok();
}

// What a strict parser says of the document. The one that makes the tree forgives a good deal, and
// what it forgives it reads as something else than was meant.
class Strict {
 public:
  Status Check(std::string_view bytes) {
    XML_SetUserData(parser_.get(), this);
    XML_SetXmlDeclHandler(parser_.get(), Declaration);
    XML_SetStartDoctypeDeclHandler(parser_.get(), Doctype);
    const auto done =
        XML_Parse(parser_.get(), bytes.data(), static_cast<int>(bytes.size()), XML_TRUE);
    if (!refused_.ok()) return refused_;
    if (done == XML_STATUS_OK) return Ok();
    RETURN_IF_ERROR(CheckUtf8(bytes));
    return Error{Code::MALFORMED, "",
                 fmt::format("byte {}: {}", XML_GetCurrentByteIndex(parser_.get()) + 1,
                             XML_ErrorString(XML_GetErrorCode(parser_.get())))};
  }

 private:
  static void Declaration(void* self, const char*, const char* encoding, int) {
    if (encoding == nullptr || strcasecmp(encoding, "UTF-8") == 0) return;
    static_cast<Strict*>(self)->Refuse(
        {Code::BAD_TEXT, "", fmt::format("encoding {}: UTF-8 is taken", encoding)});
  }
  static void Doctype(void* self, const char*, const char*, const char*, int) {
    static_cast<Strict*>(self)->Refuse({Code::MALFORMED, "", "a document type is not taken"});
  }
  void Refuse(Error error) {
    refused_ = std::move(error);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_{
      XML_ParserCreate("UTF-8"), XML_ParserFree};
  Status refused_ = Ok();
};

// Makes one text of what comments, instructions and CDATA sections cut an element's text into.
class JoinTexts final : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node& node) override {
    pieces_.clear();
    for (const pugi::xml_node child : node) {
      if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
        pieces_.push_back(child);
      }
    }
    if (pieces_.size() < 2) return true;
    std::string whole;
    for (const pugi::xml_node& piece : pieces_) whole += piece.value();
    pieces_.front().set_value(whole.c_str());
    for (size_t i = 1; i < pieces_.size(); ++i) node.remove_child(pieces_[i]);
    return true;
  }

 private:
  std::vector<pugi::xml_node> pieces_;
};

}  // namespace

Status LoadXml(std::string_view bytes, pugi::xml_document& document) {
  if (bytes.size() > kXmlBytesMax) {
    return Error{Code::TOO_LARGE, "", fmt::format("at most {} bytes", kXmlBytesMax)};
  }
  RETURN_IF_ERROR(Strict().Check(bytes));
  // Blanks are kept: they may lie between two pieces of a text.
  constexpr unsigned kFlags = pugi::parse_default | pugi::parse_ws_pcdata_single;
  const auto parsed = document.load_buffer(bytes.data(), bytes.size(), kFlags, pugi::encoding_utf8);
  if (!parsed) {
    return Error{Code::MALFORMED, "",
                 fmt::format("byte {}: {}", parsed.offset + 1, parsed.description())};
  }
  JoinTexts join;
  document.traverse(join);
  return Ok();
}

}  // namespace longmen::adapters
