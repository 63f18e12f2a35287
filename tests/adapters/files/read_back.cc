#include "tests/adapters/files/read_back.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace longmen::testing {

projections::MapStore Folded(const HandLog& log) {
  projections::MapStore store;
  for (const auto& record : log.records()) {
    EXPECT_TRUE(projections::Fold(record.view(), record.effects, store).ok());
  }
  return store;
}

HandLog ClosedE2b(schema::SettlementMethod method) {
  HandLog log;
  log.method = method;
  E2bBanks(log);
  E2bRefund(log, E2bPayments(log));
  log.CloseCycle();
  return log;
}

const adapters::ExportedFile& Named(const std::vector<adapters::ExportedFile>& files,
                                    const std::string& begins) {
  const auto found =
      std::ranges::find_if(files, [&](const auto& file) { return file.name.starts_with(begins); });
  CHECK(found != files.end(), "test.file", begins);
  return *found;
}

std::string Slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::string OutputOf(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  char chunk[4096];
  while (const size_t size = fread(chunk, 1, sizeof chunk, pipe)) output.append(chunk, size);
  pclose(pipe);
  return output;
}

Table ReadCsv(const std::string& bytes) {
  Table table(1);
  table.back().emplace_back();
  bool quoted = false;
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string& field = table.back().back();
    if (quoted && bytes[i] == '"' && i + 1 < bytes.size() && bytes[i + 1] == '"') {
      field += bytes[++i];
    } else if (bytes[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && bytes[i] == ',') {
      table.back().emplace_back();
    } else if (!quoted && bytes[i] == '\n') {
      table.emplace_back(1);
    } else {
      field += bytes[i];
    }
  }
  table.pop_back();  // after the last line end
  return table;
}

std::vector<Row> CheckedRows(const adapters::ExportedFile& file) {
  const Table table = ReadCsv(Slurp(file.path));
  EXPECT_GE(table.size(), 2u);
  for (const auto& line : table) EXPECT_EQ(line.size(), table.front().size()) << file.name;
  const auto& trailer = table.back();
  EXPECT_EQ(trailer[0], "trailer");
  EXPECT_EQ(trailer[1], std::to_string(table.size() - 2));
  EXPECT_EQ(trailer[4], std::to_string(file.first));
  EXPECT_EQ(trailer[5], std::to_string(file.last));
  const std::string digest = OutputOf("head -n -1 '" + file.path + "' | sha256sum");
  EXPECT_EQ(trailer[6], digest.substr(0, 64)) << file.name;
  std::vector<Row> rows;
  for (size_t i = 1; i + 1 < table.size(); ++i) {
    Row& row = rows.emplace_back();
    for (size_t c = 0; c < table[i].size(); ++c) row[table[0][c]] = table[i][c];
  }
  return rows;
}

std::pair<std::string, std::string> Sums(const adapters::ExportedFile& file) {
  const auto trailer = ReadCsv(Slurp(file.path)).back();
  return {trailer[2], trailer[3]};
}

}  // namespace longmen::testing
