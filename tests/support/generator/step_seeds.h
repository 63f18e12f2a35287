// The generator as rapidcheck sees it: a list of seeds, one a step.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <vector>

namespace longmen::generator {

// Up to `steps_max` seeds. Not made smaller by rapidcheck: what a step proposes depends on the
// state before it, so that leaving out a seed changes every later step. Whoever finds a failure
// leaves out steps as they were proposed instead.
inline rc::Gen<std::vector<uint64_t>> StepSeeds(int steps_max) {
  return rc::gen::noShrink(
      rc::gen::resize(steps_max, rc::gen::container<std::vector<uint64_t>>(
                                     rc::gen::resize(64, rc::gen::arbitrary<uint64_t>()))));
}

}  // namespace longmen::generator
