// Real data, where it lies beside the project: it is no part of it. A run that finds none is
// skipped and says so.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/program/program.h"

namespace longmen::testing {

// A CSV file without quotes: every row is asked by the names of its columns.
class Csv {
 public:
  explicit Csv(std::string_view text);
  Csv(const Csv&) = delete;

  class Row {
   public:
    Row(const Csv& csv, std::vector<std::string> fields) : csv_(csv), fields_(std::move(fields)) {}
    const std::string& operator[](std::string_view column) const;
    int64_t Number(std::string_view column) const { return std::stoll((*this)[column]); }

   private:
    const Csv& csv_;
    std::vector<std::string> fields_;
  };
  const std::vector<Row>& rows() const { return rows_; }

 private:
  std::map<std::string, size_t, std::less<>> columns_;
  std::vector<Row> rows_;
};

// A ledger that begins before the data does, with a source `real` that may do what a scenario does.
class RealData : public Program {
 protected:
  RealData(std::string file, std::string begins);
  void SetUp() override;

  // What the file says; one that ends in .gz is unpacked.
  std::string Text() const;
  // The body that registers an account; `more`: further members of it, each after a comma.
  static std::string Account(std::string_view participant, std::string_view kind,
                             std::string_view currency, std::string_view more = "");
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
};

}  // namespace longmen::testing
