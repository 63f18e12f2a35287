// Client: a load generator's end of one keep-alive connection. It knows as much HTTP as the door
// answers with, and costs little beside what is measured.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace longmen::bench {

class Client {
 public:
  explicit Client(uint16_t port);
  ~Client();
  Client(Client&& other) noexcept;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Sends a whole request; the body of its answer, which must be 2xx. It is good until the next.
  std::string_view Ask(std::string_view request);
  // Gives back the memory of the last answer.
  void Rest();

 private:
  void Fill();

  int socket_ = -1;
  std::string buffer_;
  size_t used_ = 0;  // of the buffer
};

// A POST of proposals as a whole request.
std::string Post(std::string_view token, std::string_view type, std::string_view accept,
                 std::string_view body);

}  // namespace longmen::bench
