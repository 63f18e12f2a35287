// Import: a statement file into the log.
//
// The file is read twice: first nothing is kept, and what does not add up is refused with nothing
// proposed; then every statement in it becomes a header, its lines (many in an event) and a
// trailer. The file's key derives from its content, so that a file that was loaded before changes
// nothing, and one whose loading was cut short goes on behind the last line that is there: until
// its trailer none of its lines count.
//
// Key: <format>-<first day>-<12 hex digits of the content's SHA-256 (of a file without a line, of
// whose it is and of which day too)>, ".2" and so on for the further statements in one file, "~2"
// and so on where the one before was withdrawn. Id: <16 hex digits>-<statement>.<attempt>-<the
// event's first line>, -h or -t: what was refused once (a participant that was not there, a time
// that was too late) is proposed again by a later attempt.
//
// Memory does not grow with the file: the caller's thread reads, another encodes while the engine
// decides what came before, and only a few batches wait for either.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/statements/statement_file.h"
#include "engine/sequencer/engine.h"
#include "projections/store/store.h"

namespace longmen::adapters {

struct ImportOptions {
  std::string source;   // who proposes
  std::string issuer;   // the participant whose word it is
  std::string channel;  // as our movements name it; empty: of all
  std::string format;   // empty: by content
  StatementDefaults defaults;
  Nanos received_at = 0;  // of the header and the trailer
};

struct ImportedStatement {
  std::string key;
  StatementHeader header;
  StatementTotals totals;
};

struct ImportedFile {
  std::string format;
  Digest256 content{};  // SHA-256 of the file
  std::vector<ImportedStatement> statements;
  uint64_t lines = 0;
  bool known = false;  // it was loaded before, and nothing was added
  Sequence last = 0;   // the record of the last trailer
};

// What a file holds, checked, without proposing anything. Errors are ReadStatementFile's, and those
// of texts that no event takes.
Result<ImportedFile> CheckStatementFile(std::string_view bytes, const ImportOptions& options);

// What a ledger has already.
struct ImportLedger {
  const projections::ReadStore& store;
  std::function<bool(std::string_view id)> has_id;  // of the options' source, refused ones too
};

// Errors besides: FILE_EXISTS where it was loaded as another issuer's or channel's; what the rules
// refuse (unknown_participant, not_permitted …); storage and overload as the engine says them.
// Progress is told on a thread of the import's.
using ImportProgress = std::function<void(uint64_t lines)>;
Result<ImportedFile> ImportStatementFile(std::string_view bytes, const ImportOptions& options,
                                         const ImportLedger& ledger, engine::Engine& engine,
                                         const ImportProgress& progress);

// The proposals of a file one after the other, for whoever proposes them by another way. An error
// of `take` ends it, and is what this gives.
Result<ImportedFile> EachProposalOf(std::string_view bytes, const ImportOptions& options,
                                    const ImportLedger& ledger,
                                    const std::function<Status(const ProposalBytes&)>& take);

}  // namespace longmen::adapters
