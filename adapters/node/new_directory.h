// NewDirectory: a directory that appears under its name when it is whole, or not at all.
//
// It is made as NAME.part and held by a lock on itself (flock), which a kill releases; what a
// killed run left is removed by the next one to the same name.
#pragma once

#include <string>

#include "events/base/result.h"

namespace longmen::adapters {

// errno as an Error about a path: storage_full or storage_failed.
Error FileError(int error, const std::string& path);

// USAGE where the path lies in a directory, or is it.
Status CheckOutside(const std::string& path, const std::string& directory);

class NewDirectory {
 public:
  // `name` is not there or an empty directory; the directory it lies in is there. Errors: usage
  // where something is there; not_found; locked; storage_full; storage_failed.
  static Result<NewDirectory> Begin(const std::string& name);
  NewDirectory(NewDirectory&& other) noexcept;
  NewDirectory(const NewDirectory&) = delete;
  NewDirectory& operator=(const NewDirectory&) = delete;
  ~NewDirectory();  // removes what did not get its name

  // Where to put things until then. Files below are synced by who makes them, directories here.
  const std::string& part() const { return part_; }
  // Syncs the directories and gives it its name.
  Status Finish();

 private:
  NewDirectory(std::string name, std::string part, int handle);

  std::string name_;
  std::string part_;
  int handle_ = -1;
};

}  // namespace longmen::adapters
