#include "events/block/record.h"

#include <cstring>

#include "events/block/little_endian.h"

namespace longmen {

void AppendRecord(const RecordHeader& header, Bytes proposal, std::vector<uint8_t>& out) {
  CHECK(proposal.size() % 8 == 0 && proposal.size() <= kProposalBytesMax, "record.size",
        proposal.size());
  uint8_t to[kRecordHeaderBytes];
  PutLittle(to + 0, header.sequence);
  PutLittle(to + 8, header.recorded_at);
  PutLittle(to + 16, header.cycle);
  PutLittle(to + 24, static_cast<uint32_t>(proposal.size()));
  PutLittle(to + 28, header.book_date);
  PutLittle(to + 32, header.rules_version);
  PutLittle(to + 34, static_cast<uint16_t>(header.exception));
  PutLittle(to + 36, header.group_index);
  PutLittle(to + 38, header.group_size);
  out.insert(out.end(), to, to + sizeof to);
  out.insert(out.end(), proposal.begin(), proposal.end());
}

bool ReadRecordInto(Bytes bytes, RecordView& view) {
  if (bytes.size() < kRecordHeaderBytes) return false;
  const uint8_t* from = bytes.data();
  const auto size = GetLittle<uint32_t>(from + 24);
  if (size % 8 != 0 || size > kProposalBytesMax || size > bytes.size() - kRecordHeaderBytes) {
    return false;
  }
  view.header = {.sequence = GetLittle<uint64_t>(from),
                 .recorded_at = GetLittle<int64_t>(from + 8),
                 .cycle = GetLittle<uint64_t>(from + 16),
                 .book_date = GetLittle<int32_t>(from + 28),
                 .rules_version = GetLittle<uint16_t>(from + 32),
                 .exception = static_cast<Code>(GetLittle<uint16_t>(from + 34)),
                 .group_index = GetLittle<uint16_t>(from + 36),
                 .group_size = GetLittle<uint16_t>(from + 38)};
  view.proposal = bytes.subspan(kRecordHeaderBytes, size);
  view.leaf = bytes.first(kRecordHeaderBytes + size);
  return true;
}

Result<RecordView> ReadRecord(Bytes bytes) {
  RecordView view;
  if (ReadRecordInto(bytes, view)) return view;
  if (bytes.size() < kRecordHeaderBytes) {
    return Error{Code::CORRUPT, "record", "shorter than a record's header"};
  }
  return Error{Code::CORRUPT, "record.size",
               fmt::format("impossible size {}", GetLittle<uint32_t>(bytes.data() + 24))};
}

}  // namespace longmen
