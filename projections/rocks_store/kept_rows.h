// KeptRows: committed rows under one prefix, in memory as they are asked for or changed, for
// readers of any thread.
//
// Once a row is here it is as the last commit left it: a commit puts what it changed, whether
// somebody asked before or not, and a reader that fetched a row puts it only where none is.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "events/base/hash.h"

namespace longmen::projections {

class KeptRows {
 public:
  using Row = std::optional<std::string>;  // nothing: there is none of that key

  // `fetch(key)` gives a row that is not here.
  template <typename Fetch>
  Row Get(std::string_view key, Fetch fetch) {
    Shard& shard = ShardOf(key);
    {
      const std::shared_lock lock(shard.mutex);
      if (const auto found = shard.rows.find(key); found != shard.rows.end()) return found->second;
    }
    Row row = fetch(key);
    const std::unique_lock lock(shard.mutex);
    return shard.rows.try_emplace(std::string(key), std::move(row)).first->second;
  }

  // As it is committed by now.
  void Put(std::string_view key, std::optional<std::string_view> value) {
    Shard& shard = ShardOf(key);
    const std::unique_lock lock(shard.mutex);
    const auto found = shard.rows.find(key);
    Row& row = found != shard.rows.end() ? found->second : shard.rows[std::string(key)];
    if (!value) return row.reset();
    if (!row) row.emplace();
    row->assign(*value);
  }

 private:
  struct Hash {
    using is_transparent = void;
    using is_avalanching = void;
    size_t operator()(std::string_view key) const { return Xxh3Seeded(AsBytes(key), 0); }
  };
  struct alignas(64) Shard {
    std::shared_mutex mutex;
    boost::unordered_flat_map<std::string, Row, Hash, std::equal_to<>> rows;
  };
  Shard& ShardOf(std::string_view key) { return shards_[Hash()(key) >> 58]; }

  std::array<Shard, 64> shards_;
};

}  // namespace longmen::projections
