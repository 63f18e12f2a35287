// DayClient: everything the demo says to the server and hears from it, counted.
//
// Threading: one thread.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/demo/http_client.h"
#include "adapters/simulation/simulation.h"

namespace longmen::adapters::demo {

// What became of what was sent, by the server's answers: one a record or proposal.
struct Heard {
  int64_t sent = 0;
  int64_t accepted = 0;
  int64_t duplicates = 0;
  int64_t invalid = 0;
  int64_t other = 0;  // conflicts and unavailables: none is expected
  std::map<std::string, int64_t, std::less<>> refused;  // by code
  std::map<std::string, int64_t, std::less<>> booked;   // reports booked against a rule, by code
  std::string first_surprise;                           // an answer of `other`, as it came
};

class DayClient {
 public:
  DayClient(HttpClient& http, uint64_t seed) : http_(http), seed_(seed) {}

  // Proposals, under the operator's token; every one must be accepted.
  Status Propose(std::string_view token, const std::vector<std::string>& proposals);

  // The day, in time order: every feed delivers what happened in each ten minutes in one batch, and
  // the settlement desk acts between two of them.
  Status SendDay(const simulation::Day& day);

  // The page as JSON text, once it includes everything answered so far.
  Result<std::string> Get(std::string_view target);

  const Heard& heard() const { return heard_; }
  int64_t requests() const { return requests_; }

 private:
  struct Batch {
    std::string lines;
    int64_t count = 0;
  };
  Status SendBatch(simulation::Feed feed, Batch& batch);  // and empties it
  Status CloseAndSettle(const simulation::SimulationOptions& day, Nanos until);
  Status ProposeOne(std::string_view source, std::string proposal);
  Result<std::string> PositionsOf(std::string_view cycle);
  Status Hear(std::string_view answers);

  HttpClient& http_;
  const uint64_t seed_;
  Heard heard_;
  int64_t requests_ = 0;
  Nanos desk_done_ = 0;  // the settlement desk has acted up to here
  std::string last_sequence_;
};

}  // namespace longmen::adapters::demo
