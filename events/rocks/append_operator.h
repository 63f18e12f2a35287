// AppendOperator: RocksDB's merge for values that only grow. What is appended waits beside the
// value it belongs to until somebody reads it or RocksDB tidies up.
#pragma once

#include <rocksdb/merge_operator.h>

#include <string>

namespace longmen {

class AppendOperator final : public rocksdb::MergeOperator {
 public:
  // The name stands in the tables; it outlives this.
  explicit AppendOperator(const char* name) : name_(name) {}
  const char* Name() const override { return name_; }

  bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
    size_t size = in.existing_value == nullptr ? 0 : in.existing_value->size();
    for (const rocksdb::Slice& operand : in.operand_list) size += operand.size();
    out->new_value.clear();  // RocksDB may hand in what it used before
    out->new_value.reserve(size);
    if (in.existing_value != nullptr) Append(*in.existing_value, out->new_value);
    for (const rocksdb::Slice& operand : in.operand_list) Append(operand, out->new_value);
    return true;
  }
  bool PartialMergeMulti(const rocksdb::Slice&, const std::deque<rocksdb::Slice>& operands,
                         std::string* merged, rocksdb::Logger*) const override {
    merged->clear();
    for (const rocksdb::Slice& operand : operands) Append(operand, *merged);
    return true;
  }

 private:
  static void Append(const rocksdb::Slice& more, std::string& to) {
    to.append(more.data(), more.size());
  }

  const char* const name_;
};

}  // namespace longmen
