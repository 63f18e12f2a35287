// A JSON document as a tape: one flat array of values in the order of the text, duplicates and all.
//
// Boost.JSON's own document forgets that a key came twice, and takes an allocation for every
// object; a tape is kept by the thread and filled anew.
//
// Threading: one thread. The text must outlive the tape's views.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"

namespace longmen::codec {

struct JsonValue {
  enum class Kind : uint8_t { kNull, kBool, kInteger, kNatural, kFloat, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  bool truth = false;
  int64_t integer = 0;    // of kInteger
  uint64_t natural = 0;   // of kNatural: past the signed range
  std::string_view text;  // of kString; a member's key stands before its value as a kString
  uint32_t count = 0;     // of kArray and kObject: elements or members
  uint32_t next = 0;      // index on the tape of what follows this value and all in it
};

class JsonTape {
 public:
  // The longest text and the deepest nesting that are read at all.
  static constexpr size_t kTextBytesMax = 1u << 20;
  static constexpr size_t kDepthMax = 16;

  // malformed where it is not one JSON document, bad_text where it is not UTF-8, too_large past
  // kTextBytesMax.
  Status Parse(std::string_view text);
  const std::vector<JsonValue>& values() const { return values_; }

 private:
  friend struct TapeHandler;
  std::vector<JsonValue> values_;
  std::vector<uint32_t> open_;  // arrays and objects that are not complete
  std::string unescaped_;       // texts that differ from how they were written
};

}  // namespace longmen::codec
