// Whole files, in and out.
#pragma once

#include <string>

#include "adapters/files/file_writer.h"
#include "adapters/iso20022/mapping.h"
#include "events/base/result.h"

namespace longmen::adapters::cli {

// "-" is standard input. NOT_FOUND where it cannot be opened, TOO_LARGE past `bytes_max`,
// STORAGE_FAILED where reading fails.
Result<std::string> ReadWholeFile(const std::string& path, size_t bytes_max);

// Under its name when it is whole, or not at all; "-" is standard output.
Status WriteWholeFile(const std::string& path, const std::string& bytes);

// The same for what is written piece by piece.
Result<FileWriter> CreateWholeFile(const std::string& path);

// STORAGE_FAILED where it is there already.
Status CheckNew(const std::string& path);

// Empty: none.
Result<iso20022::Mapping> ReadMapping(const std::string& path);

}  // namespace longmen::adapters::cli
