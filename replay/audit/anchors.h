// Anchors: blocks that the log must have, known from elsewhere than the log.
//
// An auditor keeps the last line of an earlier verification, `SEQUENCE:HASH`, where whoever can
// write the disk cannot reach. A log that was cut, or rewritten consistently from some block on,
// contradicts it; nothing beside the log can promise that. The older slots of HEAD name blocks too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/hash.h"
#include "replay/audit/finding.h"

namespace longmen::replay {

// "The block that ends at `sequence` has this SHA-256." Sequence 0: before the first block, zeros.
struct Anchor {
  Sequence sequence = 0;
  Digest256 chain{};

  bool operator==(const Anchor&) const = default;
};

// Of `SEQUENCE:HASH`, 64 hexadecimal digits. Error usage.
Result<Anchor> ParseAnchor(std::string_view text);
// And back.
std::string FormatAnchor(const Anchor& anchor);

// Holds anchors against the blocks as they pass, in order.
class AnchorCheck {
 public:
  // Findings are named `name`_differs where the log has another block there, or none that ends
  // there, and `name`_missing where it ends before.
  void Expect(const Anchor& anchor, std::string place, std::string name = "anchor");
  // A whole block of the chain.
  void Pass(Sequence first, Sequence last, const Digest256& chain, std::vector<Finding>& findings);
  // No block follows.
  void Finish(Sequence end, std::vector<Finding>& findings);

 private:
  struct Expected {
    Anchor anchor;
    std::string place;
    std::string name;
    bool met = false;
  };
  std::vector<Expected> expected_;
};

}  // namespace longmen::replay
