// Can a cycle finish although a participant fails? (domain E6, the Lamfalussy test)
#include <algorithm>
#include <map>
#include <set>

#include "adapters/cli/queries.h"
#include "engine/clearing/loss_sharing.h"
#include "projections/limits/limits.h"
#include "projections/positions/positions.h"

namespace longmen::adapters::cli {
namespace {

using enum ColumnKind;

// Everybody that clears one currency through the cycle's scheme.
struct CurrencySystem {
  std::vector<std::string> names;  // by name, as the system has them
  engine::NetSystem system;

  std::optional<uint32_t> Find(std::string_view name) const {
    const auto at = std::lower_bound(names.begin(), names.end(), name);
    if (at == names.end() || *at != name) return std::nullopt;
    return static_cast<uint32_t>(at - names.begin());
  }
};

engine::Standing StandingOf(const projections::ParticipantLimit& limit) {
  const projections::NetDebitCap cap = limit.cap.value_or(projections::NetDebitCap{});
  const __int128 own = static_cast<__int128>(limit.liquidity.value_or(INT64_MAX)) + cap.earmark;
  return {.liquidity = static_cast<int64_t>(std::clamp<__int128>(own, 0, INT64_MAX)),
          .collateral = cap.collateral};
}

Result<std::map<uint16_t, CurrencySystem>> SystemsOf(const projections::CyclePositions& cycle,
                                                     const projections::SchemeLimits& limits) {
  std::map<uint16_t, CurrencySystem> systems;
  for (const auto& limit : limits.participants) {
    CurrencySystem& in = systems[limit.currency.numeric];
    in.names.push_back(limit.participant.text());
    in.system.participants.push_back(StandingOf(limit));
  }
  for (auto& [currency, in] : systems) {
    in.system.granted.assign(in.names.size(), std::vector<int64_t>(in.names.size(), 0));
  }
  for (const auto& grant : limits.grants) {
    CurrencySystem& in = systems[grant.currency.numeric];
    const auto debtor = in.Find(std::string_view(grant.debtor));
    if (debtor) {
      in.system.granted[*in.Find(std::string_view(grant.creditor))][*debtor] = grant.minor;
    }
  }
  for (const auto& position : cycle.positions) {
    CurrencySystem& in = systems[position.currency.numeric];
    const auto participant = in.Find(position.participant);
    const auto net = position.flow.net().minor();
    if (!participant || !net.ok()) {
      return Error{Code::CORRUPT, "positions", "no clearing account of " + position.participant};
    }
    in.system.participants[*participant].net = *net;
  }
  return systems;
}

Cell Wide(__int128 minor, Currency currency) {
  WideSum sum;
  for (; minor > INT64_MAX; minor -= INT64_MAX) sum.Add(INT64_MAX);
  sum.Add(static_cast<int64_t>(minor));
  return Cell::Amount(sum, currency);
}

// The participant that is asked about, or the one that owes most; nothing where it owes nothing.
std::optional<engine::FailureReport> Report(const CurrencySystem& in, std::string_view without) {
  if (without.empty()) return engine::LargestNetDebtorFails(in.system);
  const auto failed = in.Find(without);
  if (!failed || in.system.participants[*failed].net >= 0) return std::nullopt;
  return engine::Fail(in.system, *failed);
}

}  // namespace

Tables QueryFailure(const ReadStore& store, std::string_view cycle_name, std::string_view without) {
  const auto cycle = projections::PositionsOf(store, cycle_name);
  if (!cycle.ok()) return cycle.error();
  const CycleStatus status = cycle->cycle.status;
  if (status != CycleStatus::kOpen && status != CycleStatus::kClosed) {
    return Error{Code::UNANSWERABLE, "cycle",
                 "it is " + std::string(CycleStatusName(status)) + ": asked of what is to settle"};
  }
  const auto limits = projections::LimitsOf(store, cycle->cycle.scheme);
  if (!limits.ok()) return limits.error();
  const auto systems = SystemsOf(*cycle, *limits);
  if (!systems.ok()) return systems.error();
  if (!without.empty() && std::ranges::none_of(*systems, [&](const auto& entry) {
        return entry.second.Find(without).has_value();
      })) {
    return Error{Code::NOT_FOUND, "without", "nobody of that name clears through the scheme"};
  }
  Table failure{"failure",
                {{"currency"},
                 {"fails"},
                 {"netDebit", kAmount},
                 {"fromLiquidity", kAmount},
                 {"fromCollateral", kAmount},
                 {"loss", kAmount},
                 {"unshared", kAmount},
                 {"missing", kAmount},
                 {"finishes", kFlag}},
                {}};
  Table survivors{"survivors",
                  {{"currency"},
                   {"participant"},
                   {"granted", kAmount},
                   {"share", kAmount},
                   {"due", kAmount},
                   {"available", kAmount},
                   {"missing", kAmount}},
                  {}};
  for (const auto& [numeric, in] : *systems) {
    const Currency currency{numeric};
    const auto report = Report(in, without);
    if (!report) continue;
    const auto amount = [currency](int64_t minor) { return Cell::Amount(minor, currency); };
    failure.Row({currency.alphabetic(), in.names[report->failed], amount(report->net_debit),
                 amount(report->from_liquidity), amount(report->from_collateral),
                 amount(report->loss), amount(report->unshared), Wide(report->missing(), currency),
                 Cell::Flag(report->holds())});
    for (const auto& survivor : report->survivors) {
      survivors.Row({currency.alphabetic(), in.names[survivor.participant],
                     amount(survivor.granted), amount(survivor.share), Wide(survivor.due, currency),
                     Wide(survivor.available, currency), Wide(survivor.missing, currency)});
    }
  }
  return std::vector{std::move(failure), std::move(survivors)};
}

}  // namespace longmen::adapters::cli
