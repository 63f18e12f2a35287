// LossyFs: a file system that can lose power.
//
// Files are real ones, written through to the disk below; what this adds is a memory of what a
// power cut would take: bytes written since a file's last sync, and names made, changed or deleted
// since their directory's last sync. A sync costs nothing real, so hundreds of cuts are cheap.
//
// A cut: after Cut(), or at the operation CutAfter() counted down to, every write fails, as it does
// for a process whose machine is gone. Close whatever is open, then Restart() takes away what was
// not synced, by seeded choice:
//   appended bytes      all gone, all kept, cut short, or kept at full length with pages of zeros
//   overwritten bytes   each write kept, dropped, or torn in the middle
//   names               a prefix of the operations since the directory's sync survives
// Nothing that was synced is touched.
//
// Faults: FailWrites makes appends or syncs fail with a status (a full or a broken disk), at once
// or after some more of them.
//
// Threading: every operation takes one mutex.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace longmen::testing {

struct Fault {
  rocksdb::IOStatus status;
  bool on_append = true;
  bool on_sync = false;
  bool on_create = true;             // where appends fail, new files cannot be made either
  uint64_t appends_first = 0;        // this many still succeed
  bool partly = false;               // a failing append leaves half of its bytes
  std::string only_in;               // only files whose path contains this
  uint64_t free_bytes = UINT64_MAX;  // what GetFreeSpace says meanwhile, if less than the truth
};

class LossyFs final : public rocksdb::FileSystemWrapper {
 public:
  // `graveyard` is an empty directory beside the one under test: deleted files wait there.
  LossyFs(std::string graveyard, uint64_t seed);

  void Cut();
  void CutAfter(uint64_t operations);
  bool is_cut() const;
  // Applies the loss and comes back to life. Nothing opened before may still be in use.
  void Restart();

  void FailWrites(Fault fault);
  void Heal();

  const char* Name() const override { return "LossyFs"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* result,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  // Through this file system, as every other file.
  rocksdb::IOStatus NewLogger(const std::string& path, const rocksdb::IOOptions& options,
                              std::shared_ptr<rocksdb::Logger>* result,
                              rocksdb::IODebugContext* debug) override {
    return FileSystem::NewLogger(path, options, result, debug);
  }
  rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options,
                                 uint64_t* free, rocksdb::IODebugContext* debug) override;

 private:
  friend class LossyWritable;
  friend class LossyRandomRW;
  friend class LossyDirectory;

  // What a cut would take from one file's bytes.
  struct FileState {
    uint64_t size = 0;
    uint64_t durable = 0;      // of an appended file: bytes from here on are unsynced
    bool overwritten = false;  // a file of overwrites keeps what was synced as an image
    std::string image;
    struct Patch {
      uint64_t offset;
      std::string bytes;
    };
    std::vector<Patch> patches;  // since the last sync
  };

  // A change of names that a cut may undo.
  struct NameChange {
    enum class Kind { kCreated, kDeleted, kRenamed } kind;
    std::string path;
    std::string target;  // of a rename
    std::string saved;   // in the graveyard: what was deleted or replaced; may be empty
  };

  enum class Step { kGo, kCutHere, kCut };

  Step Next();  // counts an operation; needs mutex_
  enum class Act { kCreate, kAppend, kSync };
  std::optional<rocksdb::IOStatus> FaultOf(const std::string& path, Act act);
  uint64_t Random(uint64_t below);
  std::string Bury(const std::string& path);
  void Undo(const NameChange& change);
  void LoseBytes(const std::string& path, FileState& state);
  void SyncNames(const std::string& directory);

  const std::string graveyard_;
  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  bool cut_ = false;
  std::optional<uint64_t> countdown_;
  std::optional<Fault> fault_;
  uint64_t buried_ = 0;
  std::map<std::string, std::shared_ptr<FileState>> files_;
  std::vector<NameChange> changes_;
};

}  // namespace longmen::testing
