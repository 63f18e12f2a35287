// The program and ledgers that have schemes: how their tests register and propose.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "tests/support/program/program.h"

namespace longmen::testing {

class ClearingProgram : public Program {
 protected:
  void Take(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    const Said said = Ingest(text);
    ASSERT_EQ(said.code, 0) << said.out << said.err;
  }
  static std::string Register(const std::string& name, const std::string& what) {
    return ProposalText("r-" + name, name, fmt::format(R"("registration":{{{}}})", what));
  }
};

}  // namespace longmen::testing
