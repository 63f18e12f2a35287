// The candidate layouts, each as a pair of functions over one block.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "facts.h"

namespace longmen::layouts {

class Layout {
 public:
  virtual ~Layout() = default;
  virtual std::string_view name() const = 0;
  // Appends the block of `facts` (records only: the block's own header is the same for all).
  virtual void Encode(std::span<const Fact> facts, std::vector<uint8_t>& out) = 0;
  // Reads every field of every record. `block` is 8-byte aligned.
  virtual void Decode(Bytes block, Sink& sink) = 0;
};

std::unique_ptr<Layout> CapnProto();          // A: canonical, names in place
std::unique_ptr<Layout> CapnProtoByCapnp();   // A, made canonical by Cap'n Proto itself
std::unique_ptr<Layout> PlainCapnProto();     // A0: as built, not made canonical
std::unique_ptr<Layout> PackedCapnProto();    // B: A, packed
std::unique_ptr<Layout> InternedCapnProto();  // C: canonical, names as numbers
std::unique_ptr<Layout> BlockCapnProto();     // D: a block is one message
std::unique_ptr<Layout> TagLengthValue();     // E: one byte of tag, varints, lengths

// Is every proposal of a block of A canonical? What an auditor pays to know it.
bool AllCanonical(Bytes block);

// The canonical size in bytes of {minor, name} in today's struct and in one with two more fields
// that are absent, and whether old bytes read well through the new struct.
struct Evolution {
  size_t before = 0;
  size_t after = 0;
  bool reads = false;
};
Evolution TryEvolution();

}  // namespace longmen::layouts
