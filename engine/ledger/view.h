// LedgerView: the ledger as scenario adapters and queries may see it. Read-only, no clock.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/ledger/answer.h"
#include "engine/ledger/fare.h"
#include "events/base/hash.h"
#include "events/effects/effects.h"

namespace longmen::engine {

// What is known of an identity (source, id).
struct KnownId {
  Sequence sequence = 0;      // of the record, or of the refusal that holds it
  Hash128 content;            // ContentHash of the proposal
  Hash128 original;           // Xxh3 of its `original`; zero where it has none
  Code refused = Code::NONE;  // none: accepted
  std::string field;          // of the refusal
  uint16_t index = 0;         // of the refusal: the member at fault
  bool operator==(const KnownId&) const = default;
};

struct ParkingTariff {
  Money cap;
  Money step_price;
  uint32_t step_minutes = 0;
  uint32_t free_minutes = 0;
  bool operator==(const ParkingTariff&) const = default;
};

// A standing permission as it is in force (schema Mandate).
struct MandateState {
  std::string account;
  schema::Status status = schema::Status::OPEN;
  Nanos valid_from = 0;
  Nanos valid_before = 0;
  int16_t utc_offset_minutes = 0;      // of its days and years
  uint32_t version = 0;                // 1 as registered first, one more each time
  std::vector<std::string> fallbacks;  // accounts that may pay in its account's place
  bool operator==(const MandateState&) const = default;
};

// Of a mandate as a row or as a view.
template <typename Mandate>
bool MandateActive(const Mandate& mandate, Nanos occurred_at) {
  return mandate.status == schema::Status::OPEN && mandate.valid_from <= occurred_at &&
         (mandate.valid_before == 0 || occurred_at < mandate.valid_before);
}

struct SchemeInfo {
  schema::SettlementMethod method = schema::SettlementMethod::MULTILATERAL_NET;
  bool pending_accounts = false;
};

class LedgerView {
 public:
  virtual ~LedgerView() = default;

  virtual Sequence last_sequence() const = 0;
  virtual std::optional<KnownId> FindId(std::string_view source, std::string_view id) const = 0;
  virtual std::optional<OrderState> FindOrder(schema::Scenario scenario,
                                              std::string_view key) const = 0;
  // The live order that occupies a resource.
  virtual std::optional<OrderState> FindOrderHolding(schema::Scenario scenario,
                                                     std::string_view resource) const = 0;
  // Debits and refunds of an order, oldest first.
  virtual std::vector<MovementState> MovementsOf(schema::Scenario scenario,
                                                 std::string_view key) const = 0;
  // The movement a proposal began, by its identity.
  virtual std::optional<MovementState> FindMovement(std::string_view source,
                                                    std::string_view id) const = 0;
  virtual std::optional<AccountState> FindAccount(std::string_view account) const = 0;
  virtual bool HasSource(std::string_view source) const = 0;
  virtual bool HasParticipant(std::string_view participant) const = 0;
  virtual std::optional<ParkingTariff> FindParkingTariff(std::string_view tariff) const = 0;
  // Null: no such tariff, or not of fares. Valid while the ledger is not changed.
  virtual const FareTable* FindFareTable(std::string_view tariff) const = 0;
  virtual std::optional<MandateState> FindMandate(std::string_view mandate) const = 0;
  // What a decided debit of so much would be refused for because of its payer: its status, the
  // limits of what may leave it, its funds. None: nothing.
  virtual Code ObjectionToPayer(std::string_view account, int64_t minor,
                                Nanos occurred_at) const = 0;
  virtual std::optional<SchemeInfo> FindScheme(std::string_view scheme) const = 0;
  // The cycle of that name, and the one open in a scheme.
  virtual std::optional<CycleState> FindCycle(std::string_view name) const = 0;
  virtual std::optional<CycleState> FindOpenCycle(std::string_view scheme) const = 0;
  // The source whose token has this SHA-256.
  virtual std::optional<std::string> FindSourceByToken(const Digest256& token_hash) const = 0;
};

}  // namespace longmen::engine
