// Store: an ordered map of bytes, which is all a projection keeps.
//
// Everything in it can be derived from the log again, and the same log gives the same pairs byte
// for byte: integers in keys are big-endian so that byte order is number order, and nothing
// depends on when or in how many steps the log was folded.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "events/block/record.h"
#include "events/effects/effects.h"
#include "projections/store/amended_row.h"

namespace longmen::projections {

class ReadStore {
 public:
  virtual ~ReadStore() = default;
  virtual std::optional<std::string> Get(std::string_view key) const = 0;
  // Every pair whose key begins with `prefix` and is greater than `after` (empty: from the first),
  // in byte order, until `visit` says false.
  virtual void Scan(
      std::string_view prefix, std::string_view after,
      const std::function<bool(std::string_view key, std::string_view value)>& visit) const = 0;
};

class Store : public ReadStore {
 public:
  virtual void Put(std::string_view key, std::string_view value) = 0;
  virtual void Delete(std::string_view key) = 0;
  // Adds to the end of what is under the key, or begins it. It need not read what is there: rows
  // that only grow cost what is added to them.
  virtual void Append(std::string_view key, std::string_view bytes) = 0;
  // The same for rows of two parts, an AmendedRow: replaces the head (an empty one leaves it as it
  // is) and adds to the tail. Such a row is never put or appended to.
  virtual void Amend(std::string_view key, std::string_view head, std::string_view tail) = 0;
};

// In memory: for replay, tests, and questions about the past.
class MapStore final : public Store {
 public:
  std::optional<std::string> Get(std::string_view key) const override;
  void Scan(std::string_view prefix, std::string_view after,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override;
  void Put(std::string_view key, std::string_view value) override;
  void Delete(std::string_view key) override;
  void Append(std::string_view key, std::string_view bytes) override;
  void Amend(std::string_view key, std::string_view head, std::string_view tail) override;
  bool operator==(const MapStore& other) const { return pairs_ == other.pairs_; }

 private:
  std::map<std::string, std::string, std::less<>> pairs_;
};

// A run of records on its way into a store. What several of them change may be gathered and written
// once, by Finish; it is small, for it is not counted among what waits for a commit.
class Folder {
 public:
  virtual ~Folder() = default;
  virtual void Fold(const RecordView& record, schema::Proposal::Reader proposal,
                    const Effects& effects) = 0;
  // All is in the store now. More records may follow.
  virtual void Finish() = 0;
};

// A fold over the log. Stateless: all it knows is in the store, under its own prefix. It implements
// one of its two ways of folding, which gives the other: Fold is the simple one.
class Projection {
 public:
  virtual ~Projection() = default;
  virtual std::string_view name() const = 0;    // "balances"
  virtual std::string_view prefix() const = 0;  // of all its keys: "balances/"
  virtual void Fold(const RecordView& record, schema::Proposal::Reader proposal,
                    const Effects& effects, Store& store) const;
  virtual std::unique_ptr<Folder> Begin(Store& store) const;
};

}  // namespace longmen::projections
