// Router: from a request to what answers it. Knows the node, the routes and who may call them;
// knows nothing of sockets.
//
// Threading: any number of threads. AnswerAtOnce does not block; Handle may wait in the node.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/http/message.h"
#include "adapters/http/metrics.h"
#include "adapters/http/target.h"
#include "adapters/node/node.h"

namespace longmen::adapters::http {

struct Route;
std::span<const Route> Routes();

// A request that has found its route and its source.
struct Call {
  const Request& request;
  Target target;
  std::string source;                  // who authenticated
  std::vector<std::string> arguments;  // what stands for the pattern's "*"
};

class Router {
 public:
  // Runs something later on a worker.
  using Work = std::function<void(std::function<void()>)>;

  Router(Node& node, Metrics& metrics, size_t batch_items_max, Work work)
      : node_(node), metrics_(metrics), batch_items_max_(batch_items_max), work_(std::move(work)) {}

  // What the head of a request decides without its body and without waiting in the node: /healthz
  // and /metrics, and the refusal of an unknown route (404), a wrong method (405), a missing token
  // (401), an unknown parameter (400) or a foreign content type (415).
  std::optional<Response> AnswerAtOnce(const Request& head, Levels levels, bool stopping) const;

  // The refusal of a token that is nobody's (401). May wait in the node.
  std::optional<Response> Authorize(std::string_view authorization) const;

  // Answers through `reply`, at once or later, from this thread or the node's.
  void Handle(const Request& request, const Reply& reply) const;

  // The pattern of the request's route, for metrics; "none" where there is no such route.
  static std::string_view RouteName(const Request& request);

 private:
  friend std::span<const Route> Routes();  // the table names the handlers
  void Propose(const Call& call, const Reply& reply) const;
  void ProposeMessages(const Call& call, const Reply& reply) const;
  void Ingest(const Call& call, const Reply& reply) const;
  void LookUp(const Call& call, const Reply& reply) const;
  void ReadRecords(const Call& call, const Reply& reply) const;
  void ReadProjection(const Route& route, const Call& call, const Reply& reply) const;

  struct Submission;
  // Counts the node's answers, puts them with the others and sends them: one as itself, a batch
  // as lines.
  Node::Answered AnswerThrough(const Reply& reply, bool batch, Submission submission) const;
  // The error where the projections cannot be had as of ?min_sequence=.
  Status AwaitMinSequence(const Call& call) const;

  Node& node_;
  Metrics& metrics_;
  const size_t batch_items_max_;
  const Work work_;
};

}  // namespace longmen::adapters::http
