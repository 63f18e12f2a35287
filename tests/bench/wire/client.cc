#include "tests/bench/wire/client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <utility>

#include "events/base/check.h"

namespace longmen::bench {

Client::Client(uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0,
        "bench.connect", port);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Client::~Client() {
  if (socket_ >= 0) close(socket_);
}

Client::Client(Client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}

void Client::Fill() {
  constexpr size_t kChunk = 4u << 10;
  if (buffer_.size() < used_ + kChunk) buffer_.resize(2 * used_ + kChunk);
  const ssize_t received = recv(socket_, buffer_.data() + used_, buffer_.size() - used_, 0);
  CHECK(received > 0, "bench.receive", received);
  used_ += static_cast<size_t>(received);
}

void Client::Rest() {
  used_ = 0;
  std::string().swap(buffer_);
}

std::string_view Client::Ask(std::string_view request) {
  while (!request.empty()) {
    const ssize_t sent = send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
    CHECK(sent > 0, "bench.send", sent);
    request.remove_prefix(static_cast<size_t>(sent));
  }
  used_ = 0;
  size_t end = std::string_view::npos;
  while (end == std::string_view::npos) {
    Fill();
    end = std::string_view(buffer_).substr(0, used_).find("\r\n\r\n");
  }
  const std::string head = buffer_.substr(0, end);
  CHECK(head.starts_with("HTTP/1.1 2"), "bench.status", head);
  const std::string_view name = "Content-Length: ";
  const size_t at = head.find(name);
  CHECK(at != std::string::npos, "bench.length", head);
  size_t length = 0;
  std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
  while (used_ < end + 4 + length) Fill();
  return std::string_view(buffer_).substr(end + 4, length);
}

std::string Post(std::string_view token, std::string_view type, std::string_view accept,
                 std::string_view body) {
  std::string request = fmt::format(
      "POST /v1/proposals HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\n"
      "Content-Type: {}\r\nAccept: {}\r\nContent-Length: {}\r\n\r\n",
      token, type, accept, body.size());
  return request.append(body);
}

}  // namespace longmen::bench
