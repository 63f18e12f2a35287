#include "adapters/demo/day.h"

#include <fmt/format.h>

#include <algorithm>

#include "events/base/hash.h"

namespace longmen::adapters::demo {

std::string_view CycleAt(std::string_view scheme, Nanos accepted) {
  for (const CyclePlan& cycle : kCycles) {
    if (cycle.scheme == scheme && accepted < cycle.cut_off) return cycle.name;
  }
  return "";
}

void Expected::Move(std::string_view scheme, Nanos accepted, std::string_view from,
                    std::string_view to, int64_t minor) {
  if (from == to) return;
  Flows& flows = cycles[std::string(CycleAt(scheme, accepted))];
  Flow& payer = flows[std::string(from)];
  ++payer.out_count;
  payer.out += minor;
  Flow& payee = flows[std::string(to)];
  ++payee.in_count;
  payee.in += minor;
}

std::string RecordJson(std::string_view id, Nanos at, std::string_view step) {
  return fmt::format(R"({{"id":"{}","occurredAt":"{}",{}}})", id, FormatInstant(at), step);
}

std::string AmountJson(int64_t minor) {
  return fmt::format(R"("amount":{{"minor":"{}","currency":"CNY"}})", minor);
}

std::string TokenOf(std::string_view source, uint64_t seed) {
  return Hex(Sha256(AsBytes(fmt::format("demo token of {} {}", source, seed))));
}

Day MakeDay(uint64_t seed) {
  Day day;
  AddSetup(seed, day);
  AddParkingDay(seed, day);
  AddB2bDay(seed, day);
  // The settlement that leaves a bank out (day_client.cc).
  ++day.expected.refused["position_mismatch"];
  std::stable_sort(day.events.begin(), day.events.end(),
                   [](const Sent& a, const Sent& b) { return a.at < b.at; });
  return day;
}

}  // namespace longmen::adapters::demo
