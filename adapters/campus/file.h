// A school's bill file, read by the school's own template (domain A5.2 rule 4).
//
// Threading: none of its own.
#pragma once

#include <string>

#include "adapters/campus/record.capnp.h"
#include "adapters/port/port.h"

namespace longmen::adapters::campus {

// Fills `lines` from `rows` by the template, and takes the rows away with the names in them. The
// first row at fault says why nothing of the file is taken, and the message names every such row:
//   bad_text             it has not as many columns as the template
//   missing_field        a number, a student or an amount is empty
//   amount_out_of_range  its amount is not one above zero
//   duplicate_in_group   its payment number came before
// and the template itself: unexpected_field where it names no column, or one twice.
Status ReadRows(File::Builder file, const Door& door);

}  // namespace longmen::adapters::campus
