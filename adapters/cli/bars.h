// Bars: figures over time as columns of characters, for a terminal or for a file.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace longmen::adapters::cli {

enum class Ink {
  kPlain,   // . : | #
  kBlocks,  // eighths of a character, in UTF-8
};

// Blocks where standard output is a terminal whose locale speaks UTF-8.
Ink InkOfOutput();

// Lines from the top down, a column a value, `top` reaching up to the full height. What is not
// zero is seen. Values are zero or more and at most `top`.
std::vector<std::string> Bars(std::span<const __int128> values, __int128 top, size_t height,
                              Ink ink);

}  // namespace longmen::adapters::cli
