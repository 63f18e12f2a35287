// Documents from outside.
//
// A document is taken whole or not at all: UTF-8, well-formed, one root, no document type and no
// entities of its own, which is how a small file becomes a large one.
#pragma once

#include <string_view>

#include "events/base/result.h"

namespace pugi {
class xml_document;
}

namespace longmen::adapters {

inline constexpr size_t kXmlBytesMax = 256u << 20;

// Errors: too_large; bad_text where it is not UTF-8; malformed where it is not well-formed, or more
// than one root, a document type or an entity is in it.
Status LoadXml(std::string_view bytes, pugi::xml_document& document);

}  // namespace longmen::adapters
