// Can a cycle finish although a participant fails? (domain E6, the Lamfalussy test)
#include <algorithm>
#include <map>

#include "adapters/cli/liquidity_methods.h"
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

// `kept`: of its money, for its position in the cycle.
engine::Standing StandingOf(const projections::ParticipantLimit& limit, bool covered,
                            int64_t kept) {
  const projections::NetDebitCap cap = limit.cap.value_or(projections::NetDebitCap{});
  engine::Standing standing{.liquidity = limit.liquidity,
                            .collateral = cap.collateral,
                            .has_settlement = !limit.settlement.text().empty(),
                            .has_suspense = !limit.suspense.text().empty(),
                            .bearable = limit.bearable};
  if (limit.liquidity) {
    // In a covered scheme what it owes is held, as far as it is not earmarked.
    const __int128 held =
        covered ? std::max(limit.owed, cap.earmark) : static_cast<__int128>(cap.earmark);
    const __int128 own = static_cast<__int128>(*limit.liquidity) + held + kept;
    standing.liquidity = static_cast<int64_t>(std::min<__int128>(own, INT64_MAX));
  }
  return standing;
}

Result<std::map<uint16_t, CurrencySystem>> SystemsOf(const ReadStore& store,
                                                     const projections::CyclePositions& cycle,
                                                     const projections::SchemeLimits& limits) {
  std::map<uint16_t, CurrencySystem> systems;
  for (const auto& limit : limits.participants) {
    CurrencySystem& in = systems[limit.currency.numeric];
    in.names.push_back(limit.participant.text());
    const auto kept =
        projections::KeptFor(store, cycle.cycle.cycle, limit.participant, limit.currency);
    if (!kept.ok()) return kept.error();
    in.system.participants.push_back(StandingOf(limit, limits.covered, *kept));
  }
  for (auto& [currency, in] : systems) {
    in.system.granted.assign(in.names.size(), std::vector<int64_t>(in.names.size(), 0));
    in.system.shares_losses = cycle.cycle.method == schema::SettlementMethod::MULTILATERAL_NET;
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

Status CheckCycle(const CycleState& cycle) {
  if (cycle.status != CycleStatus::kOpen && cycle.status != CycleStatus::kClosed) {
    return Error{
        Code::UNANSWERABLE, "cycle",
        fmt::format("it is {}: asked of what is to settle", CycleStatusName(cycle.status))};
  }
  if (cycle.method == schema::SettlementMethod::GROSS ||
      cycle.method == schema::SettlementMethod::QUEUED) {
    return Error{Code::UNANSWERABLE, "cycle",
                 fmt::format("{} settles each item by itself, for good: nobody owes it anything",
                             cycle.scheme)};
  }
  return Ok();
}

void FailureRow(const CurrencySystem& in, Currency currency, const engine::FailureReport& report,
                Table& table) {
  const auto amount = [currency](int64_t minor) { return Cell::Amount(minor, currency); };
  table.Row({currency.alphabetic(), in.names[report.failed], amount(report.net_debit),
             amount(report.from_liquidity), amount(report.from_collateral), amount(report.loss),
             amount(report.unshared), Cell::Amount(Wide(report.missing()), currency),
             Cell::CodeOrNone(report.obstacle), Cell::Flag(report.holds())});
}

// Nobody owes anything, so that nobody can fail.
void NobodyRow(Currency currency, Table& table) {
  const Cell nothing = Cell::Amount(int64_t{0}, currency);
  table.Row({currency.alphabetic(), "", nothing, nothing, nothing, nothing, nothing, nothing, "",
             Cell::Flag(true)});
}

void SurvivorRow(const CurrencySystem& in, Currency currency, const engine::Survivor& survivor,
                 Table& table) {
  const auto amount = [currency](int64_t minor) { return Cell::Amount(minor, currency); };
  table.Row({currency.alphabetic(), in.names[survivor.participant], amount(survivor.granted),
             amount(survivor.share), Cell::Amount(Wide(survivor.due), currency),
             survivor.available ? amount(*survivor.available) : Cell(""),
             Cell::Amount(Wide(survivor.missing), currency), Cell::CodeOrNone(survivor.obstacle)});
}

}  // namespace

Tables QueryFailure(const ReadStore& store, std::string_view cycle_name, std::string_view without) {
  const auto cycle = projections::PositionsOf(store, cycle_name);
  if (!cycle.ok()) return cycle.error();
  RETURN_IF_ERROR(CheckCycle(cycle->cycle));
  const auto limits = projections::LimitsOf(store, cycle->cycle.scheme);
  if (!limits.ok()) return limits.error();
  const auto systems = SystemsOf(store, *cycle, *limits);
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
                 {"obstacle"},
                 {"finishes", kFlag}},
                {}};
  Table survivors{"survivors",
                  {{"currency"},
                   {"participant"},
                   {"granted", kAmount},
                   {"share", kAmount},
                   {"due", kAmount},
                   {"available", kAmount},
                   {"missing", kAmount},
                   {"obstacle"}},
                  {}};
  for (const auto& [numeric, in] : *systems) {
    const Currency currency{numeric};
    if (!without.empty() && !in.Find(without)) continue;  // it clears other currencies
    const auto failed = without.empty() ? engine::LargestNetDebtor(in.system) : in.Find(without);
    if (!failed) {
      NobodyRow(currency, failure);
      continue;
    }
    const engine::FailureReport report = engine::Fail(in.system, *failed);
    FailureRow(in, currency, report, failure);
    for (const auto& survivor : report.survivors) SurvivorRow(in, currency, survivor, survivors);
  }
  return std::vector{std::move(failure), std::move(survivors)};
}

}  // namespace longmen::adapters::cli
