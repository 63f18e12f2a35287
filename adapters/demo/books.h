// Books: what the ledger says after the day, and where it differs from what was expected.
//
// Figures come from the server's pages, as anybody else would get them; only the orders, which have
// no page of their own kind, are read from the projection.
#pragma once

#include <string>
#include <vector>

#include "adapters/demo/day_client.h"
#include "adapters/simulation/simulation.h"
#include "projections/store/store.h"

namespace longmen::adapters::demo {

struct CycleBook {
  std::string status;
  simulation::Flows flows;
  std::map<std::string, int64_t> owed;  // after netting pairs, "CCB>ICBC", in fen
};

struct Books {
  std::map<std::string, CycleBook, std::less<>> cycles;
  std::map<simulation::LineKind, simulation::Tally> lines;  // of every scenario's reconciliation
  std::map<std::string, int64_t, std::less<>> refused;      // by code
  std::map<std::string, int64_t, std::less<>> booked;
  simulation::ParkingTotals parking;
  simulation::B2bTotals b2b;
  int64_t pending_balance = 0;  // collected and owed to drivers
  int64_t revenue_balance = 0;
  int64_t municipal_balance = 0;
  simulation::MetroTotals metro;
  int64_t metro_owed = 0;                           // to the bank that advanced fares
  std::vector<simulation::Resolution> resolutions;  // of the city banks' queue
};

Result<Books> ReadBooks(DayClient& client, const projections::ReadStore& store);

struct Difference {
  std::string what;
  std::string expected;
  std::string found;
};

// Everything the generator knows against everything the ledger says; empty where they agree.
std::vector<Difference> Compare(const simulation::Expected& expected, const Books& books,
                                const Heard& heard);

}  // namespace longmen::adapters::demo
