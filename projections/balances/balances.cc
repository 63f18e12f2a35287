#include "projections/balances/balances.h"

#include <algorithm>

#include "projections/store/by_name.h"
#include "projections/store/encoding.h"

namespace longmen::projections {

template <typename Archive>
static void Fields(Archive& archive, AccountState& state) {
  archive(state.account, state.participant, state.kind, state.status, state.balance, state.held,
          state.floor);
  archive(state.unlimited);
}

namespace {

constexpr std::string_view kAccounts = "balances/a";  // account -> Stored

struct Stored {
  AccountState state;
  Sequence sequence = 0;
};

template <typename Archive>
void Fields(Archive& archive, Stored& stored) {
  Fields(archive, stored.state);
  archive(stored.sequence);
}

// What can be taken from it. Of a participant's money at the central bank that has no end: it is an
// asset of its book, and to give makes it more (docs/rules.md, Debit).
std::optional<int64_t> Available(const AccountState& state) {
  if (state.unlimited || state.kind == schema::AccountKind::SETTLEMENT) return std::nullopt;
  const __int128 sum =
      static_cast<__int128>(state.balance.minor) - state.held.minor + state.floor.minor;
  return static_cast<int64_t>(std::clamp<__int128>(sum, INT64_MIN, INT64_MAX));
}

Result<Balance> ToBalance(Result<Stored> stored) {
  if (!stored.ok()) return stored.error();
  Balance balance{.state = stored->state, .sequence = stored->sequence, .available = {}};
  balance.available = Available(balance.state);
  return balance;
}

}  // namespace

Result<Balance> FindBalance(const ReadStore& store, std::string_view account) {
  return ToBalance(Read<Stored>(store, KeyWriter(kAccounts).Text(account), "such account"));
}

Result<std::vector<Balance>> Balances(const ReadStore& store, std::string_view after,
                                      size_t limit) {
  const std::string from = after.empty() ? "" : KeyWriter(kAccounts).Text(after).bytes();
  return ReadAll<Balance>(store, kAccounts, from, limit, [](auto, std::string_view value) {
    return ToBalance(Decode<Stored>(value));
  });
}

namespace {

class BalancesFolder final : public Folder {
 public:
  explicit BalancesFolder(Store& store) : store_(store) {}
  void Fold(const RecordView& record, schema::Proposal::Reader, const Effects& effects) override {
    for (const AccountState& state : effects.accounts) {
      latest_[state.account] = {.state = state, .sequence = record.header.sequence};
    }
  }
  void Finish() override {
    for (const auto& [account, stored] : latest_.entries()) {
      PutEncoded(store_, KeyWriter(kAccounts).Text(account), stored);
    }
    latest_.Clear();
  }

 private:
  Store& store_;
  ByName<Stored> latest_;
};

}  // namespace

std::unique_ptr<Folder> BalancesProjection::Begin(Store& store) const {
  return std::make_unique<BalancesFolder>(store);
}

}  // namespace longmen::projections
