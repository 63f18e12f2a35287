// What longmen-audit prints: for people on a terminal, or one JSON object a line.
#pragma once

#include <optional>
#include <string>

#include "replay/audit/history.h"
#include "replay/audit/verify.h"

namespace longmen::replay {

std::optional<schema::Scenario> ScenarioFromName(std::string_view name);
std::string ScenarioNames();  // "none, b2b_gateway, parking …"

void PrintReport(const VerifyReport& report, bool json);
void PrintTrace(const RecordView& record, const Effects& effects, bool json);
void PrintLedger(const engine::Ledger& ledger, bool json);
void PrintDifference(const std::optional<LogDifference>& difference, bool json);

}  // namespace longmen::replay
