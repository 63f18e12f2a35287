#include "projections/store/amended_row.h"

#include <cstdint>

namespace longmen::projections {

AmendedRow ReadAmendedRow(std::string_view value) {
  uint64_t size = 0;
  for (int shift = 0; shift < 64 && !value.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(value.front());
    value.remove_prefix(1);
    size |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte >= 0x80) continue;
    if (size > value.size()) break;
    return {.head = value.substr(0, size), .tail = value.substr(size)};
  }
  return {};
}

char* WriteHeadSize(size_t size, char* at) {
  for (; size >= 0x80; size >>= 7) *at++ = static_cast<char>(size | 0x80);
  *at++ = static_cast<char>(size);
  return at;
}

void AmendValue(std::string& value, const AmendedRow& by) {
  if (value.empty() || !by.head.empty()) {
    char size[kHeadSizeMax];
    const std::string_view written(size, WriteHeadSize(by.head.size(), size));
    const size_t before = value.size() - ReadAmendedRow(value).tail.size();
    value.replace(0, before, std::string(written).append(by.head));
  }
  value.append(by.tail);
}

}  // namespace longmen::projections
