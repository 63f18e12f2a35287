// Where matching keeps what: shared by its fold and its readings.
#pragma once

#include "projections/matching/matching.h"
#include "projections/store/encoding.h"

namespace longmen::projections {

// name -> MatchRule
inline constexpr std::string_view kRules = "matching/r";
// file -> StatementFile
inline constexpr std::string_view kFiles = "matching/f";
// issuer, channel, date, file, line / kLinesOfRow -> FiledLines, appended
inline constexpr std::string_view kFiledLines = "matching/l";
inline constexpr uint32_t kLinesOfRow = 1u << 12;
// file, line -> sequence of the resolution that took it
inline constexpr std::string_view kTakenLines = "matching/t";
// movement, rule -> likewise; of a resolution that names no rule the rule is empty
inline constexpr std::string_view kTakenMovements = "matching/m";
// sequence -> ItemDecision
inline constexpr std::string_view kDecisions = "matching/d";

// A line without what its row's key says.
struct FiledLine {
  uint32_t offset = 0;  // of its number in the row
  Sequence sequence = 0;
  schema::Direction direction = schema::Direction::UNSTATED;
  schema::StatementLineKind kind = schema::StatementLineKind::UNSTATED;
  schema::Outcome outcome = schema::Outcome::UNSTATED;
  int64_t minor = 0;
  int64_t fee = 0;
  Nanos occurred_at = 0;
  ShortText reference;
  ShortText order_key;
  ShortText status;
};

template <typename Archive>
void Fields(Archive& archive, FiledLine& line) {
  archive(line.offset, line.sequence, line.direction, line.kind, line.outcome, line.minor);
  archive(line.fee, line.occurred_at, line.reference, line.order_key, line.status);
}

template <typename Archive>
void Fields(Archive& archive, MatchRule& rule) {
  archive(rule.name, rule.status, rule.day_start_minute, rule.utc_offset_minutes);
  archive(rule.edge_minutes, rule.due_days, rule.day_tolerance);
  uint8_t net = rule.net_of_fees ? 1 : 0;
  archive(net);
  rule.net_of_fees = net != 0;
  archive(rule.amount_tolerance, rule.participant, rule.issuer, rule.channels, rule.kinds,
          rule.scenarios, rule.statement_accounts);
  archive(rule.account, rule.suspense, rule.write_off, rule.mirror, rule.registered);
}

template <typename Archive>
void Fields(Archive& archive, StatementFile& file) {
  archive(file.key, file.issuer, file.channel, file.account, file.format, file.content);
  archive(file.currency.numeric, file.from, file.to, file.header, file.trailer, file.lines);
  archive(file.credits, file.debits, file.withdrawn);
}

template <typename Archive>
void Fields(Archive& archive, ItemDecision& decision) {
  archive(decision.sequence, decision.recorded_at, decision.kind, decision.items);
  archive(decision.amount, decision.movements, decision.reason, decision.by, decision.approved_by);
}

}  // namespace longmen::projections
