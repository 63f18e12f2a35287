#include "adapters/node/backup_list.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>

namespace longmen::adapters {
namespace {

constexpr std::string_view kTitle = "longmen-backup 1";
constexpr std::string_view kHexDigits = "0123456789abcdef";

// Takes what stands before the separator, which must be there.
std::optional<std::string_view> TakeUntil(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at + 1);
  return taken;
}

std::optional<uint64_t> Number(std::string_view text) {
  uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool IsDigest(std::string_view text) {
  return text.size() == 2 * sizeof(Digest256) &&
         text.find_first_not_of(kHexDigits) == std::string_view::npos;
}

bool StaysInside(const std::filesystem::path& path) {
  return path.is_relative() && !path.empty() &&
         std::none_of(path.begin(), path.end(), [](const std::filesystem::path& part) {
           return part.empty() || part == "." || part == "..";
         });
}

std::optional<BackupList::File> ParseFile(std::string_view line) {
  const auto sha256 = TakeUntil(line, ' ');
  const auto bytes = TakeUntil(line, ' ');
  if (!sha256 || !bytes || !IsDigest(*sha256)) return std::nullopt;
  const auto number = Number(*bytes);
  if (!number || !StaysInside(std::string(line))) return std::nullopt;
  return BackupList::File{std::string(line), *number, std::string(*sha256)};
}

bool IsAnchor(std::string_view text) {
  const auto sequence = TakeUntil(text, ':');
  return sequence && Number(*sequence) && IsDigest(text);
}

}  // namespace

uint64_t BackupList::bytes() const {
  uint64_t sum = 0;
  for (const File& file : files) sum += file.bytes;
  return sum;
}

std::string FormatBackupList(const BackupList& list) {
  std::string text = fmt::format("{}\nanchor {}\n", kTitle, list.anchor);
  for (const auto& file : list.files) {
    text += fmt::format("file {} {} {}\n", file.sha256, file.bytes, file.path);
  }
  return text + fmt::format("end {}\n", list.files.size());
}

Result<BackupList> ParseBackupList(std::string_view text) {
  BackupList list;
  size_t number = 0;
  bool ended = false;
  while (!text.empty()) {
    ++number;
    auto line = TakeUntil(text, '\n');
    bool sound = line.has_value() && !ended;
    if (sound && number == 1) {
      sound = *line == kTitle;
    } else if (sound) {
      const auto kind = TakeUntil(*line, ' ');
      if (kind == "anchor" && number == 2) {
        list.anchor = *line;
        sound = IsAnchor(*line);
      } else if (kind == "file" && number > 2) {
        auto file = ParseFile(*line);
        sound = file.has_value();
        if (sound) list.files.push_back(std::move(*file));
      } else {
        ended = kind == "end" && Number(*line) == list.files.size();
        sound = ended;
      }
    }
    if (!sound) return Error{Code::CORRUPT, "BACKUP", fmt::format("line {} is damaged", number)};
  }
  if (!ended || list.anchor.empty()) {
    return Error{Code::CORRUPT, "BACKUP", fmt::format("ends at line {}: cut short", number)};
  }
  return list;
}

}  // namespace longmen::adapters
