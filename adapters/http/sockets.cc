// Sockets: the listening one, and the clients'. A client's requests are answered one after the
// other.
//
// Everything of a connection runs on its strand; Send, Admit, BeginStop and Cut post to it. At any
// moment one thing is under way: waiting for a request, reading it, having it answered, writing the
// answer, or letting go. A pipelined request waits in the socket or the buffer for its turn.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <thread>

#include "adapters/http/core.h"
#include "adapters/http/head.h"
#include "adapters/http/problem.h"

namespace longmen::adapters::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using Fault = boost::system::error_code;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr size_t kReadBytes = 64u << 10;
constexpr size_t kIdleBytes = kReadBytes / 16;  // room for most requests that are not batches
// After an early answer the client may still be sending. Closing at once would reset the
// connection and take the answer with it, so a little is read and thrown away first.
constexpr std::chrono::seconds kLingerTime{1};
constexpr size_t kLingerBytes = 4u << 20;

bool IsWireFault(const Fault& fault) {
  return fault.category() == make_error_code(wire::error::end_of_stream).category();
}

// The refusal of a request that could not be read; nothing where the client just went away.
std::optional<Response> RefusalOf(const Fault& fault) {
  if (fault == wire::error::header_limit || fault == wire::error::buffer_overflow) {
    return Problem({Code::TOO_LARGE, "header", "the header is too long"}, 431);
  }
  if (fault == wire::error::body_limit) {
    return Problem({Code::TOO_LARGE, "body", "the body is too long"});
  }
  if (!IsWireFault(fault) || fault == wire::error::end_of_stream ||
      fault == wire::error::partial_message) {
    return std::nullopt;
  }
  return Problem({Code::MALFORMED, "request", "not HTTP/1.1: " + fault.message()});
}

std::string Text(beast::string_view text) { return {text.data(), text.size()}; }

std::optional<Response> RefuseHead(const wire::request_header<>& head) {
  const auto view = [](beast::string_view text) {
    return std::string_view(text.data(), text.size());
  };
  std::vector<HeaderField> fields;
  for (const auto& field : head) fields.push_back({view(field.name_string()), view(field.value())});
  return RefuseFields(fields, head.version());
}

