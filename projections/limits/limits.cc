#include "projections/limits/limits.h"

#include <algorithm>

#include "projections/balances/balances.h"
#include "projections/store/body.h"
#include "projections/store/encoding.h"

namespace longmen::projections {

namespace {

struct Granted {
  Name debtor;
  int64_t minor = 0;
};

// Of a clearing account.
struct Terms {
  Name account;
  bool capped = false;
  NetDebitCap cap;
  std::vector<Granted> granted;  // by debtor
};

}  // namespace

template <typename Archive>
static void Fields(Archive& archive, Granted& granted) {
  archive(granted.debtor, granted.minor);
}

template <typename Archive>
static void Fields(Archive& archive, Terms& terms) {
  archive(terms.account, terms.capped, terms.cap.credit, terms.cap.collateral, terms.cap.earmark);
  archive(terms.cap.warn_permille, terms.granted);
}

namespace {

constexpr std::string_view kSchemes = "limits/s";  // scheme -> 1: covered
constexpr std::string_view kTerms = "limits/c";    // scheme, participant, currency -> Terms
constexpr std::string_view kMoney = "limits/m";    // participant, currency -> settlement account
constexpr std::string_view kClaims = "limits/u";   // participant, currency -> suspense account
constexpr std::string_view kKept = "limits/k";     // cycle, participant, currency -> minor units

KeyWriter TermsKey(std::string_view scheme, std::string_view participant, uint16_t currency) {
  return std::move(KeyWriter(kTerms).Text(scheme).Text(participant).Small(currency));
}

KeyWriter AccountKey(std::string_view prefix, std::string_view participant, uint16_t currency) {
  return std::move(KeyWriter(prefix).Text(participant).Small(currency));
}

void FoldAccount(std::string_view name, schema::Account::Reader account, Store& store) {
  const auto kind = account.getKind();
  if (kind == schema::AccountKind::SETTLEMENT || kind == schema::AccountKind::SUSPENSE) {
    store.Put(AccountKey(kind == schema::AccountKind::SETTLEMENT ? kMoney : kClaims,
                         View(account.getParticipant()), account.getCurrency()),
              name);
  }
  if (kind != schema::AccountKind::CLEARING) return;
  Terms terms;
  terms.account = name;
  terms.capped = account.hasCap();
  const auto cap = account.getCap();
  terms.cap = {cap.getCreditMinor(), cap.getCollateralMinor(), cap.getEarmarkMinor(),
               cap.getWarnPermille()};
  for (const auto limit : account.getBilateralLimits()) {
    terms.granted.push_back({View(limit.getParticipant()), limit.getMinor()});
  }
  PutEncoded(
      store,
      TermsKey(View(account.getScheme()), View(account.getParticipant()), account.getCurrency()),
      terms);
}

int64_t LiquidityOf(const AccountState& account) {
  const __int128 minor =
      static_cast<__int128>(account.floor.minor) - account.balance.minor - account.held.minor;
  return static_cast<int64_t>(std::clamp<__int128>(minor, INT64_MIN, INT64_MAX));
}

Result<ParticipantLimit> LimitOf(const ReadStore& store, const Name& participant, Currency currency,
                                 const Terms& terms) {
  ParticipantLimit limit{
      .participant = participant, .currency = currency, .liquidity = 0, .bearable = 0};
  const auto owed = FindBalance(store, terms.account);
  if (!owed.ok()) return owed.error();
  limit.owed = owed->state.balance.minor;
  if (terms.capped) limit.cap = terms.cap;
  if (const auto name = store.Get(AccountKey(kMoney, participant, currency.numeric))) {
    const auto money = FindBalance(store, *name);
    if (!money.ok()) return money.error();
    limit.settlement = std::string_view(*name);
    limit.liquidity =
        money->state.unlimited ? std::nullopt : std::optional(LiquidityOf(money->state));
  }
  if (const auto name = store.Get(AccountKey(kClaims, participant, currency.numeric))) {
    const auto claims = FindBalance(store, *name);
    if (!claims.ok()) return claims.error();
    limit.suspense = std::string_view(*name);
    limit.bearable = claims->available;
  }
  return limit;
}

template <typename Change>
void Amend(Store& store, const KeyWriter& key, Change change) {
  Terms terms = LoadOr(store, key, Terms{});
  change(terms.cap);
  PutEncoded(store, key, terms);
}

KeyWriter KeptKey(Sequence cycle, std::string_view participant, uint16_t currency) {
  return std::move(KeyWriter(kKept).Number(cycle).Text(participant).Small(currency));
}

// What is held then of the money of whoever fails is for this cycle; but in a covered scheme, where
// it is held for all that is owed.
void FoldLossShared(schema::Settlement::Reader settlement, const CycleState& cycle,
                    const Effects& effects, Store& store) {
  const std::string_view without = View(settlement.getWithout());
  const uint16_t currency = settlement.getCurrency();
  if (settlement.getCollateralMinor() > 0) {
    Amend(store, TermsKey(cycle.scheme, without, currency),
          [&](NetDebitCap& cap) { cap.collateral -= settlement.getCollateralMinor(); });
  }
  const auto money = store.Get(AccountKey(kMoney, without, currency));
  if (!money || LoadOr(store, KeyWriter(kSchemes).Text(cycle.scheme), uint8_t{0}) != 0) return;
  const KeyWriter key = KeptKey(cycle.cycle, without, currency);
  int64_t kept = LoadOr(store, key, int64_t{0});
  for (const HoldChange& hold : effects.holds) {
    if (std::string_view(hold.account) == *money) kept += hold.amount.minor;
  }
  PutEncoded(store, key, kept);
}

}  // namespace

Result<int64_t> KeptFor(const ReadStore& store, Sequence cycle, std::string_view participant,
                        Currency currency) {
  const auto bytes = store.Get(KeptKey(cycle, participant, currency.numeric));
  return bytes ? Decode<int64_t>(*bytes) : int64_t{0};
}

Result<SchemeLimits> LimitsOf(const ReadStore& store, std::string_view scheme) {
  if (!store.Get(KeyWriter(kSchemes).Text(scheme))) {
    return Error{Code::NOT_FOUND, "", "there is no such scheme"};
  }
  SchemeLimits limits{.covered = LoadOr(store, KeyWriter(kSchemes).Text(scheme), uint8_t{0}) != 0};
  std::optional<Error> error;
  const KeyWriter prefix = std::move(KeyWriter(kTerms).Text(scheme));
  store.Scan(prefix, {}, [&](std::string_view key, std::string_view value) {
    KeyReader reader(key, prefix);
    const Name participant = std::string_view(reader.Text());
    const Currency currency{reader.Small()};
    const auto terms = Decode<Terms>(value);
    auto limit = terms.ok() ? LimitOf(store, participant, currency, *terms) : terms.error();
    if (!limit.ok()) {
      error = limit.error();
      return false;
    }
    limits.participants.push_back(*std::move(limit));
    for (const Granted& granted : terms->granted) {
      limits.grants.push_back({participant, granted.debtor, currency, granted.minor});
    }
    return true;
  });
  if (error) return *error;
  return limits;
}

void LimitsProjection::Fold(const RecordView&, schema::Proposal::Reader proposal,
                            const Effects& effects, Store& store) const {
  const auto body = proposal.getBody();
  if (body.isRegistration()) {
    const auto registration = body.getRegistration();
    if (registration.isScheme()) {
      PutEncoded(store, KeyWriter(kSchemes).Text(View(proposal.getKey())),
                 uint8_t{registration.getScheme().getCovered() ? uint8_t{1} : uint8_t{0}});
    }
    if (registration.isAccount()) {
      FoldAccount(View(proposal.getKey()), registration.getAccount(), store);
    }
    return;
  }
  for (const EarmarkSpent& spent : effects.earmarks_spent) {
    Amend(store, TermsKey(spent.scheme, spent.participant, spent.amount.currency.numeric),
          [&](NetDebitCap& cap) { cap.earmark -= spent.amount.minor; });
  }
  if (!body.isSettlement() || !effects.cycle) return;
  const auto settlement = body.getSettlement();
  if (settlement.getAction() == schema::SettlementAction::LOSS_SHARED) {
    FoldLossShared(settlement, *effects.cycle, effects, store);
  }
}

}  // namespace longmen::projections
