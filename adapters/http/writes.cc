// The routes that propose and look up, and the log itself as JSON.
#include <boost/json.hpp>

#include "adapters/http/items.h"
#include "adapters/http/json.h"
#include "adapters/http/media.h"
#include "adapters/http/problem.h"
#include "adapters/http/router.h"
#include "events/block/block.h"
#include "events/codec/codec.h"

namespace longmen::adapters::http {
namespace {

constexpr size_t kLogReadBytes = 1u << 20;
constexpr size_t kRecordsBytes = 8u << 20;  // about: an answer ends after the block that passes it
constexpr size_t kItemsInline = 16;         // answers that are written on the node's own thread

bool IsBatch(const Request& request) { return MediaType(request.content_type) == kNdjsonType; }

// The items of a body: its lines, or the whole of it.
Result<std::vector<std::string_view>> Items(const Request& request, size_t items_max) {
  if (!IsBatch(request)) return std::vector<std::string_view>{request.body};
  auto lines = SplitLines(request.body);
  if (lines.empty()) return Error{Code::MALFORMED, "body", "no line holds anything"};
  if (lines.size() > items_max) {
    return Error{Code::TOO_LARGE, "body", fmt::format("at most {} lines", items_max)};
  }
  return lines;
}

}  // namespace

// What a body asks for, in its order. What cannot even be cut into proposals is answered here, in
// its place; everything else is the node's to judge.
struct Router::Submission {
  std::vector<Members> answered;
  struct Place {
    size_t item = 0;
    size_t members = 1;
    bool group = false;
  };
  std::vector<Place> places;  // of what went to the node, in its order
  std::string_view whole;     // what an item is: "body" or "line"

  // Puts the node's answers, one a member of all groups in order, into their places.
  void Fill(std::vector<ItemAnswer> items) {
    size_t next = 0;
    for (const Place& place : places) {
      CHECK(next + place.members <= items.size(), "http.answers", items.size());
      Members& members = answered[place.item];
      for (size_t i = 0; i < place.members; ++i) members.push_back(std::move(items[next++]));
      NameWhole(members, place.group, whole);
    }
    CHECK(next == items.size(), "http.answers", next, items.size());
  }
};

Node::Answered Router::AnswerThrough(const Reply& reply, bool batch, Submission submission) const {
  return [this, reply, batch, submission = std::make_shared<Submission>(std::move(submission))](
             std::vector<ItemAnswer> items) {
    const auto answer = [this, reply, batch, submission](std::vector<ItemAnswer> answered) {
      metrics_.CountAnswers(answered);
      submission->Fill(std::move(answered));
      reply.Send(batch ? BatchResponse(submission->answered)
                       : MembersResponse(submission->answered.front()));
    };
    if (!batch || submission->answered.size() <= kItemsInline) return answer(std::move(items));
    // The node calls from the thread that makes blocks durable: it must not wait for our JSON.
    work_([answer, items = std::move(items)]() mutable { answer(std::move(items)); });
  };
}

void Router::Propose(const Call& call, const Reply& reply) const {
  if (MediaType(call.request.content_type) == kMessagesType) return ProposeMessages(call, reply);
  const auto items = Items(call.request, batch_items_max_);
  if (!items.ok()) return reply.Send(Problem(items.error()));
  Submission submission;
  submission.whole = IsBatch(call.request) ? "line" : "body";
  submission.answered.resize(items->size());
  std::vector<std::vector<std::string>> groups;
  for (size_t i = 0; i < items->size(); ++i) {
    const std::string_view item = (*items)[i];
    const bool group = IsGroup(item);
    if (!group) {
      groups.push_back({std::string(item)});
    } else if (const auto members = SplitGroup(item); members.ok()) {
      groups.emplace_back(members->begin(), members->end());
    } else {
      submission.answered[i] = InvalidMembers(members.error());
      metrics_.CountAnswers(submission.answered[i]);
      continue;
    }
    submission.places.push_back({i, groups.back().size(), group});
  }
  const auto answer = AnswerThrough(reply, IsBatch(call.request), std::move(submission));
  if (groups.empty()) return answer({});
  node_.ProposeJson(call.source, std::move(groups), answer);
}

void Router::Ingest(const Call& call, const Reply& reply) const {
  const auto scenario = EnumFromName<schema::Scenario>(call.arguments[0]);
  if (!scenario || FindScenario(*scenario) == nullptr) {
    return reply.Send(Problem({Code::NOT_FOUND, "scenario", "no adapter for this scenario"}));
  }
  const auto items = Items(call.request, batch_items_max_);
  if (!items.ok()) return reply.Send(Problem(items.error()));
  Submission submission;
  submission.whole = IsBatch(call.request) ? "line" : "body";
  submission.answered.resize(items->size());
  for (size_t i = 0; i < items->size(); ++i) submission.places.push_back({.item = i});
  node_.IngestJson(call.source, *scenario, {items->begin(), items->end()},
                   AnswerThrough(reply, IsBatch(call.request), std::move(submission)));
}

void Router::LookUp(const Call& call, const Reply& reply) const {
  const std::string id = TextParameter(call.target, "id");
  if (id.empty()) return reply.Send(Problem({Code::MISSING_FIELD, "id", "which id?"}));
  std::string source = TextParameter(call.target, "source");
  if (source.empty()) source = call.source;
  auto answers = node_.Lookup(source, id);
  if (!answers.ok()) return reply.Send(Problem(answers.error()));
  if (answers->empty()) {
    return reply.Send(Problem({Code::NOT_FOUND, "id", "this id was never recorded"}));
  }
  reply.Send(LookupResponse(source, {.id = id, .answers = std::move(*answers), .message = {}}));
}

void Router::ReadRecords(const Call& call, const Reply& reply) const {
  const auto after = NumberParameter(call.target, "after", 0);
  if (!after.ok()) return reply.Send(Problem(after.error()));
  const auto limit = LimitParameter(call.target);
  if (!limit.ok()) return reply.Send(Problem(limit.error()));

  const Sequence frontier = node_.log().AckedFrontier();
  std::string records;
  Sequence last = *after;
  uint64_t count = 0;
  while (count < *limit && last < frontier && records.size() < kRecordsBytes) {
    const auto blocks = node_.log().Read(last + 1, kLogReadBytes);
    if (!blocks.ok()) return reply.Send(Problem(blocks.error()));
    const Sequence before = last;
    for (const engine::StoredBlock& stored : *blocks) {
      const auto block = BlockView::Parse(stored.bytes());
      if (!block.ok()) return reply.Send(Problem(block.error()));
      for (const RecordView& record : block->records()) {
        if (record.header.sequence <= last || count == *limit) continue;
        records += (count == 0 ? "" : ",") + ToJson(record);
        last = record.header.sequence;
        ++count;
      }
    }
    if (last == before) break;
  }
  reply.Send({.body = fmt::format("{{\"records\":[{}],\"next\":\"{}\"}}", records, last),
              .headers = {{"Longmen-Sequence", std::to_string(frontier)}}});
}

}  // namespace longmen::adapters::http