class BeastConnection final : public Connection,
                              public std::enable_shared_from_this<BeastConnection> {
 public:
  BeastConnection(Core& core, tcp::socket socket)
      : core_(core),
        stream_(std::move(socket)),
        buffer_(core.options.header_bytes_max + kReadBytes) {}

  void Start() {
    Post([](BeastConnection& self) {
      Fault ignored;  // only a matter of speed
      self.stream_.socket().set_option(tcp::no_delay(true), ignored);
      self.AwaitRequest();
    });
  }

  // For a connection beyond the bound: a word and the end, without waiting for the client.
  void TurnAway() {
    const Response problem = Problem({Code::OVERLOADED, "", "too many connections"});
    const std::string text = fmt::format(
        "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n"
        "Content-Type: {}\r\nContent-Length: {}\r\n\r\n{}",
        problem.content_type, problem.body.size(), problem.body);
    Fault ignored;  // a courtesy: it fits a fresh socket's buffer, or the client goes without
    tcp::socket& socket = stream_.socket();
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(text), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  void Send(Response response) override {
    Post([response = std::move(response)](BeastConnection& self) mutable {
      self.Write(std::move(response), !self.keep_alive_ || self.core_.stopping());
    });
  }

  void Admit(std::optional<Response> refusal) override {
    Post([refusal = std::move(refusal)](BeastConnection& self) mutable {
      self.OnAdmitted(std::move(refusal));
    });
  }

  void BeginStop() override {
    Post([](BeastConnection& self) {
      if (self.idle_) self.stream_.cancel();
    });
  }

  void Cut() override {
    Post([](BeastConnection& self) { self.Finish(); });
  }

 private:
  template <typename Act>
  void Post(Act act) {
    asio::post(stream_.get_executor(),
               [self = shared_from_this(), act = std::move(act)]() mutable { act(*self); });
  }

  bool HasInput() {
    Fault fault;
    return buffer_.size() > 0 || (stream_.socket().available(fault) > 0 && !fault);
  }

  // Waits for the first byte of a request: that may take as long as a client likes to keep a
  // connection, unlike the rest of it.
  void AwaitRequest() {
    request_ = {};
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(core_.options.header_bytes_max));
    parser_->body_limit(core_.options.body_bytes_max);
    if (HasInput()) return ReadHeader();
    // A thousand clients that once sent a batch each would keep as many large buffers.
    if (buffer_.capacity() > kIdleBytes) buffer_.shrink_to_fit();
    if (core_.stopping()) return Finish();
    idle_ = true;
    stream_.expires_after(core_.options.idle_timeout);
    stream_.async_read_some(buffer_.prepare(kIdleBytes),
                            [self = shared_from_this()](Fault fault, size_t bytes) {
                              self->OnFirstBytes(fault, bytes);
                            });
  }

  void OnFirstBytes(const Fault& fault, size_t bytes) {
    idle_ = false;
    buffer_.commit(bytes);
    // Stopping woke us: a request that is already here still gets its 503.
    const bool woken = fault == asio::error::operation_aborted && core_.stopping() && HasInput();
    if (fault && !woken) return Finish();
    ReadHeader();
  }

  void ReadHeader() {
    read_deadline_ = Clock::now() + core_.options.read_timeout;
    stream_.expires_at(read_deadline_);
    wire::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](Fault fault, size_t) { self->OnHeader(fault); });
  }

  void OnHeader(const Fault& fault) {
    if (fault) return Refuse(fault);
    const auto& head = parser_->get();
    keep_alive_ = head.keep_alive();
    request_ = {.method = Text(head.method_string()),
                .target = Text(head.target()),
                .authorization = Text(head[wire::field::authorization]),
                .content_type = Text(head[wire::field::content_type]),
                .accept = Text(head[wire::field::accept]),
                .body = {}};
    if (auto refusal = RefuseHead(head)) return AnswerAndClose(std::move(*refusal));
    if (core_.stopping()) return AnswerNow(Stopping());
    if (auto response = core_.router.AnswerAtOnce(request_, core_.levels(), core_.stopping())) {
      return AnswerNow(std::move(*response));
    }
    // Whoever has no good token gets no room for a body, nor a place among the requests.
    authorizing_since_ = Clock::now();
    stream_.expires_never();
    core_.Authorize(shared_from_this(), request_.authorization);
  }

  void OnAdmitted(std::optional<Response> refusal) {
    if (finished_) return;
    if (refusal) return AnswerNow(std::move(*refusal));
    // The time that this took is ours, not the client's.
    read_deadline_ += Clock::now() - authorizing_since_;
    stream_.expires_at(read_deadline_);
    if (core_.stopping()) return AnswerNow(Stopping());
    const bool asks = parser_->get().version() >= 11 && parser_->get().count(wire::field::expect);
    // Beast reads as much at a time as the buffer has room for, and never grows it by itself.
    if (parser_->content_length_remaining().value_or(kReadBytes) > kIdleBytes) {
      buffer_.reserve(kReadBytes);
    }
    asks && !parser_->is_done() ? Continue() : ReadBody();
  }

  // The client waits for a word before it sends the body: nothing stands against it.
  void Continue() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(kContinue),
                      [self = shared_from_this()](Fault fault, size_t) {
                        if (fault) return self->Finish();
                        self->ReadBody();
                      });
  }

  void ReadBody() {
    if (parser_->is_done()) return Dispatch();
    wire::async_read_some(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](Fault fault, size_t) { self->OnBody(fault); });
  }

  void OnBody(const Fault& fault) {
    if (fault) return Refuse(fault);
    const size_t size = parser_->get().body().size();
    if (size > body_bytes_) {
      if (!core_.TakeBytes(size - body_bytes_)) return AnswerNow(Overloaded());
      body_bytes_ = size;
    }
    ReadBody();
  }

  void Dispatch() {
    if (core_.stopping()) return AnswerNow(Stopping());
    if (!core_.Enter()) return AnswerNow(Overloaded());
    request_.body = std::move(parser_->get().body());
    stream_.expires_never();
    core_.Dispatch(shared_from_this(), std::move(request_));
  }

  static Response Stopping() { return Problem({Code::STOPPING, "", "the server is stopping"}); }
  static Response Overloaded() {
    return Problem({Code::OVERLOADED, "", "too many requests at once"});
  }

  void Refuse(const Fault& fault) {
    if (auto refusal = RefusalOf(fault)) return AnswerAndClose(std::move(*refusal));
    Finish();
  }

  void AnswerAndClose(Response response) {
    keep_alive_ = false;
    AnswerNow(std::move(response));
  }

  // An answer without the node. What the client still sends of this request is not read.
  void AnswerNow(Response response) {
    core_.metrics.CountRequest(Router::RouteName(request_), response.status, 0);
    // A stranger has no claim on a connection.
    const bool keep = keep_alive_ && parser_->is_done() && response.status != 401;
    Write(std::move(response), !keep || core_.stopping());
  }

  void Write(Response response, bool close) {
    if (finished_) return;
    // A whole body has gone to the node. Its room is free before the client can know and send more.
    if (parser_ && parser_->is_done()) core_.GiveBytes(std::exchange(body_bytes_, 0));
    // Until the client has taken it an answer needs room like a body. What was recorded meanwhile
    // is recorded: whoever gets no answer looks its ids up.
    if (core_.TakeBytes(response.body.size())) {
      body_bytes_ += response.body.size();
    } else {
      response = Overloaded();
    }
    auto message = std::make_shared<wire::response<wire::string_body>>();
    message->result(static_cast<unsigned>(response.status));
    message->set(wire::field::server, "longmen");
    message->set(wire::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers) message->set(name, value);
    message->keep_alive(!close);
    message->body() = std::move(response.body);
    message->prepare_payload();
    stream_.expires_after(core_.options.write_timeout);
    wire::async_write(stream_, *message,
                      [self = shared_from_this(), message, close](Fault fault, size_t) {
                        self->OnWritten(fault, close);
                      });
  }

  void OnWritten(const Fault& fault, bool close) {
    core_.GiveBytes(std::exchange(body_bytes_, 0));
    if (fault) return Finish();
    if (!close) return AwaitRequest();
    Fault ignored;  // the client may have gone first
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    if (parser_->is_done() && !HasInput()) return Finish();
    stream_.expires_after(kLingerTime);
    Linger();
  }

  void Linger() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](Fault fault, size_t bytes) {
                              self->lingered_ += bytes;
                              if (fault || self->lingered_ > kLingerBytes) return self->Finish();
                              self->Linger();
                            });
  }

  // Lets go of the socket, whatever is still pending on it. Idempotent.
  void Finish() {
    if (std::exchange(finished_, true)) return;
    stream_.close();
    core_.GiveBytes(std::exchange(body_bytes_, 0));
    core_.Forget(shared_from_this());
  }

  Core& core_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<wire::request_parser<wire::string_body>> parser_;
  Request request_;
  Clock::time_point read_deadline_;      // of this request's last byte
  Clock::time_point authorizing_since_;  // when its token went to be looked at
  bool keep_alive_ = false;
  bool idle_ = false;  // waits for the first byte of a request
  bool finished_ = false;
  size_t body_bytes_ = 0;  // of this request, taken from the core's room
  size_t lingered_ = 0;
};

