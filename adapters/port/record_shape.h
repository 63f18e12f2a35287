// The shape of a step, from its schema alone: what can be wrong with a record before anybody asks
// the ledger. A record of bad shape is invalid and leaves nothing behind, so that its sender may
// mend it and send it again under the same id; nothing it says reaches the log.
//
// Threading: none of its own.
#pragma once

#include <capnp/dynamic.h>

#include <string>

#include "events/base/result.h"

namespace longmen::adapters {

// The first fault in the order of the schema; its field is a dotted path that begins with `name`:
//
//   the first field   the business key: a text, required, at most 64 printable bytes
//   $required         absent, empty or zero: missing_field
//   $time, $date      from 1970 on, within what the ledger keeps: bad_time
//   minor + currency  a group of these two is an amount: both or neither, 1 to 10^17
//   Text              as its annotation says ($person, $text, $words), else an id of 35 bytes
//
// Structs and lists are checked with what is in them. Types, enumerants and currencies were checked
// when the JSON was read (FromJson).
Status CheckStepShape(capnp::DynamicStruct::Reader step, const std::string& name);

}  // namespace longmen::adapters
