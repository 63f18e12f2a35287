// The tree of a camt message. Names are those of its vocabulary: of the prefix that the Document
// has.
#pragma once

#include <optional>
#include <string_view>

#include "adapters/statements/row.h"
#include "adapters/statements/statement_file.h"

namespace pugi {
class xml_node;
}

namespace longmen::adapters::statements {

// The first node under the path "Acct/Id/IBAN"; an empty one where there is none.
pugi::xml_node At(const pugi::xml_node& node, std::string_view path);
pugi::xml_node NextNamed(const pugi::xml_node& node, std::string_view name);
std::string_view TextAt(const pugi::xml_node& node, std::string_view path);

// The amount in Amt, which is in the row's currency and not below zero. Faults are the row's.
int64_t AmountAt(const pugi::xml_node& node, std::string_view path, Row& row);
// Its sign in CdtDbtInd; `otherwise` where there is none.
schema::Direction DirectionOf(const pugi::xml_node& node, Row& row,
                              schema::Direction otherwise = schema::Direction::UNSTATED);

// What a date or time says: Dt or DtTm below the node. The day is the one that is written there; a
// time without an offset is taken at `utc_offset_minutes`, and a date for its midnight there.
struct WrittenTime {
  DayNumber day = 0;
  Nanos instant = 0;
  bool midnight = false;
};
std::optional<WrittenTime> ParseWrittenTime(std::string_view text, int utc_offset_minutes);
std::optional<WrittenTime> TimeIn(const pugi::xml_node& node, int utc_offset_minutes);
// The offset that a time is written with; 0 where it has none.
int OffsetOf(std::string_view time);

}  // namespace longmen::adapters::statements
