#include "adapters/http/router.h"

#include <boost/json.hpp>

#include "adapters/http/media.h"
#include "adapters/http/problem.h"
#include "adapters/http/route.h"

namespace longmen::adapters::http {
namespace {

// The token of "Bearer <token>"; nothing where there is none.
std::optional<std::string_view> BearerToken(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return std::nullopt;
  for (size_t i = 0; i < kScheme.size(); ++i) {
    if ((authorization[i] | 0x20) != (kScheme[i] | 0x20)) return std::nullopt;
  }
  return authorization.substr(kScheme.size());
}

Response Unauthorized() {
  return Problem({Code::UNAUTHORIZED, "Authorization", "a registered source's bearer token"});
}

bool Names(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const size_t end = list.find(' ');
    if (list.substr(0, end) == name) return true;
    list.remove_prefix(end + 1);
  }
  return false;
}

// What is wrong with a request that found its route, as far as its head tells.
std::optional<Response> RefuseHead(const Route& route, const Request& head, const Target& target) {
  for (const auto& [name, value] : target.query) {
    if (!Names(route.parameters, name)) {
      return Problem({Code::UNKNOWN_FIELD, name, "this route has no such parameter"});
    }
  }
  if (!route.open() && !BearerToken(head.authorization)) return Unauthorized();
  if (route.method == "POST") {
    const std::string type = MediaType(head.content_type);
    const bool messages = type == kMessagesType && route.messages;
    if (!type.empty() && type != kJsonType && type != kNdjsonType && !messages) {
      std::string known = fmt::format("{} or {}", kJsonType, kNdjsonType);
      if (route.messages) known += fmt::format(" or {}", kMessagesType);
      return Problem({Code::MALFORMED, "Content-Type", std::move(known)}, 415);
    }
  }
  return std::nullopt;
}

Response Health(const Levels& levels, bool stopping) {
  boost::json::object out;
  out["status"] = stopping ? "stopping" : "ok";
  out["sequence"] = std::to_string(levels.durable);
  out["projectedSequence"] = std::to_string(levels.projected);
  return {.status = stopping ? 503 : 200, .body = boost::json::serialize(out), .headers = {}};
}

}  // namespace

std::string_view Router::RouteName(const Request& request) {
  const auto target = ParseTarget(request.target);
  if (!target.ok()) return "none";
  const Match match = FindRoute(request.method, target->path);
  return match.route == nullptr ? "none" : match.route->pattern;
}

std::optional<Response> Router::AnswerAtOnce(const Request& head, Levels levels,
                                             bool stopping) const {
  const auto target = ParseTarget(head.target);
  if (!target.ok()) return Problem(target.error());
  const Match match = FindRoute(head.method, target->path);
  if (match.route == nullptr) {
    if (match.allow.empty()) return Problem({Code::NOT_FOUND, "target", "there is no such route"});
    Response refusal = Problem({Code::USAGE, "method", "allowed here: " + match.allow}, 405);
    refusal.headers.emplace_back("Allow", match.allow);
    return refusal;
  }
  if (auto refusal = RefuseHead(*match.route, head, *target)) return refusal;
  if (!match.route->open()) return std::nullopt;
  levels.durable = node_.log().AckedFrontier();
  levels.projected = node_.ProjectedSequence();
  if (match.route->pattern == "/healthz") return Health(levels, stopping);
  return Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                  .body = metrics_.Text(levels),
                  .headers = {}};
}

std::optional<Response> Router::Authorize(std::string_view authorization) const {
  const auto token = BearerToken(authorization);
  if (!token) return Unauthorized();
  const auto source = node_.Authenticate(*token);
  if (source.ok()) return std::nullopt;
  return source.error().code == Code::UNAUTHORIZED ? Unauthorized() : Problem(source.error());
}

void Router::Handle(const Request& request, const Reply& reply) const {
  auto target = ParseTarget(request.target);
  CHECK(target.ok(), "http.target", request.target);  // AnswerAtOnce refused all others
  Match match = FindRoute(request.method, target->path);
  CHECK(match.route != nullptr, "http.route", request.target);
  // Asked again: while a long body came, the token may have become another's, or nobody's.
  auto source = node_.Authenticate(*BearerToken(request.authorization));
  if (!source.ok()) {
    return reply.Send(source.error().code == Code::UNAUTHORIZED ? Unauthorized()
                                                                : Problem(source.error()));
  }
  const Call call{request, std::move(*target), std::move(*source), std::move(match.arguments)};
  if (match.route->page != nullptr) return ReadProjection(*match.route, call, reply);
  (this->*match.route->handler)(call, reply);
}

void Router::ReadProjection(const Route& route, const Call& call, const Reply& reply) const {
  const auto awaited = AwaitMinSequence(call);
  if (!awaited.ok()) return reply.Send(Problem(awaited.error()));
  // Read first: the page may be newer than the sequence it states, never older.
  const Sequence sequence = node_.ProjectedSequence();
  auto page = route.page(node_.projections(), call);
  if (!page.ok()) return reply.Send(Problem(page.error()));
  reply.Send(
      {.body = std::move(*page), .headers = {{"Longmen-Sequence", std::to_string(sequence)}}});
}

Status Router::AwaitMinSequence(const Call& call) const {
  const auto sequence = NumberParameter(call.target, "min_sequence", 0);
  if (!sequence.ok()) return sequence.error();
  // No answer ever named a sequence beyond the frontier, and waiting for one could take for ever.
  if (*sequence > node_.log().AckedFrontier()) {
    return Error{Code::UNANSWERABLE, "min_sequence", "the log does not reach that far"};
  }
  return node_.AwaitProjected(*sequence);
}

}  // namespace longmen::adapters::http
