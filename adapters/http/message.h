// A request and its answer without the wire: what routes see, and all that tests of them need.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace longmen::adapters::http {

struct Request {
  std::string method;  // "GET"
  std::string target;  // path and query, as they came
  std::string authorization;
  std::string content_type;
  std::string accept;
  std::string body;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Where the answer goes. Copies share one slot: the first Send counts, and a slot that dies
// without one answers 503, so that no client waits for a callback that was dropped.
// Threading: any thread.
class Reply {
 public:
  explicit Reply(std::function<void(Response)> send);
  void Send(Response response) const;

 private:
  struct Slot {
    explicit Slot(std::function<void(Response)> send_once) : send(std::move(send_once)) {}
    ~Slot();
    std::function<void(Response)> send;
    std::atomic<bool> sent = false;
  };
  std::shared_ptr<Slot> slot_;
};

}  // namespace longmen::adapters::http
