#include "adapters/metro/station_cache.h"

#include "events/base/check.h"

namespace longmen::adapters::metro {

StationCache::StationCache(size_t riders_max, Nanos patience)
    : riders_max_(riders_max), patience_(patience) {
  CHECK(riders_max > 0 && patience > 0, "station_cache.bounds", riders_max, patience);
}

void StationCache::Expect(std::string_view rider, uint32_t mandate_version, bool inside,
                          Nanos now) {
  Forget(rider);
  if (riders_.size() == riders_max_) {
    Remove(places_.find(riders_.back().rider));
    ++evicted_;
  }
  riders_.push_front({std::string(rider), mandate_version, now + patience_, inside});
  places_.emplace(std::string(rider), riders_.begin());
}

void StationCache::Forget(std::string_view rider) {
  const auto place = places_.find(std::string(rider));
  if (place != places_.end()) Remove(place);
}

std::optional<ExpectedRider> StationCache::Match(std::string_view rider, Nanos now) {
  const auto place = places_.find(std::string(rider));
  if (place == places_.end()) return std::nullopt;
  if (place->second->until < now) {
    Remove(place);
    return std::nullopt;
  }
  return *place->second;
}

void StationCache::Remove(Places::iterator place) {
  riders_.erase(place->second);
  places_.erase(place);
}

}  // namespace longmen::adapters::metro
