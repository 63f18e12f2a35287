// The forms that texts take at the door: UTF-8 and base64.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/hash.h"

namespace longmen::codec {

// The bytes of the UTF-8 sequence at the start of `text`, or 0 where there is none: overlong
// forms, surrogates and what lies past U+10FFFF are none. `text` is not empty.
size_t Utf8Length(std::string_view text);

// Appends `bytes` in standard base64 with padding.
void AppendBase64(Bytes bytes, std::string& out);
// Strictly what AppendBase64 writes; one text for every bytes.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace longmen::codec
