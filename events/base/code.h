// Codes: the stable texts of every answer, from the schema's enum.
#pragma once

#include <optional>
#include <string_view>

#include "events/schema/event.capnp.h"

namespace longmen {

using Code = schema::Code;

// What a caller may do after a code.
enum class CodeClass {
  kFinal,            // the same content can never succeed under this id; mend it, use a new id
  kRetryUnderNewId,  // the state stood in the way; later, under a new id, it may pass
  kUnknown,          // nothing was promised; ask again with the same id
};

// "exceeds_debit". The text of a code never changes.
std::string_view CodeName(Code code);
std::optional<Code> CodeFromName(std::string_view name);
CodeClass ClassOf(Code code);
std::string_view CodeClassName(CodeClass code_class);

// "b2bGateway" -> "b2b_gateway": how every enumerant of the schema reads in JSON.
std::string SnakeCase(std::string_view camel_case);

}  // namespace longmen
