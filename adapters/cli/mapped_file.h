// MappedFile: the bytes of a file, which the system brings into memory as they are read.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace longmen::adapters::cli {

class MappedFile {
 public:
  // NOT_FOUND for a file that is not there or cannot be read.
  static Result<MappedFile> Open(const std::string& path);
  std::string_view bytes() const;

 private:
  struct Region;
  std::shared_ptr<const Region> region_;  // none: an empty file, which cannot be mapped
};

}  // namespace longmen::adapters::cli
