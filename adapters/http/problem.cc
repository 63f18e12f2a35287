#include "adapters/http/problem.h"

#include <algorithm>
#include <boost/json.hpp>

#include "adapters/http/json.h"

namespace longmen::adapters::http {
namespace {

namespace json = boost::json;
using engine::Answer;
using engine::AnswerKind;

void AddAnswer(const Answer& answer, json::object& out) {
  out["answer"] = JsonText(engine::AnswerKindName(answer.kind));
  if (answer.sequence != 0) out["sequence"] = JsonNumber(answer.sequence);
  if (answer.code != Code::NONE) {
    out["code"] = JsonText(CodeName(answer.code));
    out["class"] = JsonText(CodeClassName(ClassOf(answer.code)));
  }
  if (!answer.field.empty()) out["field"] = answer.field;
  if (answer.kind == AnswerKind::kRefused) out["index"] = answer.index;
  if (answer.exception != Code::NONE) out["exception"] = JsonText(CodeName(answer.exception));
}

// One proposal's answer, with what is known around it.
struct Fact {
  std::string_view id;
  const Answer* answer;
  std::string_view message;
};

std::vector<Fact> FactsOf(const Members& members) {
  std::vector<Fact> facts;
  for (const ItemAnswer& item : members) {
    CHECK(!item.answers.empty(), "http.answers", item.id);
    // Of a record's proposals the record's own id says more than theirs.
    for (const Answer& answer : item.answers) facts.push_back({item.id, &answer, item.message});
  }
  return facts;
}

// The one that stands for all: they share one fate, but where the content of one is at fault the
// others only say "group".
const Fact& Verdict(const std::vector<Fact>& facts) {
  const auto precise = std::find_if(facts.begin(), facts.end(), [](const Fact& fact) {
    return (fact.answer->kind == AnswerKind::kConflict ||
            fact.answer->kind == AnswerKind::kInvalid) &&
           fact.answer->field != "group";
  });
  return precise == facts.end() ? facts.front() : *precise;
}

json::object MembersObject(const Members& members) {
  const std::vector<Fact> facts = FactsOf(members);
  const Fact& verdict = Verdict(facts);
  const bool group = members.size() > 1;
  json::object out;
  if (!group && !verdict.id.empty()) out["id"] = JsonText(verdict.id);
  AddAnswer(*verdict.answer, out);
  if (!verdict.message.empty()) out["message"] = JsonText(verdict.message);
  if (facts.size() == 1) return out;
  json::array answers;
  for (const Fact& fact : facts) {
    json::object& one = answers.emplace_back(json::object()).get_object();
    if (group && !fact.id.empty()) one["id"] = JsonText(fact.id);
    AddAnswer(*fact.answer, one);
  }
  out["answers"] = std::move(answers);
  return out;
}

int StatusOfAnswer(const Answer& answer) {
  switch (answer.kind) {
    case AnswerKind::kAccepted:
      return 201;
    case AnswerKind::kDuplicate:
      return 200;
    case AnswerKind::kConflict:
      return 409;
    case AnswerKind::kRefused:
      return 422;
    case AnswerKind::kUnavailable:
      return 503;
    case AnswerKind::kInvalid:
      break;
  }
  const int status = StatusOf(answer.code);
  return status == 403 || status == 413 ? status : 400;
}

Response ProblemResponse(int status, std::string_view code, std::string_view code_class,
                         std::string_view field, std::string_view detail, json::object extra) {
  std::string title(code);
  std::replace(title.begin(), title.end(), '_', ' ');
  json::object out;
  out["type"] = "urn:longmen:problem:" + std::string(code);
  out["title"] = title;
  out["status"] = status;
  out["code"] = JsonText(code);
  out["class"] = JsonText(code_class);
  if (!field.empty()) out["field"] = JsonText(field);
  if (!detail.empty()) out["detail"] = JsonText(detail);
  extra.erase("message");                         // it is the detail
  for (auto& member : extra) out.insert(member);  // keeps what is there
  Response response{.status = status,
                    .content_type = "application/problem+json",
                    .body = json::serialize(out),
                    .headers = {}};
  if (status == 503) response.headers.emplace_back("Retry-After", code == "stopping" ? "5" : "1");
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace

int StatusOf(Code code) {
  switch (code) {
    case Code::UNAUTHORIZED:
      return 401;
    case Code::NOT_PERMITTED:
      return 403;
    case Code::NOT_FOUND:
    case Code::UNKNOWN_PARTICIPANT:
    case Code::UNKNOWN_ACCOUNT:
    case Code::UNKNOWN_ORDER:
    case Code::UNKNOWN_CYCLE:
    case Code::UNKNOWN_SCHEME:
      return 404;
    case Code::TOO_LARGE:
    case Code::GROUP_TOO_LARGE:
      return 413;
    case Code::STOPPING:
    case Code::OVERLOADED:
    case Code::STORAGE_FULL:
    case Code::STORAGE_FAILED:
    case Code::LOCKED:
    case Code::FENCED:
      return 503;
    case Code::CORRUPT:
      return 500;
    default:
      return 400;
  }
}

Response Problem(const Error& error, int status) {
  return ProblemResponse(status == 0 ? StatusOf(error.code) : status, CodeName(error.code),
                         CodeClassName(ClassOf(error.code)), error.field, error.message, {});
}

std::string MembersJson(const Members& members) { return json::serialize(MembersObject(members)); }

Response MembersResponse(const Members& members) {
  const std::vector<Fact> facts = FactsOf(members);
  const Fact& verdict = Verdict(facts);
  const Answer& answer = *verdict.answer;
  const int status = StatusOfAnswer(answer);
  if (status >= 400) {
    // A conflict has no code of its own: the answer's name says it all.
    const std::string_view code =
        answer.code == Code::NONE ? engine::AnswerKindName(answer.kind) : CodeName(answer.code);
    return ProblemResponse(status, code, CodeClassName(ClassOf(answer.code)), answer.field,
                           verdict.message, MembersObject(members));
  }
  Response response{.status = status, .body = MembersJson(members), .headers = {}};
  if (answer.kind == AnswerKind::kDuplicate) {
    response.headers.emplace_back("Idempotency-Hit", "true");
  }
  return response;
}

Response LookupResponse(std::string_view source, const ItemAnswer& item) {
  json::object out;
  out["source"] = JsonText(source);
  for (auto& member : MembersObject({item})) out.insert(member);
  return {.body = json::serialize(out), .headers = {}};
}

Response BatchResponse(const std::vector<Members>& batch) {
  Response response{.content_type = "application/x-ndjson", .body = {}, .headers = {}};
  for (const Members& members : batch) {
    response.body += MembersJson(members);
    response.body += '\n';
  }
  return response;
}

Members InvalidMembers(const Error& error) {
  ItemAnswer item;
  Answer& answer = item.answers.emplace_back();
  answer.kind = AnswerKind::kInvalid;
  answer.code = error.code;
  answer.field = error.field;
  item.message = error.message;
  return {std::move(item)};
}

}  // namespace longmen::adapters::http
