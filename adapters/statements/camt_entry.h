// An entry of a camt report (Ntry) as lines.
//
// One line an entry; where it holds several transactions that each have an amount, and these come
// to the entry's, one line each.
#pragma once

#include <string_view>

#include "adapters/statements/part.h"
#include "adapters/statements/row.h"

namespace pugi {
class xml_node;
}

namespace longmen::adapters::statements {

struct CamtReport {
  std::string_view bytes;      // of the whole file, to which the nodes' places refer
  int utc_offset_minutes = 0;  // of times that have none
  DayNumber day = 0;           // of entries that have none
};

struct CamtEntry {
  schema::Direction direction = schema::Direction::UNSTATED;
  int64_t minor = 0;
  bool booked = false;
};

// Gives its lines to the part; `row` has the number of the entry.
Result<CamtEntry> ReadCamtEntry(const pugi::xml_node& entry, const CamtReport& report, Row& row,
                                Part& part);

}  // namespace longmen::adapters::statements
