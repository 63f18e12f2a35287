// How RocksDB brings together what a row is and what became of it.
//
// What is appended, or what a row is amended by, waits beside the value it belongs to until
// somebody reads it or RocksDB tidies up. An operand's first byte says which of the two it is; no
// key has both.
#pragma once

#include <memory>

namespace rocksdb {
class MergeOperator;
}

namespace longmen::projections {

inline constexpr char kAppend = 'a';
inline constexpr char kAmend = 'm';  // then an AmendedRow

std::shared_ptr<rocksdb::MergeOperator> MakeMergeOperator();

}  // namespace longmen::projections
