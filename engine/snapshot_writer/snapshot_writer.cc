#include "engine/snapshot_writer/snapshot_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace longmen::engine {
namespace {

namespace fs = std::filesystem;

constexpr size_t kKept = 4;  // the newest may be ahead of the history
// The disk gets it in pieces, so that no append's sync waits behind all of it.
constexpr size_t kPieceBytes = 1u << 20;

Error Failed(const std::string& path) {
  return Error{Code::STORAGE_FAILED, "snapshot", path + ": " + std::strerror(errno)};
}

Status WriteSynced(const std::string& path, Bytes header, Bytes state) {
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0) return Failed(path);
  bool good = true;
  for (Bytes part : {header, state}) {
    while (good && !part.empty()) {
      const ssize_t written = ::write(file, part.data(), std::min(part.size(), kPieceBytes));
      good = written > 0 && ::sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE) == 0;
      if (good) part = part.subspan(static_cast<size_t>(written));
    }
  }
  good = good && ::fsync(file) == 0;
  const Error failure = Failed(path);
  ::close(file);
  if (!good) return failure;
  return Ok();
}

}  // namespace

Status WriteSnapshot(const std::string& directory, const SnapshotHead& head, Bytes state) {
  std::error_code ignored;
  fs::create_directories(directory, ignored);
  const auto header = EncodeSnapshotHead(head, state);
  const std::string path = SnapshotPath(directory, head.sequence);
  // One name for all: what a crash left half written is written over, not kept for ever.
  const std::string beside = directory + "/snapshot.tmp";
  RETURN_IF_ERROR(WriteSynced(beside, header, state));
  if (::rename(beside.c_str(), path.c_str()) != 0) return Failed(path);
  const auto all = ListSnapshots(directory);
  for (size_t i = kKept; i < all.size(); ++i) fs::remove(SnapshotPath(directory, all[i]), ignored);
  return Ok();
}

SnapshotsBehind::SnapshotsBehind(std::string directory) : directory_(std::move(directory)) {}

SnapshotsBehind::~SnapshotsBehind() { Stop(); }

void SnapshotsBehind::Write(const SnapshotHead& head, std::vector<uint8_t> state) {
  const std::lock_guard lock(mutex_);
  waiting_ = Taken{head, std::move(state)};
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  changed_.notify_all();
}

void SnapshotsBehind::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void SnapshotsBehind::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return waiting_ || stopping_; });
    if (!waiting_) return;
    const Taken taken = std::move(*waiting_);
    waiting_.reset();
    lock.unlock();
    (void)WriteSnapshot(directory_, taken.head, taken.state);
    lock.lock();
  }
}

}  // namespace longmen::engine
