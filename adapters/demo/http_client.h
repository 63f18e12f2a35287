// HttpClient: one connection to a server on this machine, one request after the other.
//
// Threading: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace longmen::adapters::demo {

struct HttpAnswer {
  int status = 0;
  std::string body;
};

class HttpClient {
 public:
  // Connects to 127.0.0.1.
  static Result<std::unique_ptr<HttpClient>> Connect(uint16_t port);
  virtual ~HttpClient() = default;
  // Any status is an answer; an Error (unavailable in kind) is a broken connection.
  virtual Result<HttpAnswer> Post(std::string_view target, std::string_view token,
                                  std::string_view content_type, std::string body) = 0;
  virtual Result<HttpAnswer> Get(std::string_view target, std::string_view token) = 0;
};

}  // namespace longmen::adapters::demo
