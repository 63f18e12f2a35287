// Metrics: what the door counts, in Prometheus' text format. Threading: any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/node/node.h"

namespace longmen::adapters::http {

// What is read off at the moment of asking.
struct Levels {
  Sequence durable = 0;
  Sequence projected = 0;
  size_t connections = 0;
  size_t requests_in_flight = 0;
};

class Metrics {
 public:
  Metrics();
  ~Metrics();

  void CountAnswers(const std::vector<ItemAnswer>& items);
  void CountAnswers(std::span<const engine::Answer> answers);
  void CountRequest(std::string_view route, int status, double seconds);
  void CountRefusedConnection();

  std::string Text(const Levels& levels);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace longmen::adapters::http
