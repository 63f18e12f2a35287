#include "adapters/http/batch.h"

#include <algorithm>
#include <cstring>

namespace longmen::adapters::http {
namespace {

constexpr uint32_t kGroupMark = 0xffffffff;
constexpr uint32_t kSegmentsMax = 64;
constexpr size_t kWord = sizeof(uint64_t);
constexpr size_t kFieldBytesMax = 255;
constexpr size_t kAnswerBytes = 16;

uint32_t ReadU32(Bytes bytes, size_t at) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

class Cutter {
 public:
  Cutter(Bytes body, BatchLimits limits) : body_(body), limits_(limits) {}

  Status CutAll(CutBatch& cut) {
    while (at_ < body_.size()) {
      if (cut.items.size() == limits_.items) {
        return Error{Code::TOO_LARGE, "body", fmt::format("at most {} items", limits_.items)};
      }
      BatchItem item{.first = static_cast<uint32_t>(cut.messages.messages.size())};
      item.group = ReadU32(body_, at_) == kGroupMark;
      if (item.group) {
        item.size = ReadU32(body_, at_ + 4);
        at_ += kWord;
        if (item.size == 0) return Broken(cut, "a group of nobody");
      }
      for (uint32_t i = 0; i < item.size; ++i) RETURN_IF_ERROR(CutMessage(cut));
      cut.items.push_back(item);
      cut.messages.group_sizes.push_back(item.size);
    }
    return Ok();
  }

 private:
  // Of the item that is being cut.
  Error Broken(const CutBatch& cut, std::string_view what) const {
    return {Code::MALFORMED, fmt::format("item[{}]", cut.items.size()),
            fmt::format("{}, at byte {}", what, at_)};
  }

  Status CutMessage(CutBatch& cut) {
    if (cut.messages.messages.size() == limits_.messages) {
      return Error{Code::TOO_LARGE, "body", fmt::format("at most {} proposals", limits_.messages)};
    }
    if (at_ == body_.size()) return Broken(cut, "the body ends within a group");
    const uint32_t first = ReadU32(body_, at_);
    if (first == kGroupMark) return Broken(cut, "a group within a group");
    if (first >= kSegmentsMax) return Broken(cut, "not a message");
    const size_t segments = size_t{first} + 1;
    const size_t table = (segments + 2) / 2 * kWord;
    size_t rest = body_.size() - at_;
    if (table > rest) return Broken(cut, "a message goes on behind the body's end");
    rest -= table;
    size_t size = table;
    for (size_t i = 0; i < segments; ++i) {
      const size_t bytes = size_t{ReadU32(body_, at_ + 4 + i * 4)} * kWord;
      if (bytes > rest) return Broken(cut, "a message goes on behind the body's end");
      rest -= bytes;
      size += bytes;
    }
    cut.messages.messages.push_back(body_.subspan(at_, size));
    at_ += size;
    return Ok();
  }

  const Bytes body_;
  const BatchLimits limits_;
  size_t at_ = 0;
};

}  // namespace

Result<CutBatch> CutMessages(Bytes body, BatchLimits limits) {
  if (body.empty()) return Error{Code::MALFORMED, "body", "no proposal"};
  if (body.size() % kWord != 0) {
    return Error{Code::MALFORMED, "body", "not a whole number of words of 8 bytes"};
  }
  CutBatch cut;
  // No proposal is smaller than this; more room than there can be items is not taken.
  const size_t expected = std::min(limits.items, body.size() / 96 + 1);
  cut.messages.messages.reserve(expected);
  cut.messages.group_sizes.reserve(expected);
  cut.items.reserve(expected);
  RETURN_IF_ERROR(Cutter(body, limits).CutAll(cut));
  return cut;
}

std::string EncodeAnswers(std::span<const engine::Answer> answers) {
  static_assert(static_cast<int>(engine::AnswerKind::kAccepted) == 0 &&
                static_cast<int>(engine::AnswerKind::kUnavailable) == 5);
  std::string out(kWord, '\0');
  out.reserve(kWord + answers.size() * kAnswerBytes);
  const auto count = static_cast<uint32_t>(answers.size());
  std::memcpy(out.data(), &count, sizeof count);
  for (const engine::Answer& answer : answers) {
    const size_t field = std::min(answer.field.size(), kFieldBytesMax);
    char row[kAnswerBytes];
    const auto put = [&row](size_t at, auto value) { std::memcpy(row + at, &value, sizeof value); };
    put(0, uint64_t{answer.sequence});
    put(8, static_cast<uint16_t>(answer.code));
    put(10, static_cast<uint8_t>(answer.kind));
    put(11, static_cast<uint8_t>(field));
    put(12, uint16_t{answer.index});
    put(14, static_cast<uint16_t>(answer.exception));
    out.append(row, sizeof row);
    if (field == 0) continue;
    out.append(answer.field, 0, field);
    out.append((kWord - field % kWord) % kWord, '\0');
  }
  return out;
}

}  // namespace longmen::adapters::http
