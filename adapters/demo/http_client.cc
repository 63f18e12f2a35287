#include "adapters/demo/http_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

namespace longmen::adapters::demo {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr uint64_t kAnswerBytesMax = 256u << 20;

Error Broken(std::string_view what, const beast::error_code& code) {
  return {Code::STORAGE_FAILED, "http", std::string(what) + ": " + code.message()};
}

class BeastClient final : public HttpClient {
 public:
  beast::error_code Open(uint16_t port) {
    beast::error_code failure;
    stream_.connect({asio::ip::address_v4::loopback(), port}, failure);
    if (!failure) stream_.socket().set_option(asio::ip::tcp::no_delay(true), failure);
    return failure;
  }

  Result<HttpAnswer> Post(std::string_view target, std::string_view token,
                          std::string_view content_type, std::string body) override {
    auto request = Head(http::verb::post, target, token);
    request.set(http::field::content_type,
                beast::string_view(content_type.data(), content_type.size()));
    request.body() = std::move(body);
    return Exchange(std::move(request));
  }

  Result<HttpAnswer> Get(std::string_view target, std::string_view token) override {
    return Exchange(Head(http::verb::get, target, token));
  }

 private:
  using Request = http::request<http::string_body>;

  static Request Head(http::verb verb, std::string_view target, std::string_view token) {
    Request request(verb, beast::string_view(target.data(), target.size()), 11);
    request.set(http::field::host, "127.0.0.1");
    request.set(http::field::authorization, "Bearer " + std::string(token));
    return request;
  }

  Result<HttpAnswer> Exchange(Request request) {
    request.prepare_payload();
    beast::error_code failure;
    http::write(stream_, request, failure);
    if (failure) return Broken("writing a request", failure);
    http::response_parser<http::string_body> parser;
    parser.body_limit(kAnswerBytesMax);
    http::read(stream_, buffer_, parser, failure);
    if (failure) return Broken("reading an answer", failure);
    auto& response = parser.get();
    return HttpAnswer{static_cast<int>(response.result_int()), std::move(response.body())};
  }

  asio::io_context io_;
  beast::tcp_stream stream_{io_};
  beast::flat_buffer buffer_;
};

}  // namespace

Result<std::unique_ptr<HttpClient>> HttpClient::Connect(uint16_t port) {
  auto client = std::make_unique<BeastClient>();
  if (const auto failure = client->Open(port)) return Broken("connecting", failure);
  return std::unique_ptr<HttpClient>(std::move(client));
}

}  // namespace longmen::adapters::demo
