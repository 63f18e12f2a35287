#include "adapters/http/problem.h"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/http/object_text.h"

namespace longmen::adapters::http {
namespace {

using engine::Answer;
using engine::AnswerKind;

// `within_problem`: its code, class and field stand in the problem already.
void AddAnswer(const Answer& answer, bool within_problem, ObjectText& out) {
  out.Text("answer", engine::AnswerKindName(answer.kind));
  if (answer.sequence != 0) out.Text("sequence", std::to_string(answer.sequence));
  if (!within_problem) {
    if (answer.code != Code::NONE) {
      out.Text("code", CodeName(answer.code));
      out.Text("class", CodeClassName(ClassOf(answer.code)));
    }
    if (!answer.field.empty()) out.Text("field", answer.field);
  }
  if (answer.kind == AnswerKind::kRefused) out.Number("index", answer.index);
  if (answer.exception != Code::NONE) out.Text("exception", CodeName(answer.exception));
}

// For people, where the node has nothing to say: its refusals are a code and a field.
std::string_view Explained(const Answer& answer, std::string_view message) {
  if (!message.empty() || answer.kind != AnswerKind::kRefused) return message;
  if (answer.code == Code::TOO_LATE) {
    return "occurredAt lies further before now than the source is registered for (maxLate)";
  }
  if (answer.code == Code::TOO_EARLY) {
    return "occurredAt lies before what it follows allows, or further after now than the source is "
           "registered for (maxEarly)";
  }
  return message;
}

std::string MemberName(size_t index) { return fmt::format("group[{}]", index); }

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
    for (const Answer& answer : item.answers) {
      facts.push_back({item.id, &answer, Explained(answer, item.message)});
    }
  }
  return facts;
}

// Which one stands for all: they share one fate, but where the content of one is at fault the
// others only say "group", or "group[1]" of that one.
size_t Verdict(const std::vector<Fact>& facts) {
  for (size_t i = 0; i < facts.size(); ++i) {
    const Answer& answer = *facts[i].answer;
    if (answer.kind != AnswerKind::kConflict && answer.kind != AnswerKind::kInvalid) continue;
    const bool of_another = answer.field.starts_with("group") && answer.field != MemberName(i);
    if (!of_another) return i;
  }
  return 0;
}

// Do the others say that it is the fault of this one?
bool IsBlamed(const std::vector<Fact>& facts, size_t index) {
  return std::any_of(facts.begin(), facts.end(), [&](const Fact& fact) {
    return fact.answer->kind == AnswerKind::kInvalid && fact.answer->field == MemberName(index);
  });
}

// The members of an object that says what became of these.
void AddMembers(const Members& members, bool within_problem, ObjectText& out) {
  if (members.size() == 1 && members[0].answers.size() == 1) {  // nearly all there are
    const ItemAnswer& item = members[0];
    if (!item.id.empty()) out.Text("id", item.id);
    AddAnswer(item.answers[0], within_problem, out);
    const std::string_view message = Explained(item.answers[0], item.message);
    if (!message.empty() && !within_problem) out.Text("message", message);
    return;
  }
  const std::vector<Fact> facts = FactsOf(members);
  const size_t stands_out = Verdict(facts);
  const Fact& verdict = facts[stands_out];
  const bool group = members.size() > 1;
  if (!group && !verdict.id.empty()) out.Text("id", verdict.id);
  AddAnswer(*verdict.answer, within_problem, out);
  if (group && IsBlamed(facts, stands_out)) out.Number("index", stands_out);
  if (!verdict.message.empty() && !within_problem) out.Text("message", verdict.message);
  if (facts.size() == 1) return;
  std::string& array = out.Name("answers");
  array += '[';
  for (size_t i = 0; i < facts.size(); ++i) {
    if (i > 0) array += ',';
    ObjectText one(array);
    if (group && !facts[i].id.empty()) one.Text("id", facts[i].id);
    AddAnswer(*facts[i].answer, false, one);
    one.Close();
  }
  array += ']';
}

void AppendMembers(const Members& members, std::string& out) {
  ObjectText object(out);
  AddMembers(members, false, object);
  object.Close();
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

Response ProblemResponse(int status, std::string_view name, Code code, std::string_view field,
                         std::string_view detail, const Members* members) {
  std::string title(name);
  std::replace(title.begin(), title.end(), '_', ' ');
  Response response{
      .status = status, .content_type = "application/problem+json", .body = {}, .headers = {}};
  ObjectText out(response.body);
  out.Text("type", "urn:longmen:problem:" + std::string(name));
  out.Text("title", title);
  out.Number("status", static_cast<uint64_t>(status));
  if (code != Code::NONE) {
    out.Text("code", CodeName(code));
    out.Text("class", CodeClassName(ClassOf(code)));
  }
  if (!field.empty()) out.Text("field", field);
  if (!detail.empty()) out.Text("detail", detail);
  if (members != nullptr) AddMembers(*members, true, out);
  out.Close();
  if (status == 503)
    response.headers.emplace_back("Retry-After", code == Code::STOPPING ? "5" : "1");
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
                         error.code, error.field, error.message, nullptr);
}

std::string MembersJson(const Members& members) {
  std::string text;
  AppendMembers(members, text);
  return text;
}

Response MembersResponse(const Members& members) {
  const std::vector<Fact> facts = FactsOf(members);
  const Fact& verdict = facts[Verdict(facts)];
  const Answer& answer = *verdict.answer;
  const int status = StatusOfAnswer(answer);
  if (status >= 400) {
    // A conflict has no code: the answer's name says it all.
    const std::string_view name =
        answer.code == Code::NONE ? engine::AnswerKindName(answer.kind) : CodeName(answer.code);
    return ProblemResponse(status, name, answer.code, answer.field, verdict.message, &members);
  }
  Response response{.status = status, .body = MembersJson(members), .headers = {}};
  if (answer.kind == AnswerKind::kDuplicate) {
    response.headers.emplace_back("Idempotency-Hit", "true");
  }
  return response;
}

Response LookupResponse(std::string_view source, const ItemAnswer& item) {
  Response response;
  ObjectText out(response.body);
  out.Text("source", source);
  AddMembers({item}, false, out);
  out.Close();
  return response;
}

Response BatchResponse(const std::vector<Members>& batch) {
  Response response{.content_type = "application/x-ndjson", .body = {}, .headers = {}};
  for (const Members& members : batch) {
    AppendMembers(members, response.body);
    response.body += '\n';
  }
  return response;
}

void NameWhole(Members& members, bool group, std::string_view whole) {
  // The node says "group" to those that are sound, and nothing of one that it cannot read at all.
  size_t at_fault = members.size();
  for (size_t i = 0; i < members.size(); ++i) {
    for (Answer& answer : members[i].answers) {
      if (answer.kind != AnswerKind::kInvalid) continue;
      if (answer.code == Code::GROUP_TOO_LARGE) answer.field = "group";
      if (answer.field.empty()) answer.field = group ? MemberName(i) : std::string(whole);
      if (answer.field != "group") at_fault = std::min(at_fault, i);
    }
  }
  if (!group || at_fault == members.size()) return;
  for (ItemAnswer& item : members) {
    for (Answer& answer : item.answers) {
      if (answer.kind == AnswerKind::kInvalid && answer.field == "group") {
        answer.field = MemberName(at_fault);
      }
    }
  }
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
