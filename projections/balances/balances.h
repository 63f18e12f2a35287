// Balances: every account as the last record that touched it left it.
#pragma once

#include <vector>

#include "projections/store/store.h"

namespace longmen::projections {

struct Balance {
  AccountState state;
  Sequence sequence = 0;  // of the record that left it so
  // balance - held + floor, in minor units; nothing where there is no end to it: of an unlimited
  // account and of money at the central bank. It stops at the ends of 64 bits: no single amount is
  // anywhere near them.
  std::optional<int64_t> available;
  bool operator==(const Balance&) const = default;
};

// NOT_FOUND where no such account is registered.
Result<Balance> FindBalance(const ReadStore& store, std::string_view account);

// By name in byte order, from the first after `after`, at most `limit`.
Result<std::vector<Balance>> Balances(const ReadStore& store, std::string_view after = {},
                                      size_t limit = SIZE_MAX);

class BalancesProjection final : public Projection {
 public:
  std::string_view name() const override { return "balances"; }
  std::string_view prefix() const override { return "balances/"; }
  std::unique_ptr<Folder> Begin(Store& store) const override;
};

}  // namespace longmen::projections
