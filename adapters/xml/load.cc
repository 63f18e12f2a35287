#include "adapters/xml/load.h"

#include <strings.h>

#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>

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

// Without a document type there are five entities and the numbers; the parser would leave any other
// as it stands, as if it were text. Comments, CDATA and instructions have none.
Status CheckEntities(std::string_view bytes) {
  struct Verbatim {
    std::string_view begin;
    std::string_view end;
  };
  constexpr Verbatim kVerbatim[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
  constexpr std::string_view kEntities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#"};
  for (size_t at = bytes.find_first_of("<&"); at != std::string_view::npos;
       at = bytes.find_first_of("<&", at + 1)) {
    const std::string_view rest = bytes.substr(at);
    if (rest[0] == '&') {
      const bool known =
          std::ranges::any_of(kEntities, [&](auto entity) { return rest.starts_with(entity); });
      if (known) continue;
      return Error{Code::MALFORMED, "",
                   fmt::format("byte {}: an entity that XML itself does not have", at + 1)};
    }
    for (const Verbatim& verbatim : kVerbatim) {
      if (!rest.starts_with(verbatim.begin)) continue;
      const size_t end = bytes.find(verbatim.end, at + verbatim.begin.size());
      if (end == std::string_view::npos) return Ok();  // the parser says where
      at = end;
      break;
    }
  }
  return Ok();
}

// One element, and nothing beside it that changes what is in it.
Status CheckRoot(const pugi::xml_document& document) {
  pugi::xml_node root;
  for (const pugi::xml_node node : document) {
    if (node.type() == pugi::node_doctype) {
      return Error{Code::MALFORMED, "", "a document type is not taken"};
    }
    const std::string encoding = node.attribute("encoding").value();
    if (node.type() == pugi::node_declaration && !encoding.empty() &&
        strcasecmp(encoding.c_str(), "UTF-8") != 0) {
      return Error{Code::BAD_TEXT, "", fmt::format("encoding {}: UTF-8 is taken", encoding)};
    }
    if (node.type() != pugi::node_element) continue;
    if (root) return Error{Code::MALFORMED, "", "more than one root"};
    root = node;
  }
  return root ? Ok() : Status(Error{Code::MALFORMED, "", "no element at all"});
}

}  // namespace

Status LoadXml(std::string_view bytes, pugi::xml_document& document) {
  if (bytes.size() > kXmlBytesMax) {
    return Error{Code::TOO_LARGE, "", fmt::format("at most {} bytes", kXmlBytesMax)};
  }
  RETURN_IF_ERROR(CheckUtf8(bytes));
  constexpr unsigned kFlags = pugi::parse_default | pugi::parse_doctype | pugi::parse_declaration;
  const auto parsed = document.load_buffer(bytes.data(), bytes.size(), kFlags, pugi::encoding_utf8);
  if (!parsed) {
    return Error{Code::MALFORMED, "",
                 fmt::format("byte {}: {}", parsed.offset + 1, parsed.description())};
  }
  RETURN_IF_ERROR(CheckRoot(document));
  return CheckEntities(bytes);
}

}  // namespace longmen::adapters
