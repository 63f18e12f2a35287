#include "adapters/iso20022/log_words.h"

#include "events/codec/codec.h"

namespace longmen::adapters::iso20022 {

const RecordView* LogWords::Find(Sequence sequence) const {
  const auto& records = block_.records();
  if (records.empty() || sequence < records.front().header.sequence) return nullptr;
  const size_t place = sequence - records.front().header.sequence;
  return place < records.size() ? &records[place] : nullptr;
}

Status LogWords::Load(Sequence sequence) {
  block_ = BlockView();
  auto blocks = log_.Read(sequence, 1);  // the one block that holds it
  if (!blocks.ok()) return blocks.error();
  if (blocks->empty()) return Ok();
  stored_.emplace(std::move(blocks->front()));
  auto block = BlockView::Parse(stored_->bytes());
  if (!block.ok()) return block.error();
  block_ = *std::move(block);
  return Ok();
}

Status LogWords::Visit(Sequence sequence,
                       const std::function<void(schema::Proposal::Reader)>& visit) {
  if (Find(sequence) == nullptr) RETURN_IF_ERROR(Load(sequence));
  const RecordView* record = Find(sequence);
  if (record == nullptr) {
    return Error{Code::NOT_FOUND, "sequence", fmt::format("{} is not in the log", sequence)};
  }
  const ProposalReader proposal(record->proposal);
  visit(proposal.get());
  return Ok();
}

Result<std::string> LogWords::ReasonAt(Sequence sequence) {
  std::string reason;
  RETURN_IF_ERROR(Visit(sequence, [&](schema::Proposal::Reader proposal) {
    const auto body = proposal.getBody();
    if (body.isOrder()) reason = View(body.getOrder().getReason());
    if (body.isAuthorization()) reason = View(body.getAuthorization().getReason());
    if (body.isDebit()) reason = View(body.getDebit().getReason());
    if (body.isRefund()) reason = View(body.getRefund().getReason());
  }));
  return reason;
}

}  // namespace longmen::adapters::iso20022
