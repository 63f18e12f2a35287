// Core: what a server's connections share. Private to the folder.
//
// Lifetime: the server owns it; a reply that the node still holds keeps the shell alive, but
// not the sockets: after Close() nothing reaches them any more and late answers are dropped.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>

#include "adapters/http/metrics.h"
#include "adapters/http/router.h"
#include "adapters/http/server.h"

namespace longmen::adapters::http {

// One client. All of these may be called from any thread.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual void Send(Response response) = 0;
  // Whether the head's token is good: the rest is read then, else this is the answer.
  virtual void Admit(std::optional<Response> refusal) = 0;
  virtual void BeginStop() = 0;  // closes if idle; else after the answer
  virtual void Cut() = 0;
};

// The listening socket, all connections, and the threads that serve them: sockets.cc, the only
// file that knows Beast.
class Sockets {
 public:
  static std::unique_ptr<Sockets> Make(Core& core);
  virtual ~Sockets() = default;
  virtual Status Listen() = 0;
  virtual uint16_t port() const = 0;
  virtual void Run() = 0;  // starts the threads
  virtual void StopAccepting() = 0;
  virtual void End() = 0;  // ends the threads, whatever they are at
};

class Core : public std::enable_shared_from_this<Core> {
 public:
  Core(ServerOptions options, Node& node);
  ~Core();

  Status Start();
  void Stop();
  uint16_t port() const { return port_; }

  const ServerOptions options;
  Metrics metrics;
  const Router router;

  bool stopping() const { return stopping_; }
  Levels levels() const;

  // A place among the requests in flight; false where there is none. Left by the reply.
  bool Enter();
  void Leave() { --in_flight_; }
  // Room for more bytes of bodies; false where there is none.
  bool TakeBytes(size_t bytes);
  void GiveBytes(size_t bytes) { body_bytes_ -= bytes; }

  // A place for a connection; false where there is none.
  bool Add(const std::shared_ptr<Connection>& connection);
  void Forget(const std::shared_ptr<Connection>& connection);

  // Has a worker look whose token it is; the connection is told if it still is there.
  void Authorize(const std::shared_ptr<Connection>& connection, std::string authorization);
  // Hands a request to a worker; the answer comes back to the connection if it still is there.
  void Dispatch(const std::shared_ptr<Connection>& connection, Request request);

 private:
  struct Workers;

  void Work(std::function<void()> task);
  // Does something with a connection, if it still is there.
  template <typename Act>
  void Reach(const std::weak_ptr<Connection>& weak, Act act);
  bool WaitUntilEmpty(std::chrono::milliseconds timeout);
  void ForEachConnection(void (Connection::*act)());
  void Close();

  std::unique_ptr<Sockets> sockets_;
  std::unique_ptr<Workers> workers_;
  uint16_t port_ = 0;

  std::atomic<bool> stopping_ = false;
  std::atomic<size_t> in_flight_ = 0;
  std::atomic<size_t> body_bytes_ = 0;

  mutable std::mutex mutex_;  // of all below
  std::condition_variable empty_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  bool closed_ = false;
};

}  // namespace longmen::adapters::http
