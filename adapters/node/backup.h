// Backup: a ledger's directory copied whole, and a directory made from the copy.
//
// What is copied is what cannot be derived: the log with its HEAD (engine/rocks_backup, which says
// how a running ledger is copied), and the token key. Projections and snapshots come back from the
// log at the next opening; a copy of them, taken a moment earlier or later, would only be one more
// thing to contradict it. A backup is laid out as a ledger, so that longmen-audit and `longmen
// query` read it as it lies; it is not opened for writing, which would be a second ledger beside
// the first.
//
// On disk: TO/log, TO/BACKUP, and last TO/keys/token.key. The lines of BACKUP:
//   longmen-backup 1
//   anchor SEQUENCE:HASH          the block that the copy's HEAD names, as longmen-audit says it
//   file SHA256 BYTES PATH        every file but this one, PATH below TO, in byte order
//   end COUNT                     of files
//
// Both are made under TO.part, synced, checked by reading them again from end to end, and only then
// named TO: what has the name is whole. A failure removes TO.part; a kill leaves it, and the next
// run to the same name removes it. While one runs it holds the directory (flock); a second is told
// `locked`.
//
// The sums are against damage: whoever can write the disk can write them anew. Keep the anchor
// elsewhere. The token key is in the backup: guard it as you guard the ledger.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "events/base/hash.h"
#include "events/base/result.h"
#include "events/block/record.h"

namespace rocksdb {
class FileSystem;
}

namespace longmen::adapters {

struct CopyOptions {
  std::string from;
  // Not there, or an empty directory; the directory it lies in is there (a mistyped mount point is
  // not made).
  std::string to;
  // Told now and then how far it is: "copied" 12 of 300 "bytes".
  std::function<void(std::string_view verb, uint64_t done, uint64_t of, std::string_view noun)>
      progress;
  // A further check before it gets its name, of the directory as it lies then.
  std::function<Status(const std::string& directory, const std::string& anchor)> audit;
  std::shared_ptr<rocksdb::FileSystem> file_system;  // for tests: where the log is copied through
};

struct Copied {
  Sequence sequence = 0;  // the anchor
  Digest256 chain{};
  uint64_t bytes = 0;
  std::string anchor() const;  // SEQUENCE:HASH
};

// A backup of a ledger, running or not. Errors: not_found where there is no ledger; usage where
// `to` exists; locked; corrupt where the ledger is damaged; storage_full; storage_failed. Whatever
// the error, nothing has the name `to`.
Result<Copied> BackUp(const CopyOptions& options);

// A ledger from a backup. Errors as above: not_found where `from` is no backup; corrupt, with the
// file or the sequence, where a byte of it is not as it was written.
Result<Copied> Restore(const CopyOptions& options);

// Error usage where the directory is a backup: it is restored, not opened for writing.
Status RefuseBackup(const std::string& directory);

}  // namespace longmen::adapters
