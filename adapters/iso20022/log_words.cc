#include "adapters/iso20022/log_words.h"

#include "events/codec/codec.h"

namespace longmen::adapters::iso20022 {

Status VisitRecord(const engine::LogReader& log, Sequence sequence,
                   const std::function<void(schema::Proposal::Reader)>& visit) {
  const auto blocks = log.Read(sequence, 1);
  if (!blocks.ok()) return blocks.error();
  for (const engine::StoredBlock& stored : *blocks) {
    const auto block = BlockView::Parse(stored.bytes());
    if (!block.ok()) return block.error();
    for (const RecordView& record : block->records()) {
      if (record.header.sequence != sequence) continue;
      const ProposalReader proposal(record.proposal);
      visit(proposal.get());
      return Ok();
    }
  }
  return Error{Code::NOT_FOUND, "sequence", fmt::format("{} is not in the log", sequence)};
}

Result<std::string> ReasonAt(const engine::LogReader& log, Sequence sequence) {
  std::string reason;
  RETURN_IF_ERROR(VisitRecord(log, sequence, [&](schema::Proposal::Reader proposal) {
    const auto body = proposal.getBody();
    if (body.isOrder()) reason = View(body.getOrder().getReason());
    if (body.isAuthorization()) reason = View(body.getAuthorization().getReason());
    if (body.isDebit()) reason = View(body.getDebit().getReason());
    if (body.isRefund()) reason = View(body.getRefund().getReason());
  }));
  return reason;
}

}  // namespace longmen::adapters::iso20022
