#include "adapters/cli/mapped_file.h"

#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <filesystem>

namespace longmen::adapters::cli {

namespace interprocess = boost::interprocess;

struct MappedFile::Region {
  interprocess::mapped_region mapped;
};

Result<MappedFile> MappedFile::Open(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return Error{Code::NOT_FOUND, path, error.message()};
  MappedFile file;
  if (size == 0) return file;
  try {
    const interprocess::file_mapping mapping(path.c_str(), interprocess::read_only);
    interprocess::mapped_region region(mapping, interprocess::read_only);
    region.advise(interprocess::mapped_region::advice_sequential);
    file.region_ = std::make_shared<const Region>(Region{std::move(region)});
  } catch (const interprocess::interprocess_exception& exception) {
    return Error{Code::NOT_FOUND, path, exception.what()};
  }
  return file;
}

std::string_view MappedFile::bytes() const {
  if (region_ == nullptr) return {};
  return {static_cast<const char*>(region_->mapped.get_address()), region_->mapped.get_size()};
}

}  // namespace longmen::adapters::cli
