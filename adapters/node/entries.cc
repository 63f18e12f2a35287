#include "adapters/node/entries.h"

#include <capnp/message.h>

namespace longmen::adapters {
namespace {

using engine::Answer;
using engine::AnswerKind;
using engine::Answers;

// A proposal as it was sent, under the source that sent it.
struct Parsed {
  std::string id;
  Nanos occurred_at = 0;
  Result<ProposalBytes> proposal = ProposalBytes();
};

Parsed ParseProposal(const std::string& json, const std::string& source) {
  Parsed parsed;
  // The first segment is on the stack and fits nearly every proposal.
  capnp::word scratch[256] = {};
  capnp::MallocMessageBuilder message(kj::arrayPtr(scratch, std::size(scratch)));
  auto proposal = message.initRoot<schema::Proposal>();
  if (Status read = FromJson(json, proposal); !read.ok()) {
    parsed.proposal = read.error();
    return parsed;
  }
  parsed.id = proposal.getId().cStr();
  parsed.occurred_at = proposal.getOccurredAt();
  if (!source.empty()) {
    if (!proposal.hasSource()) {
      proposal.setSource(source);
    } else if (proposal.getSource() != source.c_str()) {
      parsed.proposal = Error{Code::NOT_PERMITTED, "source", "the token is " + source + "'s"};
      return parsed;
    }
  }
  if (Status shape = CheckShape(proposal.asReader()); !shape.ok()) {
    parsed.proposal = shape.error();
    return parsed;
  }
  parsed.proposal = Canonicalize(proposal.asReader());
  return parsed;
}

}  // namespace

Answer InvalidAnswer(const Error& error) {
  return {.kind = AnswerKind::kInvalid, .code = error.code, .field = error.field};
}

Entry ParseGroup(const std::vector<std::string>& members, const std::string& source,
                 engine::Job& job) {
  Entry entry;
  bool readable = true;
  for (const std::string& json : members) {
    Parsed parsed = ParseProposal(json, source);
    ItemAnswer item{.id = std::move(parsed.id), .answers = {}, .message = {}};
    if (parsed.proposal.ok()) {
      job.group.push_back(std::move(*parsed.proposal));
      job.occurred_at = std::max(job.occurred_at, parsed.occurred_at);
    } else {
      item.answers.push_back(InvalidAnswer(parsed.proposal.error()));
      item.message = parsed.proposal.error().message;
      readable = false;
    }
    entry.items.push_back(std::move(item));
  }
  entry.submitted = readable && !members.empty();
  if (readable) return entry;
  for (ItemAnswer& item : entry.items) {
    if (item.answers.empty()) {
      item.answers.push_back(InvalidAnswer({Code::MALFORMED, "group", ""}));
      item.message = "another member of its group is invalid";
    }
  }
  return entry;
}

std::vector<ItemAnswer> Collect(std::vector<Entry>& entries, bool one_item_a_job,
                                std::vector<Answers>& per_job) {
  std::vector<ItemAnswer> items;
  size_t job = 0;
  for (Entry& entry : entries) {
    if (entry.submitted && one_item_a_job) {
      entry.items.front().answers = std::move(per_job[job++]);
    } else if (entry.submitted) {
      const Answers& answers = per_job[job++];
      for (size_t i = 0; i < entry.items.size(); ++i) entry.items[i].answers = {answers[i]};
    }
    for (ItemAnswer& item : entry.items) items.push_back(std::move(item));
  }
  return items;
}

}  // namespace longmen::adapters
