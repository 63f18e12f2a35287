// Decisions: what people decide about open items of reconciliation, from a file to the log.
//
// The file is CSV as `longmen query DIR breaks RULE --csv` gives it, with the columns filled in
// that say what is to be done; columns of other names are passed over:
//
//   items     names of open items, separated by blanks: m4711 ours, FILE:17 theirs
//   decision  wait, match, adjust, suspend or write_off; empty: the row is passed over
//   reason    why; recorded
//
// Each row is one atomic group of proposals, so that the correction and the decision stand or fall
// together. Ids derive from the row's content: the same file again changes nothing.
//
//   wait       the items stay open, with the reason beside them
//   match      they belong together: they are taken out, whatever they sum to
//   adjust     our books follow theirs (domain A1.6): an outcome that we did not know is resolved
//   as
//              their line says it, or as failed where their statement does not list it; a line of
//              an order of ours that was not paid becomes its debit, as reported. Never a second
//              debit: where neither is the case there is nothing to adjust.
//   suspend    what they have and we have not (or the reverse) is posted between the rule's account
//              for what the issuer keeps and its suspense account
//   write_off  the same against its account for write-offs
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/log/event_log.h"
#include "events/codec/codec.h"
#include "projections/matching/matching.h"

namespace longmen::adapters {

enum class DecisionKind : uint8_t { kWait, kMatch, kAdjust, kSuspend, kWriteOff };

struct DecisionRow {
  uint64_t line = 0;  // of the file
  std::vector<std::string> items;
  DecisionKind kind = DecisionKind::kWait;
  std::string reason;
};

// BAD_LINE with the line; MISSING_FIELD for a column that is not there; UNKNOWN_ENUM for a decision
// that is none.
Result<std::vector<DecisionRow>> ReadDecisions(std::string_view csv);

struct DecisionOptions {
  std::string source;  // who proposes
  std::string by;
  std::string approved_by;
  Nanos now = 0;
};

// The id under which the first proposal of a row is known; what was refused is tried again under
// the next attempt's.
std::string FirstIdOf(const DecisionRow& row, const DecisionOptions& options, unsigned attempt);

// What rows are translated against.
struct DecisionView {
  const projections::MatchReading& reading;
  const projections::ReadStore& store;
  const engine::LogReader& log;
};

// The group of a row. NOT_FOUND for an item that is not open under the rule; USAGE where the
// decision does not fit (nothing to adjust, the rule names no account); shape errors of texts.
Result<std::vector<ProposalBytes>> ProposalsOf(const DecisionRow& row, const DecisionView& view,
                                               const DecisionOptions& options, unsigned attempt);

}  // namespace longmen::adapters
