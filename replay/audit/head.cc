#include "replay/audit/head.h"

#include <fmt/format.h>

#include <algorithm>

namespace longmen::replay {
namespace {

using engine::HeadMark;
using engine::HeadSlotState;

std::string PlaceOf(size_t slot) { return fmt::format("HEAD slot {}", slot); }

}  // namespace

HeadCheck CheckSlots(const engine::HeadSlots& slots) {
  HeadCheck check;
  std::vector<std::pair<HeadMark, size_t>> whole;
  for (size_t slot = 0; slot < slots.size(); ++slot) {
    const HeadMark& mark = slots[slot].mark;
    switch (slots[slot].state) {
      case HeadSlotState::kWhole:
        whole.emplace_back(mark, slot);
        break;
      case HeadSlotState::kTorn:
        check.notes.push_back(PlaceOf(slot) +
                              " is torn, as a power cut leaves it; the next opening mends it");
        break;
      case HeadSlotState::kBlank:
        check.findings.push_back({"head_slot_blank", 0, PlaceOf(slot),
                                  "holds no mark, which no crash leaves: blocks that it named may "
                                  "be gone"});
        break;
    }
  }
  std::ranges::sort(whole, {}, [](const auto& one) { return one.first.counter; });
  for (size_t i = 1; i < whole.size(); ++i) {
    const auto& [before, at] = whole[i - 1];
    const auto& [after, slot] = whole[i];
    check.marks.push_back({{before.last_sequence, before.last_block}, PlaceOf(at)});
    if (after.counter > before.counter && after.last_sequence >= before.last_sequence &&
        after.epoch >= before.epoch) {
      continue;
    }
    check.findings.push_back(
        {"head_slots_disagree", after.last_sequence, PlaceOf(slot),
         fmt::format("counter {}, epoch {}, sequence {} cannot follow counter {}, epoch {}, "
                     "sequence {} of slot {}",
                     after.counter, after.epoch, after.last_sequence, before.counter, before.epoch,
                     before.last_sequence, at)});
  }
  return check;
}

}  // namespace longmen::replay
