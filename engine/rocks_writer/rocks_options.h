// How RocksDB is set up for a log: few large values, appended in key order, read in sequence.
#pragma once

#include "engine/rocks_writer/rocks_log.h"

namespace rocksdb {
class Env;
struct Options;
}  // namespace rocksdb

namespace longmen::engine {

rocksdb::Options WriterOptions(const RocksLogOptions& options, rocksdb::Env* env);

}  // namespace longmen::engine
