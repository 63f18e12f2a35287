// Figures: what a run measured, each beside its peer or limit of the same run, and its target.
//
// One table for people, and one JSON object a line in a file for programs, written as the figures
// come in, so that a run that is cut short has said what it knew. The machine is shared: believe
// medians and ratios.
#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace longmen::bench {

// What a figure, or its ratio to the peer, is to reach.
struct Target {
  enum class Of { kValue, kRatio };
  enum class Bound { kAtLeast, kAtMost };
  Of of;
  Bound bound;
  double number;
};
inline Target AtLeast(double value) { return {Target::Of::kValue, Target::Bound::kAtLeast, value}; }
inline Target AtMost(double value) { return {Target::Of::kValue, Target::Bound::kAtMost, value}; }
inline Target RatioAtLeast(double ratio) {
  return {Target::Of::kRatio, Target::Bound::kAtLeast, ratio};
}
inline Target RatioAtMost(double ratio) {
  return {Target::Of::kRatio, Target::Bound::kAtMost, ratio};
}

// A peer or limit measured in this run, in the unit of the figure beside it.
struct Peer {
  std::string name;  // empty: none
  double value = 0;  // 0: not measured, and the name a remark
};

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  Peer peer;
  std::vector<Target> targets;

  double ratio() const { return peer.value == 0 ? 0 : value / peer.value; }
  // Nothing where there is no target, or it speaks of a peer that was not measured.
  std::optional<bool> met() const;
};

class Table {
 public:
  // `json` is a file to write; empty: none.
  explicit Table(const std::string& json = "");

  // A line over the figures that follow, for people.
  void Subject(const std::string& title);
  void Add(Figure figure);
  // What people should know of the figures above.
  void Note(const std::string& text);

 private:
  std::ofstream json_;
};

}  // namespace longmen::bench
