// BackupList: what a backup says it consists of. The grammar is in backup.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/hash.h"
#include "events/base/result.h"

namespace longmen::adapters {

struct BackupList {
  struct File {
    std::string path;  // below the backup's directory
    uint64_t bytes = 0;
    std::string sha256;  // hexadecimal
  };
  std::string anchor;  // SEQUENCE:HASH
  std::vector<File> files;

  uint64_t bytes() const;
};

std::string FormatBackupList(const BackupList& list);
// Error corrupt, with the line; also for a path that would leave the directory.
Result<BackupList> ParseBackupList(std::string_view text);

}  // namespace longmen::adapters
