#include <fmt/format.h>

#include "events/codec/codec.h"

namespace longmen {

std::string ToJson(const RecordView& record) {
  const RecordHeader& header = record.header;
  std::string json = fmt::format(
      R"({{"sequence":"{}","recordedAt":"{}","bookDate":"{}","rulesVersion":{})", header.sequence,
      FormatInstant(header.recorded_at), FormatDate(header.book_date), header.rules_version);
  if (header.cycle != 0) json += fmt::format(R"(,"cycle":"{}")", header.cycle);
  if (header.exception != Code::NONE) {
    json += fmt::format(R"(,"exception":"{}")", CodeName(header.exception));
  }
  if (header.group_size > 1) {
    json +=
        fmt::format(R"(,"groupIndex":{},"groupSize":{})", header.group_index, header.group_size);
  }
  const ProposalReader proposal(record.proposal);
  return json + R"(,"proposal":)" + ToJson(proposal.get()) + "}";
}

}  // namespace longmen
