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
//   match      they belong together: they are taken out. Theirs less ours is nothing, within the
//              rule's tolerance, or their list has something twice
//   adjust     our books follow theirs (domain A1.6): an outcome that we did not know becomes what
//              their line says, or failed where their statement does not list it; an order of ours
//              that was not paid gets the debit that their line reports, for just its amount. Never
//              a second debit: an order that was paid meanwhile has the whole row refused
//   suspend    what they have and we have not (or the reverse) is posted between the rule's account
//              for what the issuer keeps and its suspense account
//   write_off  the same against its account for write-offs
//
// A row names whole breaks. Separators are commas, semicolons or tabs; the text is UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
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

// What rows are translated against; all of it outlives this.
struct DecisionView {
  DecisionView(const projections::MatchReading& of, const projections::ReadStore& from,
               const engine::LogReader& reader);

  const projections::MatchReading& reading;
  const projections::ReadStore& store;
  const engine::LogReader& log;
  // Every open item by its name, with its break.
  using Open = std::pair<const projections::Break*, const projections::MatchItem*>;
  std::unordered_map<std::string, Open> open;
};

// The group of a row. NOT_FOUND for an item that is not open under the rule; USAGE where the
// decision does not fit (nothing to adjust, half a break, the rule names no account); shape errors
// of texts.
Result<std::vector<ProposalBytes>> ProposalsOf(const DecisionRow& row, const DecisionView& view,
                                               const DecisionOptions& options, unsigned attempt);

// The row of a withdrawal, of which its id is: its only item is the file.
DecisionRow WithdrawalRow(const std::string& file, const std::string& reason);
// A file that was wrong, or is issued again: none of its lines counts any more.
Result<ProposalBytes> WithdrawalOf(const projections::StatementFile& file,
                                   const std::string& reason, const DecisionOptions& options,
                                   unsigned attempt);

}  // namespace longmen::adapters
