// What reading a record has in common for all scenarios.
//
// A record's schema (adapters/<scenario>/record.capnp) has `id`, `occurredAt` and a flattened union
// `step` whose first member is `none`; the first field of a step is its business key.
#pragma once

#include <capnp/dynamic.h>

#include <memory>
#include <string>
#include <string_view>

#include "adapters/port/port.h"

namespace longmen::adapters {

// The log keeps a record as evidence: the bound of a proposal's `original`.
inline constexpr size_t kRecordBytesMax = 32'768;

// Fills `into` from JSON, and `record` with id, time and the JSON as evidence. Errors, with the
// record's own field at fault: too_large, FromJson's, and those of shape (record_shape.h), which
// come before anything that the ledger might say (docs/rules.md).
Status ReadRecord(std::string_view json, capnp::DynamicStruct::Builder into, Record& record);

// A record whose steps stay in the message they were read into.
struct MessageRecord : Record {
  std::unique_ptr<capnp::MallocMessageBuilder> message =
      std::make_unique<capnp::MallocMessageBuilder>(128);  // words of eight bytes, to begin with
};

// The root of a record that the same scenario's Parse made.
template <typename Root>
typename Root::Reader RootOf(const Record& record) {
  return static_cast<const MessageRecord&>(record).message->getRoot<Root>().asReader();
}

inline std::string Copy(capnp::Text::Reader text) { return std::string(View(text)); }

}  // namespace longmen::adapters
