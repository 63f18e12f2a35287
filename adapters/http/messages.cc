// The binary door: POST of Cap'n Proto messages. What a line is to NDJSON an item is here.
#include <algorithm>

#include "adapters/http/batch.h"
#include "adapters/http/media.h"
#include "adapters/http/problem.h"
#include "adapters/http/router.h"

namespace longmen::adapters::http {
namespace {

using engine::Answer;
using engine::AnswerKind;

constexpr size_t kProposalsAnItem = 10;  // on average, at most

// An item as the JSON door would have it, ids and remarks included where there are any.
Members MembersOf(const BatchItem& item, const MessageAnswers& from) {
  Members members(item.size);
  for (size_t i = 0; i < item.size; ++i) {
    members[i].answers.push_back(from.answers[item.first + i]);
    if (!from.ids.empty()) members[i].id = from.ids[item.first + i];
  }
  return members;
}

std::string AsLines(const std::vector<BatchItem>& items, const MessageAnswers& taken) {
  std::vector<Members> batch;
  batch.reserve(items.size());
  for (const BatchItem& item : items) batch.push_back(MembersOf(item, taken));
  for (const auto& [at, remark] : taken.remarks) {
    const auto behind =
        std::upper_bound(items.begin(), items.end(), at,
                         [](size_t place, const BatchItem& item) { return place < item.first; });
    const auto place = static_cast<size_t>(behind - items.begin()) - 1;
    batch[place][at - items[place].first].message = remark;
  }
  for (size_t i = 0; i < items.size(); ++i) NameWhole(batch[i], items[i].group, "item");
  return BatchResponse(batch).body;
}

std::string AsWords(const std::vector<BatchItem>& items, MessageAnswers& taken) {
  for (const BatchItem& item : items) {
    const auto begin = taken.answers.begin() + item.first;
    const auto end = begin + item.size;
    const auto invalid = [](const Answer& answer) { return answer.kind == AnswerKind::kInvalid; };
    if (std::none_of(begin, end, invalid)) continue;
    Members members = MembersOf(item, taken);
    NameWhole(members, item.group, "item");
    for (size_t i = 0; i < item.size; ++i) {
      taken.answers[item.first + i] = std::move(members[i].answers[0]);
    }
  }
  return EncodeAnswers(taken.answers);
}

}  // namespace

void Router::ProposeMessages(const Call& call, const Reply& reply) const {
  const Bytes body{reinterpret_cast<const uint8_t*>(call.request.body.data()),
                   call.request.body.size()};
  // A string's own buffer would be as good as any, but nobody promises that of a short one.
  CHECK(reinterpret_cast<uintptr_t>(body.data()) % alignof(uint64_t) == 0, "http.alignment");
  auto cut = CutMessages(
      body, {.items = batch_items_max_, .messages = batch_items_max_ * kProposalsAnItem});
  if (!cut.ok()) return reply.Send(Problem(cut.error()));
  const bool compact = AcceptsType(call.request.accept, kAnswersType);
  auto items = std::make_shared<std::vector<BatchItem>>(std::move(cut->items));
  node_.ProposeMessages(
      call.source, cut->messages, !compact, [this, reply, compact, items](TakeAnswers take) {
        // The node calls from the thread that makes blocks durable: all that is per answer is done
        // elsewhere.
        work_([this, reply, compact, items, take = std::move(take)] {
          MessageAnswers taken = take();
          metrics_.CountAnswers(taken.answers);
          Response response{.content_type = std::string(compact ? kAnswersType : kNdjsonType),
                            .body = {},
                            .headers = {}};
          response.body = compact ? AsWords(*items, taken) : AsLines(*items, taken);
          reply.Send(std::move(response));
        });
      });
}

}  // namespace longmen::adapters::http