class BeastSockets final : public Sockets {
 public:
  explicit BeastSockets(Core& core)
      : core_(core), io_(static_cast<int>(core.options.io_threads)), acceptor_(io_), retry_(io_) {}

  Status Listen() override {
    const ServerOptions& options = core_.options;
    Fault fault;
    const auto address = asio::ip::make_address(options.address, fault);
    if (fault) return Error{Code::USAGE, "address", options.address + " is not an IP address"};
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), fault);
    if (!fault) acceptor_.set_option(asio::socket_base::reuse_address(true), fault);
    if (!fault) acceptor_.bind(endpoint, fault);
    if (!fault) acceptor_.listen(asio::socket_base::max_listen_connections, fault);
    if (!fault) port_ = acceptor_.local_endpoint(fault).port();
    if (!fault) return Ok();
    return Error{
        Code::USAGE, "port",
        fmt::format("cannot listen on {}:{}: {}", options.address, options.port, fault.message())};
  }

  uint16_t port() const override { return port_; }

  void Run() override {
    Accept();
    for (size_t i = 0; i < core_.options.io_threads; ++i) {
      threads_.emplace_back([this] {
        const auto busy = asio::make_work_guard(io_);
        io_.run();
      });
    }
  }

  void StopAccepting() override {
    asio::post(io_, [this] {
      Fault ignored;
      acceptor_.close(ignored);
    });
  }

  void End() override {
    io_.stop();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void Accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](Fault fault, tcp::socket socket) {
      if (core_.stopping()) return;
      if (!fault) {
        auto connection = std::make_shared<BeastConnection>(core_, std::move(socket));
        if (core_.Add(connection)) {
          connection->Start();
        } else {
          core_.metrics.CountRefusedConnection();
          connection->TurnAway();
        }
        return Accept();
      }
      // Out of descriptors, most likely: the listen queue holds the clients until some are free.
      retry_.expires_after(std::chrono::milliseconds(50));
      retry_.async_wait([this](Fault cancelled) {
        if (!cancelled && !core_.stopping()) Accept();
      });
    });
  }

  Core& core_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;  // of a failed accept
  std::vector<std::thread> threads_;
  uint16_t port_ = 0;
};

}  // namespace

std::unique_ptr<Sockets> Sockets::Make(Core& core) { return std::make_unique<BeastSockets>(core); }

}  // namespace longmen::adapters::http
