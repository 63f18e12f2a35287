// The annotations of event.capnp by their ids, which the schema compiler derives from the file's id
// and the name: as fixed as both of them. (The generated header does not carry them.)
#pragma once

#include <capnp/schema.h>

#include <cstdint>

namespace longmen::codec {

inline constexpr uint64_t kTime = 0xd23adfb3f5a80b2a;
inline constexpr uint64_t kDate = 0xdbcca46b7716ccdd;
inline constexpr uint64_t kCurrency = 0xe1096ee43a5de72b;
inline constexpr uint64_t kFlatten = 0xc48d630a9a60a10d;
inline constexpr uint64_t kOutsideComparison = 0xd9d0ddb4d0c29873;
inline constexpr uint64_t kRequired = 0x9cbd266d409d1c58;
inline constexpr uint64_t kPerson = 0xb3772773541071cf;
inline constexpr uint64_t kText = 0xdd27fc6b4fe195f7;
inline constexpr uint64_t kWords = 0x81dbf21b8c93e117;

inline bool HasAnnotation(capnp::schema::Field::Reader field, uint64_t id) {
  for (auto annotation : field.getAnnotations()) {
    if (annotation.getId() == id) return true;
  }
  return false;
}

}  // namespace longmen::codec
