// All: every projection of this build, folded and compared together.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "events/base/hash.h"
#include "projections/store/applied.h"
#include "projections/store/store.h"

namespace longmen::projections {

// In the order they are folded. Adding one is one line in all.cc.
std::span<const Projection* const> Projections();

// The rows that are asked for one by one beside a busy writer: an account's balance.
inline constexpr const char* kReadMost = "balances/";

// UNANSWERABLE where another format was folded into the store: nothing in it can be read. Whoever
// opens a store that outlived a program asks first.
Status CheckFormat(const ReadStore& store);

// Folds one record into every projection and moves "applied" to it. A record that is contained
// already changes nothing: rolling forward may begin anywhere before the end of what is stored.
// CORRUPT where a record is missing between the store and this one; UNANSWERABLE where another
// format was folded into it (delete the derived state and fold the log again).
// The proposal's bytes are 8-byte aligned.
Status Fold(const RecordView& record, const Effects& effects, Store& store);

// The same for many records in a row: what several of them change is gathered and written once, and
// so is how far the store is. Between the first Fold and Finish the store must not be committed or
// read, nor after a Fold that failed.
class Folding {
 public:
  explicit Folding(Store& store) : store_(store) {}
  Status Fold(const RecordView& record, const Effects& effects);
  // Another Fold may follow, and needs a Finish again.
  void Finish();

 private:
  Status Begin();

  Store& store_;
  std::optional<Applied> applied_;
  std::vector<std::unique_ptr<Folder>> folders_;
};

// Where two stores first part ways, per projection.
struct Difference {
  std::string projection;  // "applied" and "format" too; "unknown" for keys that belong to none
  std::string key;         // as it reads: what does not print is \xNN
  bool stored = false;     // whether each has the key
  bool derived = false;
};
std::vector<Difference> Compare(const ReadStore& stored, const ReadStore& derived);

// SHA-256 over every pair in order: equal stores have equal digests.
Digest256 StoreDigest(const ReadStore& store);

}  // namespace longmen::projections
