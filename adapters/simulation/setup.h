// Setup: what must be registered before the day begins, as proposals in their order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/simulation/simulation.h"

namespace longmen::adapters::simulation {

inline constexpr std::string_view kUnlimited = R"(,"unlimited":true)";

class Setup {
 public:
  explicit Setup(Day& day) : lines_(day.setup), seed_(day.options.seed) {}

  // `members`: the body, and whatever else the proposal says.
  void Propose(std::string_view key, std::string_view members);
  void Register(std::string_view key, std::string_view what);
  // `more`: further members of the account, each after a comma.
  void Account(std::string_view name, std::string_view participant, std::string_view kind,
               std::string_view more, std::string_view currency = "CNY");
  // Money that an account has from before the day: from outside these books.
  void Opening(std::string_view account, std::string_view bank, int64_t minor);
  void Source(std::string_view name, std::string_view bodies);

 private:
  std::vector<std::string>& lines_;
  const uint64_t seed_;
};

// What a scenario needs beside the banks; each stands in the file of its day.
void RegisterParking(Setup& setup);
void RegisterB2b(Setup& setup);
void RegisterMetro(Setup& setup);
void RegisterEnterprise(Setup& setup);
void RegisterCampus(Setup& setup);
void RegisterCards(Setup& setup);
void RegisterTakeout(Setup& setup);
void RegisterTuition(Setup& setup);
void RegisterTreasury(Setup& setup);

}  // namespace longmen::adapters::simulation
