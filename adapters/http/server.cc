#include "adapters/http/server.h"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "adapters/http/core.h"
#include "adapters/http/problem.h"

namespace longmen::adapters::http {

namespace {

Response Unanswerable(std::string_view what) {
  return Problem({Code::CORRUPT, "", fmt::format("the request could not be answered: {}", what)});
}

// A worker is the last place where a library's exception may stop: the client gets an answer and
// the others never notice.
void HandleSafely(const Router& router, const Request& request, const Reply& reply) {
  std::string what;
  try {
    return router.Handle(request, reply);
  } catch (const std::exception& exception) {
    what = exception.what();
  }
  reply.Send(Unanswerable(what));
}

std::optional<Response> AuthorizeSafely(const Router& router, std::string_view authorization) {
  try {
    return router.Authorize(authorization);
  } catch (const std::exception& exception) {
    return Unanswerable(exception.what());
  }
}

}  // namespace

struct Core::Workers {
  explicit Workers(size_t threads) : pool(threads) {}
  boost::asio::thread_pool pool;
};

Core::Core(ServerOptions server_options, Node& node)
    : options(std::move(server_options)),
      router(node, metrics, options.batch_items_max,
             [this](std::function<void()> task) { Work(std::move(task)); }),
      sockets_(Sockets::Make(*this)),
      workers_(std::make_unique<Workers>(options.worker_threads)) {}
Core::~Core() = default;

Status Core::Start() {
  RETURN_IF_ERROR(sockets_->Listen());
  port_ = sockets_->port();
  sockets_->Run();
  return Ok();
}

bool Core::Add(const std::shared_ptr<Connection>& connection) {
  const std::lock_guard lock(mutex_);
  if (connections_.size() >= options.connections_max) return false;
  connections_.insert(connection);
  return true;
}

Levels Core::levels() const {
  Levels levels{.requests_in_flight = in_flight_};
  const std::lock_guard lock(mutex_);
  levels.connections = connections_.size();
  return levels;
}

bool Core::Enter() {
  if (in_flight_.fetch_add(1) < options.requests_in_flight_max) return true;
  --in_flight_;
  return false;
}

bool Core::TakeBytes(size_t bytes) {
  if (body_bytes_.fetch_add(bytes) + bytes <= options.bodies_bytes_max) return true;
  body_bytes_ -= bytes;
  return false;
}

template <typename Act>
void Core::Reach(const std::weak_ptr<Connection>& weak, Act act) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  if (const auto connection = weak.lock()) act(*connection);
}

void Core::Authorize(const std::shared_ptr<Connection>& connection, std::string authorization) {
  Work([this, weak = std::weak_ptr(connection), authorization = std::move(authorization)] {
    auto refusal = AuthorizeSafely(router, authorization);
    Reach(weak, [&](Connection& known) { known.Admit(std::move(refusal)); });
  });
}

void Core::Dispatch(const std::shared_ptr<Connection>& connection, Request request) {
  const auto begun = std::chrono::steady_clock::now();
  const Reply reply([core = shared_from_this(), weak = std::weak_ptr(connection), begun,
                     route = Router::RouteName(request)](Response response) {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    core->metrics.CountRequest(route, response.status, took.count());
    core->Leave();
    core->Reach(weak, [&](Connection& known) { known.Send(std::move(response)); });
  });
  Work([this, request = std::move(request), reply] { HandleSafely(router, request, reply); });
}

void Core::Work(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (!closed_) boost::asio::post(workers_->pool, std::move(task));
}

void Core::Forget(const std::shared_ptr<Connection>& connection) {
  const std::lock_guard lock(mutex_);
  connections_.erase(connection);
  if (connections_.empty()) empty_.notify_all();
}

bool Core::WaitUntilEmpty(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return empty_.wait_for(lock, timeout, [this] { return connections_.empty(); });
}

void Core::ForEachConnection(void (Connection::*act)()) {
  std::vector<std::shared_ptr<Connection>> all;
  {
    const std::lock_guard lock(mutex_);
    all.assign(connections_.begin(), connections_.end());
  }
  for (const auto& connection : all) (connection.get()->*act)();
}

void Core::Stop() {
  if (stopping_.exchange(true)) return;
  sockets_->StopAccepting();
  ForEachConnection(&Connection::BeginStop);
  if (!WaitUntilEmpty(options.stop_timeout)) {
    ForEachConnection(&Connection::Cut);
    WaitUntilEmpty(std::chrono::seconds(1));
  }
  Close();
}

void Core::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  sockets_->End();
  workers_->pool.stop();
  workers_->pool.join();
  // What is still queued holds connections and replies: it goes before what it refers to.
  workers_.reset();
  connections_.clear();
  sockets_.reset();
}

Result<std::unique_ptr<Server>> Server::Start(ServerOptions options, Node& node) {
  auto core = std::make_shared<Core>(std::move(options), node);
  RETURN_IF_ERROR(core->Start());
  return std::unique_ptr<Server>(new Server(std::move(core)));
}

Server::Server(std::shared_ptr<Core> core) : core_(std::move(core)) {}
Server::~Server() { Stop(); }
uint16_t Server::port() const { return core_->port(); }
void Server::Stop() { core_->Stop(); }

}  // namespace longmen::adapters::http
