// Recall: the way of rows into the history and back.
//
// Old, and put away, are: an order that is settled, with all its movements, and a movement without
// an order, once a window of records has passed since their last change; an identity, a window
// after its record; lines of a statement file, a window after the last that was added to their row
// (State::IsOld). This is a function of the log, and so is what a snapshot holds:
// the rows that are not old. When a row goes is not: what is old may be in memory or not, and the
// rules decide the same. For that whoever decides warms first what a proposal can be about; the
// rules then look at memory alone.
//
// An old row that is about to change is put away as it is, too: a snapshot of any sequence before
// finds it in the history. What is put away must be durable in the log: whoever has records in
// flight keeps them well below a window.
#pragma once

#include <optional>
#include <vector>

#include "engine/ledger/history.h"
#include "engine/ledger/opened.h"

namespace longmen::engine {

// What lies together: an order with its movements, a movement that has none, or lines.
struct Bundle {
  std::optional<OrderRow> order;
  std::vector<MovementRow> movements;
  std::optional<LinesRow> lines;
};

// As it was after the state's last record. Nothing: there was none, or it is not old.
std::optional<Bundle> RecallOrder(const State& state, History& history, schema::Scenario scenario,
                                  std::string_view key);
std::optional<IdentityRow> RecallIdentity(const State& state, History& history,
                                          std::string_view source, std::string_view id);
// The movement that a proposal began.
std::optional<MovementRow> RecallMovement(const State& state, History& history,
                                          std::string_view source, std::string_view id);

// Has the processor fetch what the first looks for a proposal will touch: it is decided soon.
// Several such misses overlap, one after the other each would be waited for.
void Expect(const State& state, const History* history, const Opened& proposal);

// Brings into memory what is known of the proposal's identity, which is not there. Whether anything
// is.
bool WarmIdentity(State& state, History& history, const Opened& proposal);
// Brings into memory what the rules may look up for the proposal; right before they do. Records
// after `settled` may yet be undone.
void WarmSubject(State& state, History& history, Sequence settled, const Opened& proposal);
// The same before a record is applied that was decided before. Its identity and the key of an order
// it places are taken to be new, as they were then: a history that knows more of the log than the
// state would have to be read for each. That none repeats is the auditor's to find.
void WarmDecided(State& state, History& history, const Opened& proposal);

// Takes old rows out of memory; looks at `most` at most. Between groups.
void PutAway(State& state, History& history, size_t most);

// Before a record is applied: keeps the hash of the bundle that it changes, if that is old.
void KeepSuperseded(State& state, const Opened& proposal);

// Holds a history against a ledger that has all in memory, as far as both know: everything old is
// there as it is, and nothing is there that never was. The error names the first difference.
Status CompareHistory(const State& state, History& history);

}  // namespace longmen::engine
