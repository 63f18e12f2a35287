// NoNotes: a logger for RocksDB that keeps nothing. Once a line of its notes could not be written,
// a full disk say, RocksDB's own aborts the process at the next line. What matters comes back as a
// status.
#pragma once

#include <rocksdb/env.h>

namespace longmen {

class NoNotes final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

}  // namespace longmen
