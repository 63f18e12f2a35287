#include "engine/rocks_writer/head_writer.h"

#include <rocksdb/file_system.h>

#include <chrono>

#include "engine/rocks_reader/layout.h"

namespace longmen::engine {

rocksdb::IOStatus MakeHeadFile(rocksdb::FileSystem& file_system, const std::string& directory,
                               const HeadMark& first) {
  const rocksdb::IOOptions io;
  const std::string path = HeadPath(directory);
  const std::string temporary = path + ".new";
  std::string bytes(kHeadFileBytes, '\0');
  for (size_t slot = 0; slot < kHeadSlots; ++slot) {
    HeadMark of_slot = first;
    of_slot.counter += slot;
    const auto mark = EncodeHead(of_slot);
    bytes.replace(slot * kHeadSlotStride, mark.size(), AsText(mark));
  }

  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto status = file_system.NewWritableFile(temporary, rocksdb::FileOptions(), &file, nullptr);
  if (status.ok()) status = file->Append(bytes, io, nullptr);
  if (status.ok()) status = file->Sync(io, nullptr);
  if (status.ok()) status = file->Close(io, nullptr);
  if (status.ok()) status = file_system.RenameFile(temporary, path, io, nullptr);
  std::unique_ptr<rocksdb::FSDirectory> handle;
  if (status.ok()) status = file_system.NewDirectory(directory, io, &handle, nullptr);
  if (status.ok()) status = handle->Fsync(io, nullptr);
  return status;
}

HeadWriter::HeadWriter(std::string path, size_t durable_slot, uint64_t counter, Nanos interval)
    : path_(std::move(path)), interval_(interval), counter_(counter), durable_slot_(durable_slot) {}

Result<std::unique_ptr<HeadWriter>> HeadWriter::Open(
    const std::string& directory, const std::shared_ptr<rocksdb::FileSystem>& file_system,
    const std::optional<HeadState>& found, Nanos interval) {
  const std::string path = HeadPath(directory);
  if (!found) {
    const auto status = MakeHeadFile(*file_system, directory, HeadMark());
    if (!status.ok()) return StorageError(status, path, "making HEAD");
  }
  const size_t newest = found ? found->slot : kHeadSlots - 1;
  const uint64_t counter = found ? found->mark.counter : kHeadSlots - 1;
  std::unique_ptr<HeadWriter> writer(new HeadWriter(path, newest, counter, interval));
  auto status = file_system->NewRandomRWFile(path, rocksdb::FileOptions(), &writer->file_, nullptr);
  if (!status.ok()) return StorageError(status, path, "opening HEAD for writing");
  // A killed writer may have left the slot that was found in the cache only; from here it counts as
  // the durable one.
  status = writer->file_->Sync(rocksdb::IOOptions(), nullptr);
  if (!status.ok()) return StorageError(status, path, "syncing HEAD");
  writer->thread_ = std::thread([raw = writer.get()] { raw->SyncLoop(); });
  return writer;
}

HeadWriter::~HeadWriter() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  stopped_.notify_all();
  thread_.join();
}

size_t HeadWriter::FreeSlot() const {
  // What was written since the last sync began may be overwritten; else the next slot in turn, so
  // that the two synced writes of an opening mend whatever a power cut left in the other two.
  if (written_slot_) return *written_slot_;
  size_t slot = (durable_slot_ + 1) % kHeadSlots;
  if (slot == syncing_slot_) slot = (slot + 1) % kHeadSlots;
  CHECK(slot != durable_slot_, "head.slot", slot);
  return slot;
}

Status HeadWriter::Write(HeadMark mark) {
  const std::lock_guard lock(mutex_);
  if (failed_) return *failed_;
  const size_t slot = FreeSlot();
  mark.counter = counter_ + 1;
  const auto bytes = EncodeHead(mark);
  const auto status = file_->Write(slot * kHeadSlotStride, rocksdb::Slice(AsText(bytes)),
                                   rocksdb::IOOptions(), nullptr);
  if (!status.ok()) return StorageError(status, path_, "writing HEAD");
  counter_ = mark.counter;
  const bool first = !written_slot_;
  written_slot_ = slot;
  if (first) changed_.notify_all();
  return Ok();
}

Status HeadWriter::WriteAndSync(HeadMark mark) {
  RETURN_IF_ERROR(Write(mark));
  std::unique_lock lock(mutex_);
  return SyncWritten(lock);
}

// Syncs everything written up to now, after a sync under way. Gives the lock back meanwhile.
Status HeadWriter::SyncWritten(std::unique_lock<std::mutex>& lock) {
  changed_.wait(lock, [&] { return !syncing_slot_; });
  if (failed_) return *failed_;
  if (!written_slot_) return Ok();
  syncing_slot_ = std::exchange(written_slot_, std::nullopt);
  lock.unlock();
  const auto status = file_->Sync(rocksdb::IOOptions(), nullptr);
  lock.lock();
  // After a failed sync nobody knows what is on disk, and a second one would say "fine" without
  // having written: HEAD stays failed until the log is opened again.
  if (status.ok()) {
    durable_slot_ = *syncing_slot_;
  } else {
    failed_ = StorageError(status, path_, "syncing HEAD");
  }
  syncing_slot_.reset();
  changed_.notify_all();
  if (failed_) return *failed_;
  return Ok();
}

void HeadWriter::SyncLoop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || (written_slot_ && !failed_); });
    if (!failed_) static_cast<void>(SyncWritten(lock).ok());  // a failure shows in failed_
    if (stopping_ && (!written_slot_ || failed_)) return;
    stopped_.wait_for(lock, std::chrono::nanoseconds(interval_), [&] { return stopping_; });
  }
}

}  // namespace longmen::engine
