// Client: a plain socket to a server on this machine, and what came back. It reads no more HTTP
// than it needs, so that a test can also send what no proper client would.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace longmen::adapters::http {

struct Received {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class Client {
 public:
  explicit Client(uint16_t port);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // As much as the other side takes; false where it has closed.
  bool Send(std::string_view bytes);
  // The next response; nothing where the connection ended before one was whole.
  std::optional<Received> Receive();
  // Is the next thing to come the end of the connection?
  bool ReceivesEnd();
  // Sends until the other side takes no more for a while or closes; what it took.
  size_t SendUntilStuck(std::string_view bytes);
  int descriptor() const { return socket_; }

 private:
  bool Fill();

  int socket_ = -1;
  std::string buffer_;
};

// One request as text. An empty token sends no Authorization.
std::string RequestText(std::string_view method, std::string_view target, std::string_view token,
                        std::string_view body = "",
                        std::string_view content_type = "application/json",
                        std::string_view accept = "");

}  // namespace longmen::adapters::http
