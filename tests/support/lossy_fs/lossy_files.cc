#include "tests/support/lossy_fs/lossy_files.h"

#include <algorithm>

namespace longmen::testing {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus LossyWritable::Append(const Slice& data, const IOOptions& options, IODebugContext* debug) {
  const std::lock_guard lock(owner_->mutex_);
  const auto step = owner_->Next();
  if (step == LossyFs::Step::kCut) return PowerCut();
  size_t kept = data.size();
  IOStatus answer;
  if (step == LossyFs::Step::kCutHere) {
    kept = owner_->Random(data.size() + 1);
    answer = PowerCut();
  } else if (auto fault = owner_->FaultOf(path_, LossyFs::Act::kAppend)) {
    kept = owner_->fault_->partly ? data.size() / 2 : 0;
    answer = *fault;
  }
  if (kept > 0) {
    auto status = target()->Append(Slice(data.data(), kept), options, debug);
    if (!status.ok()) return status;
    state_->size += kept;
  }
  return answer;
}

IOStatus LossyWritable::Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) {
  const std::lock_guard lock(owner_->mutex_);
  if (owner_->Next() != LossyFs::Step::kGo) return PowerCut();
  state_->size = std::min(state_->size, size);
  state_->durable = std::min(state_->durable, size);
  return target()->Truncate(size, options, debug);
}

IOStatus LossyWritable::Sync(const IOOptions&, IODebugContext*) {
  const std::lock_guard lock(owner_->mutex_);
  const auto step = owner_->Next();
  if (step == LossyFs::Step::kCut) return PowerCut();
  if (auto fault = owner_->FaultOf(path_, LossyFs::Act::kSync)) return *fault;
  // A cut in the middle of a sync: it may have reached the disk, and nobody was told.
  if (step == LossyFs::Step::kGo || owner_->Random(2) == 0) state_->durable = state_->size;
  return step == LossyFs::Step::kGo ? IOStatus::OK() : PowerCut();
}

IOStatus LossyRandomRW::Write(uint64_t offset, const Slice& data, const IOOptions& options,
                              IODebugContext* debug) {
  const std::lock_guard lock(owner_->mutex_);
  if (owner_->Next() != LossyFs::Step::kGo) return PowerCut();
  if (auto fault = owner_->FaultOf(path_, LossyFs::Act::kAppend)) return *fault;
  auto status = target()->Write(offset, data, options, debug);
  if (status.ok()) state_->patches.push_back({offset, data.ToString()});
  return status;
}

IOStatus LossyRandomRW::Sync(const IOOptions&, IODebugContext*) {
  const std::lock_guard lock(owner_->mutex_);
  const auto step = owner_->Next();
  if (step == LossyFs::Step::kCut) return PowerCut();
  if (auto fault = owner_->FaultOf(path_, LossyFs::Act::kSync)) return *fault;
  if (step == LossyFs::Step::kGo || owner_->Random(2) == 0) {
    for (const auto& [at, bytes] : state_->patches) state_->image.replace(at, bytes.size(), bytes);
    state_->patches.clear();
  }
  return step == LossyFs::Step::kGo ? IOStatus::OK() : PowerCut();
}

IOStatus LossyDirectory::Fsync(const IOOptions&, IODebugContext*) {
  const std::lock_guard lock(owner_->mutex_);
  if (owner_->Next() != LossyFs::Step::kGo) return PowerCut();
  owner_->SyncNames(path_);
  return IOStatus::OK();
}

}  // namespace longmen::testing
