#include "tests/adapters/http/client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace longmen::adapters::http {

Client::Client(uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect");
  }
}

Client::~Client() { close(socket_); }

bool Client::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

size_t Client::SendUntilStuck(std::string_view bytes) {
  size_t total = 0;
  while (total < bytes.size()) {
    pollfd ready{.fd = socket_, .events = POLLOUT, .revents = 0};
    if (poll(&ready, 1, 300) <= 0) break;
    const ssize_t sent =
        send(socket_, bytes.data() + total, bytes.size() - total, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) break;
    total += static_cast<size_t>(sent);
  }
  return total;
}

bool Client::Fill() {
  char chunk[16'384];
  pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
  if (poll(&ready, 1, 60'000) <= 0) throw std::runtime_error("nothing came for 60 s");
  const ssize_t received = recv(socket_, chunk, sizeof chunk, 0);
  if (received <= 0) return false;
  buffer_.append(chunk, static_cast<size_t>(received));
  return true;
}

bool Client::ReceivesEnd() { return buffer_.empty() && !Fill(); }

std::optional<Received> Client::Receive() {
  size_t end;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return std::nullopt;
  }
  Received received;
  received.status = std::stoi(buffer_.substr(9, 3));
  size_t at = buffer_.find("\r\n") + 2;
  while (at < end + 2) {
    const size_t line_end = buffer_.find("\r\n", at);
    const std::string line = buffer_.substr(at, line_end - at);
    const size_t colon = line.find(": ");
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    received.headers[name] = line.substr(colon + 2);
    at = line_end + 2;
  }
  buffer_.erase(0, end + 4);
  if (received.status == 100) return received;
  const size_t length = std::stoul(received.headers.at("content-length"));
  while (buffer_.size() < length) {
    if (!Fill()) return std::nullopt;
  }
  received.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return received;
}

std::string RequestText(std::string_view method, std::string_view target, std::string_view token,
                        std::string_view body, std::string_view content_type,
                        std::string_view accept) {
  std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: test\r\n", method, target);
  if (!token.empty()) text += fmt::format("Authorization: Bearer {}\r\n", token);
  if (!accept.empty()) text += fmt::format("Accept: {}\r\n", accept);
  if (method == "POST") {
    text += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", content_type, body.size());
  }
  text += "\r\n";
  text += body;
  return text;
}

}  // namespace longmen::adapters::http
