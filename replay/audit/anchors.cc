#include "replay/audit/anchors.h"

#include <fmt/format.h>

#include <charconv>

namespace longmen::replay {

Result<Anchor> ParseAnchor(std::string_view text) {
  const Error wrong{Code::USAGE, "expect",
                    "an anchor is SEQUENCE:HASH, as verify prints them: the sequence of a block's "
                    "last record and 64 hexadecimal digits"};
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return wrong;
  Anchor anchor;
  const char* const end = text.data() + colon;
  const auto sequence = std::from_chars(text.data(), end, anchor.sequence);
  if (colon == 0 || anchor.sequence == 0 || sequence.ec != std::errc() || sequence.ptr != end)
    return wrong;
  const std::string_view hash = text.substr(colon + 1);
  if (hash.size() != 2 * anchor.chain.size()) return wrong;
  for (size_t i = 0; i < anchor.chain.size(); ++i) {
    const char* const digits = hash.data() + 2 * i;
    const auto byte = std::from_chars(digits, digits + 2, anchor.chain[i], 16);
    if (byte.ec != std::errc() || byte.ptr != digits + 2) return wrong;
  }
  return anchor;
}

std::string FormatAnchor(const Anchor& anchor) {
  return fmt::format("{}:{}", anchor.sequence, Hex(anchor.chain));
}

void AnchorCheck::Expect(const Anchor& anchor, std::string place, std::string name) {
  expected_.push_back({anchor, std::move(place), std::move(name)});
}

void AnchorCheck::Pass(Sequence first, Sequence last, const Digest256& chain,
                       std::vector<Finding>& findings) {
  for (Expected& one : expected_) {
    const Sequence at = one.anchor.sequence;
    if (one.met || at < first || at > last) continue;
    one.met = true;
    if (at == last && one.anchor.chain == chain) continue;
    findings.push_back(
        {one.name + "_differs", at, one.place,
         at == last ? fmt::format("the block that ends there is {}, not {}", Hex(chain),
                                  Hex(one.anchor.chain))
                    : fmt::format("no block ends there: it is inside {} to {}", first, last)});
  }
}

void AnchorCheck::Finish(Sequence end, std::vector<Finding>& findings) {
  for (Expected& one : expected_) {
    if (one.met) continue;
    if (one.anchor.sequence > 0) {
      findings.push_back({one.name + "_missing", one.anchor.sequence, one.place,
                          fmt::format("the log can be followed to {} only", end)});
    } else if (one.anchor.chain != Digest256{}) {
      findings.push_back(
          {one.name + "_differs", 0, one.place, "before the first block the chain is zeros"});
    }
  }
}

}  // namespace longmen::replay
