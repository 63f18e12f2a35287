#include "adapters/cli/audit_program.h"

#include <filesystem>

namespace longmen::adapters::cli {

std::string AuditProgram() {
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  return (self.parent_path() / "longmen-audit").string();
}

}  // namespace longmen::adapters::cli
