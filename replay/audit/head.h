// What the slots of HEAD say beside the newest, which the reader holds against the tail itself.
//
// Somebody who drops the last blocks and wipes the slot that named them leaves an older slot that
// fits. What a crash can leave of the slots, and so what cannot be left by one, is in
// engine/rocks_reader/head_file.h; only the latter is a finding.
#pragma once

#include <string>
#include <vector>

#include "engine/rocks_reader/head_file.h"
#include "replay/audit/anchors.h"

namespace longmen::replay {

struct HeadCheck {
  std::vector<Finding> findings;   // head_slot_blank, head_slots_disagree
  std::vector<std::string> notes;  // what a power cut leaves, and a careful hand might too
  // The blocks that the older slots name: in the log, whatever crashed.
  struct Mark {
    Anchor anchor;
    std::string place;
  };
  std::vector<Mark> marks;
};
HeadCheck CheckSlots(const engine::HeadSlots& slots);

}  // namespace longmen::replay
