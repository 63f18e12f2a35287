// View: a ledger's directory for commands that only look.
//
// It takes no lock and writes nothing, so it works beside a server and on a read-only copy. The
// truth is the log up to HEAD, which beside a server is what it has acknowledged; derived state
// that lags behind it (a living server keeps some in memory, a crash loses some) is rolled forward
// here in memory, from a snapshot where one helps. Without any derived state all of it is folded.
//
// Threading: one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/ledger/ledger.h"
#include "engine/log/event_log.h"
#include "projections/store/store.h"

namespace longmen::adapters::cli {

struct ViewOptions {
  std::string directory;
  // The last record that counts, 0 being the empty ledger before the first; nothing: all there are.
  std::optional<Sequence> as_of;
  bool with_ledger = false;  // identities and rules' state too, which projections do not keep
};

class View {
 public:
  // NOT_FOUND where there is no ledger; UNANSWERABLE for an `as_of` the log does not reach;
  // CORRUPT where log and derived state contradict each other.
  static Result<std::unique_ptr<View>> Open(const ViewOptions& options);
  virtual ~View() = default;

  virtual const projections::ReadStore& projections() const = 0;
  virtual const engine::LogReader& log() const = 0;
  virtual const engine::Ledger& ledger() const = 0;  // only with `with_ledger`
  virtual Sequence as_of() const = 0;
  // An error once a reading failed: what was read cannot be trusted then.
  virtual Status status() const = 0;
};

}  // namespace longmen::adapters::cli
