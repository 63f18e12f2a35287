// Server: the HTTP door of a node. docs/http.md is its page for clients.
//
// Invariants:
//   - every request that was read whole gets exactly one answer, or its connection is cut;
//   - what one client does (a flood, a huge body, a stalled read) costs at most the bounds below.
// Threading: `io_threads` move bytes and never call the node; `worker_threads` call it and may
// wait in it. Start, Stop and the destructor belong to one thread.
// A proposal whose answer a client could not read is not lost: GET /v1/answers finds it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "adapters/node/node.h"

namespace longmen::adapters::http {

struct ServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  // 0: any free one

  size_t io_threads = 2;
  size_t worker_threads = 4;

  size_t connections_max = 1'024;
  size_t requests_in_flight_max = 256;  // handed to workers or the node and not answered yet
  size_t header_bytes_max = 16u << 10;
  size_t body_bytes_max = 16u << 20;     // of one request
  size_t bodies_bytes_max = 256u << 20;  // of all requests, and answers not taken yet, together
  size_t batch_items_max = 10'000;       // lines of one NDJSON body

  std::chrono::milliseconds idle_timeout{60'000};   // between two requests of a connection
  std::chrono::milliseconds read_timeout{30'000};   // for one request, from its first byte
  std::chrono::milliseconds write_timeout{30'000};  // for one answer, to its last byte
  std::chrono::milliseconds stop_timeout{10'000};   // for all that is in flight when stopping
};

class Core;

class Server {
 public:
  // Listens and serves until Stop. The node outlives the server. Errors: usage (a bad address, a
  // port that is taken).
  static Result<std::unique_ptr<Server>> Start(ServerOptions options, Node& node);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  uint16_t port() const;

  // Stops accepting; what is in flight is answered, what arrives on open connections is answered
  // 503 stopping, and after `stop_timeout` the rest is cut. It waits for the node only as long as
  // the node's own blocking calls take. A second call does nothing.
  void Stop();

 private:
  explicit Server(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace longmen::adapters::http
