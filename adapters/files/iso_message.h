// What the ISO 20022 messages have in common: their frame, the forms of their texts and amounts.
#pragma once

#include <string>
#include <string_view>

#include "adapters/files/table.h"
#include "adapters/files/xml_writer.h"

namespace longmen::adapters {

inline constexpr size_t kIsoTextMax = 35;  // Max35Text

// A text that is too long keeps its beginning, and its hash tells it from all others.
std::string Abbreviated(const std::string& text, size_t max);

// The standard's amounts and sums have 18 digits: AMOUNT_OUT_OF_RANGE past them.
Result<int64_t> IsoAmount(__int128 minor, Currency currency, const std::string& whose);

// Without its sign, which a message says in another place.
void PutAmount(XmlWriter& xml, std::string_view name, int64_t minor, Currency currency);

// The standard's times have three decimals at most.
std::string IsoInstant(Nanos instant);

// A message in a file, named as soon as it is begun.
struct IsoFile {
  static Result<IsoFile> Create(const ExportTo& to, const std::string& what, Sequence first,
                                Sequence last);
  Result<ExportedFile> Finish(uint64_t rows);

  FileWriter file;
  std::string name;
  Sequence first;
  Sequence last;
};

// Document and the message in it, open while this is there.
class IsoDocument {
 public:
  IsoDocument(FileWriter& file, std::string_view name_space, std::string_view message)
      : xml_(file), document_(xml_, "Document", {"xmlns", name_space}), message_(xml_, message) {}
  XmlWriter& xml() { return xml_; }

 private:
  XmlWriter xml_;
  XmlElement document_;
  XmlElement message_;
};

}  // namespace longmen::adapters
