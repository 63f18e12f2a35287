#include "adapters/files/iso_message.h"

#include "events/base/hash.h"
#include "events/money/write_minor.h"

namespace longmen::adapters {
namespace {

constexpr __int128 kAmountEnd = 1'000'000'000'000'000'000;  // 18 digits, decimals included
constexpr Nanos kNanosPerMillisecond = 1'000'000;

// The beginning of a text, whole characters of UTF-8.
std::string_view Beginning(std::string_view text, size_t max) {
  while (max > 0 && (static_cast<uint8_t>(text[max]) & 0xC0) == 0x80) --max;
  return text.substr(0, max);
}

}  // namespace

std::string Abbreviated(const std::string& text, size_t max) {
  constexpr size_t kHashDigits = 16;
  if (text.size() <= max) return text;
  return std::string(Beginning(text, max - kHashDigits - 1)) + "." +
         Hex(Sha256(AsBytes(text))).substr(0, kHashDigits);
}

Result<int64_t> IsoAmount(__int128 minor, Currency currency, const std::string& whose) {
  if (minor < kAmountEnd && -minor < kAmountEnd) return static_cast<int64_t>(minor);
  return Error{Code::AMOUNT_OUT_OF_RANGE, whose,
               fmt::format("{} minor units of {} are more than the 18 digits of ISO 20022", minor,
                           currency.alphabetic())};
}

void PutAmount(XmlWriter& xml, std::string_view name, int64_t minor, Currency currency) {
  char text[kMinorTextMax];
  const char* end = WriteMinor(text, minor < 0 ? -minor : minor, currency);
  xml.Put(name, {text, end}, {"Ccy", currency.alphabetic()});
}

std::string IsoInstant(Nanos instant) {
  return FormatInstant(instant - instant % kNanosPerMillisecond);
}

Result<IsoFile> IsoFile::Create(const ExportTo& to, const std::string& what, Sequence first,
                                Sequence last) {
  std::string name = ExportName(what, first, last, "xml");
  auto file = FileWriter::Create(to.directory, name);
  if (!file.ok()) return file.error();
  return IsoFile{
      .file = std::move(file).value(), .name = std::move(name), .first = first, .last = last};
}

Result<ExportedFile> IsoFile::Finish(uint64_t rows) {
  file.Write("\n");  // a blank line, as the first of these files had
  ExportedFile exported{
      .path = {}, .name = name, .rows = rows, .first = first, .last = last, .sha256 = file.Seal()};
  auto path = file.Finish();
  if (!path.ok()) return path.error();
  exported.path = std::move(path).value();
  return exported;
}

}  // namespace longmen::adapters
