// A month of parking and of campus fees in a running ledger, and the files that the channels send
// of it: what the month's days hold is simulated (adapters/simulation), each day with its own
// numbers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/node/node.h"
#include "projections/reconciliation/reconciliation.h"

namespace longmen::testing {

inline constexpr DayNumber kMonthBegins = 18'687;  // 2021-03-01

// A channel whose files come in: whose items they are, who sends them and in which format.
struct Channel {
  std::string rule;
  std::string participant;
  std::string issuer;
  std::string channel;  // of our movements; empty: those of no channel
  std::string format;
};
const std::vector<Channel>& Channels();

class Month {
 public:
  // Plays the days into a new ledger in the directory.
  Month(const std::string& directory, int days, double scale, uint64_t seed);
  ~Month();

  adapters::Node& node() { return *node_; }
  int days() const { return days_; }
  // What we have of a channel, by its day.
  std::map<DayNumber, std::vector<projections::ReconciliationLine>> LinesOf(const Channel& channel);
  void Stop();

 private:
  void Register();
  void Play(int day, double scale, uint64_t seed);

  const std::string directory_;
  const int days_;
  std::unique_ptr<adapters::Node> node_;
};

// Opens the ledger of a directory, whose clock follows what comes in.
std::unique_ptr<adapters::Node> OpenNode(const std::string& directory);

}  // namespace longmen::testing
