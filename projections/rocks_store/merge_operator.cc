#include "projections/rocks_store/merge_operator.h"

#include <rocksdb/merge_operator.h>
#include <rocksdb/utilities/object_registry.h>

#include <deque>
#include <string>
#include <string_view>

#include "projections/store/amended_row.h"

namespace longmen::projections {
namespace {

class MergeOperator final : public rocksdb::MergeOperator {
 public:
  static constexpr const char* kName = "longmen.Merge";
  static const char* kClassName() { return kName; }
  const char* Name() const override { return kName; }

  bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
    out->new_value.clear();  // RocksDB may hand in what it used before
    if (in.existing_value != nullptr) {
      out->new_value.assign(in.existing_value->data(), in.existing_value->size());
    }
    return Apply(in.operand_list, out->new_value);
  }
  bool PartialMergeMulti(const rocksdb::Slice&, const std::deque<rocksdb::Slice>& operands,
                         std::string* out, rocksdb::Logger*) const override {
    if (operands.front().empty()) return false;
    std::string value;
    if (!Apply(operands, value)) return false;
    out->assign(1, operands.front()[0]);
    out->append(value);
    return true;
  }

  template <typename Operands>
  static bool Apply(const Operands& operands, std::string& value) {
    size_t size = value.size();
    for (const rocksdb::Slice& operand : operands) size += operand.size();
    value.reserve(size);
    for (const rocksdb::Slice& operand : operands) {
      if (operand.empty()) return false;
      const std::string_view bytes = std::string_view(operand.data(), operand.size()).substr(1);
      if (operand[0] == kAppend) {
        value.append(bytes);
      } else if (operand[0] == kAmend) {
        AmendValue(value, ReadAmendedRow(bytes));
      } else {
        return false;
      }
    }
    return true;
  }

  // So that RocksDB's own tools can open a store by the options kept beside it.
  static void Register() {
    static const bool registered = [] {
      rocksdb::ObjectLibrary::Default()->AddFactory<rocksdb::MergeOperator>(
          kName,
          [](const std::string&, std::unique_ptr<rocksdb::MergeOperator>* made, std::string*) {
            made->reset(new MergeOperator);
            return made->get();
          });
      return true;
    }();
    (void)registered;
  }
};

}  // namespace

std::shared_ptr<rocksdb::MergeOperator> MakeMergeOperator() {
  MergeOperator::Register();
  return std::make_shared<MergeOperator>();
}

}  // namespace longmen::projections
