#include "adapters/node/messages.h"

#include <capnp/serialize.h>

#include <cstring>

namespace longmen::adapters {
namespace {

using engine::AnswerKind;
using engine::Answers;

// The only segment of a message; empty where it has several.
Bytes OnlySegment(Bytes message) {
  uint32_t more_segments = 0;
  std::memcpy(&more_segments, message.data(), sizeof more_segments);
  return more_segments == 0 ? message.subspan(sizeof(uint64_t)) : Bytes();
}

}  // namespace

MessageSubmission::MessageSubmission(const std::string& source, const MessageBatch& batch,
                                     bool with_ids)
    : with_ids_(with_ids) {
  answers_.answers.resize(batch.messages.size());
  if (with_ids_) answers_.ids.resize(batch.messages.size());
  jobs_.reserve(batch.group_sizes.size());
  submitted_.reserve(batch.group_sizes.size());
  size_t first = 0;
  for (const uint32_t size : batch.group_sizes) {
    ReadGroup(source, batch, first, size);
    first += size;
  }
}

void MessageSubmission::ReadGroup(const std::string& source, const MessageBatch& batch,
                                  size_t first, size_t count) {
  engine::Job& job = jobs_.emplace_back();
  job.group.reserve(count);
  bool readable = true;
  for (size_t at = first; at < first + count; ++at) {
    readable &= ReadMember(source, batch.messages[at], at, job);
  }
  if (readable) {
    submitted_.emplace_back(first, static_cast<uint32_t>(count));
    return;
  }
  jobs_.pop_back();
  for (size_t at = first; at < first + count; ++at) {
    if (answers_.answers[at].kind == AnswerKind::kInvalid) continue;
    Invalidate(at, {Code::MALFORMED, "group", "another member of its group is invalid"});
  }
}

bool MessageSubmission::ReadMember(const std::string& source, Bytes message, size_t at,
                                   engine::Job& job) {
  Bytes canonical = OnlySegment(message);
  ProposalBytes rewritten;
  bool in_place = CheckCanonical(canonical).ok();
  if (in_place && !source.empty()) in_place = ReadCanonical(canonical).hasSource();
  if (!in_place) {
    auto made = ProposalFromMessage(message, source);
    if (!made.ok()) {
      Invalidate(at, made.error());
      return false;
    }
    rewritten = std::move(*made);
    canonical = rewritten.bytes();
  }
  const auto proposal = ReadCanonical(canonical);
  if (with_ids_) answers_.ids[at] = View(proposal.getId());
  if (!source.empty() && View(proposal.getSource()) != source) {
    Invalidate(at, {Code::NOT_PERMITTED, "source", "the token is " + source + "'s"});
    return false;
  }
  if (Status shape = CheckShape(proposal); !shape.ok()) {
    Invalidate(at, shape.error());
    return false;
  }
  job.occurred_at = std::max(job.occurred_at, Nanos{proposal.getOccurredAt()});
  job.group.push_back(in_place ? ProposalBytes(canonical) : std::move(rewritten));
  return true;
}

void MessageSubmission::Invalidate(size_t at, const Error& error) {
  answers_.answers[at] = {.kind = AnswerKind::kInvalid, .code = error.code, .field = error.field};
  if (!error.message.empty()) answers_.remarks.emplace_back(at, error.message);
}

MessageAnswers MessageSubmission::Collect(std::vector<Answers> per_job) {
  CHECK(per_job.size() == submitted_.size(), "node.answers", per_job.size(), submitted_.size());
  for (size_t i = 0; i < per_job.size(); ++i) {
    const auto [first, size] = submitted_[i];
    CHECK(per_job[i].size() == size, "node.answers", per_job[i].size(), size);
    std::move(per_job[i].begin(), per_job[i].end(),
              answers_.answers.begin() + static_cast<ptrdiff_t>(first));
  }
  return std::move(answers_);
}

}  // namespace longmen::adapters
