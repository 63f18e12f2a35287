// Limits: what each participant may owe a scheme, what stands behind that, and what it owes now
// (domain B4, E3).
//
// Terms are kept as the clearing accounts were registered last, less the collateral that a shared
// loss has used and the earmark that a settlement has; what is owed, the money at the central bank
// and what a suspense account bears are the balances'.
#pragma once

#include <optional>
#include <vector>

#include "projections/store/store.h"

namespace longmen::projections {

// All in minor units.
struct NetDebitCap {
  int64_t credit = 0;
  int64_t collateral = 0;
  int64_t earmark = 0;         // held on the settlement account
  uint16_t warn_permille = 0;  // of the sum; 0: never

  int64_t most() const { return credit + collateral + earmark; }
  bool operator==(const NetDebitCap&) const = default;
};

struct ParticipantLimit {
  Name participant;
  Currency currency;
  // In the cycles that are not settled; below zero: others owe it. What is in flight is not in it.
  int64_t owed = 0;
  std::optional<NetDebitCap> cap;
  // At the central bank, and not held: nothing without end, 0 without an account there.
  std::optional<int64_t> liquidity;
  Name settlement;  // its account at the central bank, and the one on which its share of a loss
  Name suspense;    // rests; empty: it has none
  // What may still be taken from the latter: nothing without end, 0 without one.
  std::optional<int64_t> bearable;
  bool operator==(const ParticipantLimit&) const = default;
};

// A participant lets another owe it so much.
struct BilateralGrant {
  Name creditor;
  Name debtor;
  Currency currency;
  int64_t minor = 0;
  bool operator==(const BilateralGrant&) const = default;
};

struct SchemeLimits {
  bool covered = false;  // what is owed is held of the debtor's money, as far as none is earmarked
  std::vector<ParticipantLimit> participants;  // by participant, then currency number
  std::vector<BilateralGrant> grants;          // by creditor, currency number, debtor
};

// NOT_FOUND where there is no such scheme.
Result<SchemeLimits> LimitsOf(const ReadStore& store, std::string_view scheme);

// What of a participant's money at the central bank is held for its position in a cycle, since
// others share its loss.
Result<int64_t> KeptFor(const ReadStore& store, Sequence cycle, std::string_view participant,
                        Currency currency);

class LimitsProjection final : public Projection {
 public:
  std::string_view name() const override { return "limits"; }
  std::string_view prefix() const override { return "limits/"; }
  void Fold(const RecordView& record, schema::Proposal::Reader proposal, const Effects& effects,
            Store& store) const override;
};

}  // namespace longmen::projections
