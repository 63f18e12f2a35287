// Names and forms that command lines state, checked.
#pragma once

#include <string>
#include <string_view>

#include "engine/sequencer/engine.h"
#include "events/base/time.h"
#include "events/schema/event.capnp.h"

namespace longmen::adapters::cli {

// "b2b_gateway"; "none" where allowed. USAGE otherwise, with the names there are.
Result<schema::Scenario> ScenarioOf(std::string_view name, bool none_too = false);

// "+08:00" -> 480, up to 14 hours either way.
Result<int> UtcOffset(std::string_view text);

// yyyy-mm-dd. USAGE under the option's name otherwise.
Result<DayNumber> DateOf(std::string_view text, std::string_view option);

// The instant an option states, as a clock that stands there; empty: the system's.
Result<engine::Clock> ClockAt(std::string_view instant, std::string_view option);

// A text as a JSON string.
std::string Quoted(std::string_view text);

}  // namespace longmen::adapters::cli
