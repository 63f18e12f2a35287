// Amounts as text where they are many: into room that is there, without an allocation.
#pragma once

#include <cstddef>

#include "events/money/currency.h"

namespace longmen {

inline constexpr size_t kMinorTextMax = 48;

// FormatMinor's text of any count at `to`, which has room for kMinorTextMax characters; gives what
// is behind it.
char* WriteMinor(char* to, __int128 minor, Currency currency);

}  // namespace longmen
