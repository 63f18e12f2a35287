// Real data, where it lies beside the project: it is no part of it. A run that finds none is
// skipped and says so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/program/program.h"

namespace longmen::testing {

// A CSV file without quotes.
class Csv {
 public:
  using Row = std::vector<std::string>;

  explicit Csv(std::string_view text);
  const std::vector<Row>& rows() const { return rows_; }
  // Where the column stands; the test fails where there is none.
  size_t Column(std::string_view name) const;

 private:
  Row header_;
  std::vector<Row> rows_;
};

// A ledger that begins before the data does, with a source `real` that may do what a scenario does.
class RealData : public Program {
 protected:
  RealData(std::string file, std::string begins);
  void SetUp() override;

  // What the file says; one that ends in .gz is unpacked.
  std::string Text() const;
  // Proposals, all of which are taken; ids and the instant, the ledger's first, are made here.
  void Register(const std::vector<std::pair<std::string, std::string>>& key_and_body);
  // Records, one a line: the answer to each as JSON, in lines.
  Said TakeIn(const std::string& scenario, const std::string& lines);
  // The file of `longmen export --what` whose name begins so; "": with what it is.
  Csv Exported(const std::string& what, const std::vector<std::string>& more = {},
               const std::string& begins = "");
  // Expects the auditor to find nothing.
  void ExpectClean();

 private:
  const std::string path_;
  const std::string first_instant_;
};

}  // namespace longmen::testing
