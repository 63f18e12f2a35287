// AmendedRow: a value of two parts, of which the head is replaced and the tail grows.
//
// What stands under one key as its latest state and its history is one row, and whoever changes
// both writes one change. On disk: the size of the head as a LEB128 varint, the head, the tail.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace longmen::projections {

struct AmendedRow {
  std::string_view head;
  std::string_view tail;
};

// The parts of such a value; both empty where it is none.
AmendedRow ReadAmendedRow(std::string_view value);

// Amends a value in place; an empty value is a row that begins.
void AmendValue(std::string& value, const AmendedRow& by);

// Writes what stands before a head, at most so much, and gives its end.
inline constexpr size_t kHeadSizeMax = 10;
char* WriteHeadSize(size_t size, char* at);

}  // namespace longmen::projections
