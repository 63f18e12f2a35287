#include "adapters/cli/bars.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace longmen::adapters::cli {
namespace {

// From nothing to a full character.
constexpr std::string_view kPlain[] = {" ", ".", ":", "|", "#"};
constexpr std::string_view kBlocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

// As the C library looks for what a locale is.
std::string_view Locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

}  // namespace

Ink InkOfOutput() {
  const std::string_view locale = Locale();
  const bool utf8 = locale.find("UTF-8") != std::string_view::npos ||
                    locale.find("utf8") != std::string_view::npos;
  return utf8 && ::isatty(STDOUT_FILENO) != 0 ? Ink::kBlocks : Ink::kPlain;
}

std::vector<std::string> Bars(std::span<const __int128> values, __int128 top, size_t height,
                              Ink ink) {
  const std::span<const std::string_view> parts =
      ink == Ink::kBlocks ? std::span<const std::string_view>(kBlocks) : kPlain;
  const auto steps = static_cast<__int128>(parts.size() - 1);  // of a character
  std::vector<std::string> lines(height);
  for (const __int128 value : values) {
    const __int128 all = steps * static_cast<__int128>(height);
    const __int128 filled = top == 0 ? 0 : (value * all + top - 1) / top;
    for (size_t line = 0; line < height; ++line) {
      const __int128 below = steps * static_cast<__int128>(height - 1 - line);
      const __int128 part = std::clamp<__int128>(filled - below, 0, steps);
      lines[line] += parts[static_cast<size_t>(part)];
    }
  }
  return lines;
}

}  // namespace longmen::adapters::cli
