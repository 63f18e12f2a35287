// Fill: the words of a script as the fields of a message, by its schema. A script names fields as
// the schema does, so that it reads like the records a real system sends.
#pragma once

#include <capnp/dynamic.h>

#include <string>
#include <vector>

#include "events/base/result.h"
#include "events/base/time.h"
#include "events/money/money.h"

namespace longmen::script {

inline constexpr Currency kYuan{156};
inline constexpr int kOffsetMinutes = 480;  // scripts speak Beijing time

// "09:00", "09:00:15.5" on `date` (yyyy-mm-dd) in Beijing, or an instant in RFC 3339.
Result<Nanos> ParseTime(const std::string& word, const std::string& date);

// Fills `message` from "name value" pairs: words[from] is a field's name ("answer.outcome"), and so
// on to the end. Values by the field's type: amounts in decimal, with the currency after it unless
// it is yuan ("20.00", "20.00 USD"); spans of time as "48h", "10m", "15s"; enumerants in
// snake_case; a rate as what one unit of a currency costs ("7.20 USD"); lists of texts with commas;
// anything as JSON.
Status FillPairs(capnp::DynamicStruct::Builder message, const std::vector<std::string>& words,
                 size_t from, const std::string& date);

}  // namespace longmen::script
