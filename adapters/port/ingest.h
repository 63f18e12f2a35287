// Ingest: turns a scenario record into one decision of the ledger.
//
// It runs on the sequencer, between two decisions (engine::Job::decide), so that a translation sees
// everything accepted before its record.
#pragma once

#include <string_view>

#include "adapters/port/port.h"
#include "engine/ledger/ledger.h"

namespace longmen::adapters {

// A record is known by (source, "<id>.0"), its first proposal. Known with the same evidence: the
// first answers again, one a proposal. Known with other evidence: one `conflict` [record]. Else
// what is due at `now` is written, the record translated, and the group decided, or its refusal
// by the translation recorded. A translation of bad shape is one `invalid` answer; nothing of it is
// recorded.
engine::Decided IngestRecord(engine::Ledger& ledger, const ScenarioAdapter& adapter,
                             const Record& record, std::string_view source, Nanos now);

// The answers a record got when it first came, one a proposal; empty where it never did.
engine::Answers FirstAnswers(const engine::LedgerView& ledger, std::string_view source,
                             std::string_view record_id);

}  // namespace longmen::adapters
