// Read back: what an export says, read by means that share no code with what wrote it.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "adapters/files/exports.h"
#include "tests/projections/hand_log/hand_log.h"

namespace longmen::testing {

projections::MapStore Folded(const HandLog& log);

// Domain E2b in cycle "B202103010001", which is closed.
HandLog ClosedE2b(schema::SettlementMethod method = schema::SettlementMethod::MULTILATERAL_NET);

// The one whose name begins so.
const adapters::ExportedFile& Named(const std::vector<adapters::ExportedFile>& files,
                                    const std::string& begins);

std::string Slurp(const std::string& path);
std::string OutputOf(const std::string& command);

using Table = std::vector<std::vector<std::string>>;
// RFC 4180, as anybody would read it.
Table ReadCsv(const std::string& bytes);

using Row = std::map<std::string, std::string>;  // by column
// Checks a file's form and trailer against its own bytes and gives its rows.
std::vector<Row> CheckedRows(const adapters::ExportedFile& file);

// Debits and credits of the trailer.
std::pair<std::string, std::string> Sums(const adapters::ExportedFile& file);

}  // namespace longmen::testing
