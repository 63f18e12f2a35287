// What a station's own server knows of the riders it expects (domain A2.2 rules 9 and 10).
//
// Cameras at the entrance see a rider before the gate does, and the cloud pushes who signed up: the
// gate compares locally only, so that it can answer without the network. A rider stands here with
// the version of the mandate the list was made from; the gate hands it on with the entry, and the
// ledger refuses a version that is no longer in force (stale_mandate). Recognition itself is
// somebody else's: what is looked up here is the vendor's verdict, a rider's name.
//
// Bounded: the rider who was expected longest ago makes room. Not thread-safe; one a gate server.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "events/base/time.h"

namespace longmen::adapters::metro {

struct ExpectedRider {
  std::string rider;
  uint32_t mandate_version = 0;
  Nanos until = 0;      // not expected any more after it
  bool inside = false;  // came in somewhere: every station expects the exit
};

class StationCache {
 public:
  // At most `riders_max` riders, who are expected for `patience` after they were seen.
  StationCache(size_t riders_max, Nanos patience);

  // A camera saw the rider, or another station let the rider in.
  void Expect(std::string_view rider, uint32_t mandate_version, bool inside, Nanos now);
  // The mandate was suspended or ended, or the rider has left the metro.
  void Forget(std::string_view rider);
  // What the gate may act upon: nothing for who is not expected (any more); then a code is asked
  // for.
  std::optional<ExpectedRider> Match(std::string_view rider, Nanos now);

  size_t size() const { return riders_.size(); }
  uint64_t evicted() const { return evicted_; }

 private:
  using Riders = std::list<ExpectedRider>;  // who was expected last stands first
  using Places = std::unordered_map<std::string, Riders::iterator>;

  void Remove(Places::iterator place);

  const size_t riders_max_;
  const Nanos patience_;
  Riders riders_;
  Places places_;
  uint64_t evicted_ = 0;
};

}  // namespace longmen::adapters::metro
