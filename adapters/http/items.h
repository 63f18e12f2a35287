// Items: a request's body cut into what the node takes, without reading what is inside.
//
// The door finds the ends of lines and of a group's members and no more: every member goes on as
// the bytes that came, because a scenario keeps them as evidence and the codec judges them (a
// second parser here would have opinions of its own about numbers and doubled keys).
#pragma once

#include <string_view>
#include <vector>

#include "events/base/result.h"

namespace longmen::adapters::http {

// The lines that hold something, without their ends ("\n" or "\r\n").
std::vector<std::string_view> SplitLines(std::string_view body);

// Is this an object whose first key is "group"?
bool IsGroup(std::string_view json);

// The members of {"group":[...]}, at least one. malformed [group] where it is not exactly that.
Result<std::vector<std::string_view>> SplitGroup(std::string_view json);

}  // namespace longmen::adapters::http
