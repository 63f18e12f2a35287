#include <cstring>

#include "layouts.h"

namespace longmen::layouts {
namespace {

// E: as dense as one can be by hand. The header's numbers and every present field are varints;
// a field is one byte of tag (number * 2, + 1 for a text), then a zigzag varint or a length and
// the bytes. Numbers are relative to nothing, so that a record still stands alone.
class Tlv final : public Layout {
 public:
  std::string_view name() const override { return "E varint tlv"; }

  void Encode(std::span<const Fact> facts, std::vector<uint8_t>& out) override {
    for (const Fact& fact : facts) {
      record_.clear();
      const RecordHeader& header = fact.header;
      Put(header.sequence);
      Put(static_cast<uint64_t>(header.recorded_at));
      Put(header.cycle);
      Put(static_cast<uint64_t>(header.book_date));
      Put(header.rules_version);
      Put(static_cast<uint64_t>(header.exception));
      Put(header.group_index);
      Put(header.group_size);
      for (uint8_t i = 0; i < kIntFields; ++i) {
        const int64_t value = fact.ints[i];
        if (value == 0) continue;
        record_.push_back(static_cast<uint8_t>(i * 2));
        Put((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
      }
      for (uint8_t i = 0; i < kTextFields; ++i) {
        const std::string& text = fact.texts[i];
        if (text.empty()) continue;
        record_.push_back(static_cast<uint8_t>(i * 2 + 1));
        Put(text.size());
        record_.insert(record_.end(), text.begin(), text.end());
      }
      const auto size = static_cast<uint16_t>(record_.size());
      out.push_back(static_cast<uint8_t>(size));
      out.push_back(static_cast<uint8_t>(size >> 8));
      out.insert(out.end(), record_.begin(), record_.end());
    }
  }

  void Decode(Bytes block, Sink& sink) override {
    while (!block.empty()) {
      const size_t size = block[0] + block[1] * 256u;
      const uint8_t* from = block.data() + 2;
      const uint8_t* const end = from + size;
      RecordHeader header;
      header.sequence = Get(from);
      header.recorded_at = static_cast<Nanos>(Get(from));
      header.cycle = Get(from);
      header.book_date = static_cast<DayNumber>(Get(from));
      header.rules_version = static_cast<uint16_t>(Get(from));
      header.exception = static_cast<Code>(Get(from));
      header.group_index = static_cast<uint16_t>(Get(from));
      header.group_size = static_cast<uint16_t>(Get(from));
      sink.Header(header);
      while (from < end) {
        const uint8_t tag = *from++;
        const uint64_t value = Get(from);
        if (tag % 2 == 0) {
          sink.Int(static_cast<IntField>(tag / 2),
                   static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1));
        } else {
          sink.Text(static_cast<TextField>(tag / 2), {reinterpret_cast<const char*>(from), value});
          from += value;
        }
      }
      block = block.subspan(2 + size);
    }
  }

 private:
  void Put(uint64_t value) {
    for (; value >= 0x80; value >>= 7) record_.push_back(static_cast<uint8_t>(value | 0x80));
    record_.push_back(static_cast<uint8_t>(value));
  }
  static uint64_t Get(const uint8_t*& from) {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const uint8_t byte = *from++;
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  std::vector<uint8_t> record_;
};

}  // namespace

std::unique_ptr<Layout> TagLengthValue() { return std::make_unique<Tlv>(); }

}  // namespace longmen::layouts
