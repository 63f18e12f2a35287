// Fare tables as they are registered: a ladder by distance over a network of stations.
//
// The engine keeps them, and measures the ways between stations once, when a table is registered;
// what a ride costs is the scenario's to say (adapters/metro/fare.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "events/base/time.h"
#include "events/codec/codec.h"

namespace longmen::engine {

struct FareStep {
  uint32_t up_to_metres = 0;  // inclusive
  int64_t minor = 0;

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.up_to_metres, s.minor);
  }
};

struct FareSegment {
  std::string from;
  std::string to;
  uint32_t metres = 0;  // in both directions

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.from, s.to, s.metres);
  }
};

struct FareDiscount {
  std::string name;
  std::string funder;            // account
  uint16_t pay_permille = 0;     // of the fare
  uint16_t funder_permille = 0;  // of what is taken off; the payee bears the rest

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.name, s.funder, s.pay_permille, s.funder_permille);
  }
};

class FareTable {
 public:
  FareTable() = default;
  FareTable(schema::FareTable::Reader registered, uint16_t its_currency);

  uint16_t currency = 0;
  std::vector<FareStep> steps;  // by distance; none: there is no such table
  int64_t beyond_minor = 0;
  uint32_t beyond_metres = 0;
  int64_t max_minor = 0;  // 0: of the two stations farthest apart
  uint32_t stay_minutes = 0;
  int64_t same_station_minor = 0;
  std::vector<FareSegment> segments;
  std::vector<FareDiscount> discounts;
  std::string receivable;  // the account that advances a fare; empty: none does

  bool HasStation(std::string_view station) const { return Find(station).has_value(); }
  // Along the shortest way; nothing where a station is unknown, or there is no way.
  std::optional<uint32_t> Metres(std::string_view from, std::string_view to) const;
  // The longest of all shortest ways.
  uint32_t MetresMax() const;
  const FareDiscount* FindDiscount(std::string_view name) const;
  // Derives stations and ways from the segments again, after they were read.
  void Measure();

  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.currency, s.steps, s.beyond_minor, s.beyond_metres, s.max_minor,
                    s.stay_minutes, s.same_station_minor, s.segments, s.discounts, s.receivable);
  }

 private:
  std::optional<size_t> Find(std::string_view station) const;

  std::vector<std::string> stations_;  // sorted
  std::vector<uint32_t> metres_;       // a row of all stations for each
};

}  // namespace longmen::engine
