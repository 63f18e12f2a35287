// Instants and dates as text where they are many: into room that is there, without an allocation.
#pragma once

#include <cstddef>

#include "events/base/time.h"

namespace longmen {

inline constexpr size_t kInstantTextMax = 40;

// FormatInstant's and FormatDate's text at `to`, which has room for kInstantTextMax characters;
// they give what is behind it.
char* WriteInstant(char* to, Nanos instant);
char* WriteDate(char* to, DayNumber day);

}  // namespace longmen
