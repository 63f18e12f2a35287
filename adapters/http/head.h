// Head: what is wrong with a request's header fields before anybody asks what the request wants.
//
// Invariant: a head that passes says where its request ends in one way only. Two readers of one
// connection (a proxy in front, this door behind) that disagree about that let bytes of one
// client's body run as another's request (RFC 9112, section 6.1, 6.3 and 11.2).
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "adapters/http/message.h"

namespace longmen::adapters::http {

struct HeaderField {
  std::string_view name;   // any case
  std::string_view value;  // without the space around it
};

// Case does not matter.
bool SameName(std::string_view a, std::string_view b);

// The refusal: 400; 415 for a coding of the content, 417 for an expectation that is not met. Its
// connection must be closed: what follows on it cannot be told. `version` is 10 or 11.
std::optional<Response> RefuseFields(std::span<const HeaderField> fields, unsigned version);

}  // namespace longmen::adapters::http
