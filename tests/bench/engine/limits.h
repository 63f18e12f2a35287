// The limits that the engine is held against, measured in the same run on the same disk.
#pragma once

#include <string>
#include <vector>

namespace longmen::bench {

// Seconds of each of `count` writes of `bytes` to a growing file, with fdatasync.
std::vector<double> WriteAndSync(const std::string& directory, size_t bytes, size_t count);

// Seconds of each of `count` synced RocksDB puts of a value of `bytes`.
std::vector<double> RocksPut(const std::string& directory, size_t bytes, size_t count);

double Percentile(std::vector<double> values, double percent);

}  // namespace longmen::bench
