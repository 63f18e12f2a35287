// ShortText: an owned text that takes no allocation up to 22 bytes, as nearly all ids, keys and
// channels have; FewOf: a list that takes none up to its inline size.
#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/container/string.hpp>

#include <concepts>
#include <string_view>

namespace longmen {

using ShortText = boost::container::string;

template <typename T, size_t kInline>
using FewOf = boost::container::small_vector<T, kInline>;

// Of this type alone: a view of a text made by conversion would outlive it.
template <std::same_as<ShortText> Text>
std::string_view View(const Text& text) {
  return {text.data(), text.size()};
}
inline ShortText Short(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace longmen
