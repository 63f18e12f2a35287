// Documents from outside.
//
// A document is taken whole or not at all: UTF-8, well-formed and no document type, which is how a
// small file becomes a large one. Every text in the tree is in one piece.
#pragma once

#include <string_view>

#include "events/base/result.h"

namespace pugi {
class xml_document;
}

namespace longmen::adapters {

inline constexpr size_t kXmlBytesMax = 256u << 20;

// Errors: too_large; bad_text where it is not UTF-8, or says so; malformed, with the byte.
Status LoadXml(std::string_view bytes, pugi::xml_document& document);

}  // namespace longmen::adapters
