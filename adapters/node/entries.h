// Entries: what was submitted as JSON on its way to the engine and back.
#pragma once

#include <string>
#include <vector>

#include "adapters/node/node.h"

namespace longmen::adapters {

engine::Answer InvalidAnswer(const Error& error);

// One entry of a submission: a group's members or a record, and whether it goes to the engine.
struct Entry {
  std::vector<ItemAnswer> items;
  bool submitted = false;
};

// An atomic group of proposals, under the source that sent it; where one member cannot be read,
// nothing of it is decided.
Entry ParseGroup(const std::vector<std::string>& members, const std::string& source,
                 engine::Job& job);

// Puts the engine's answers where the entries wait for them, in order.
std::vector<ItemAnswer> Collect(std::vector<Entry>& entries, bool one_item_a_job,
                                std::vector<engine::Answers>& per_job);

}  // namespace longmen::adapters
