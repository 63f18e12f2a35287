// LedgerView: the ledger as scenario adapters and queries may see it. Read-only, no clock.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/ledger/answer.h"
#include "engine/ledger/calendar.h"
#include "engine/ledger/fare.h"
#include "engine/ledger/fee.h"
#include "engine/ledger/risk.h"
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

struct LimitRow {
  int64_t amount = 0;
  uint32_t count = 0;
  schema::LimitWindow window = schema::LimitWindow::SINGLE;
  schema::LimitPassing passing = schema::LimitPassing::REFUSE;

  bool operator==(const LimitRow&) const = default;
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.amount, s.count, s.window, s.passing);
  }
};

struct LevelRow {
  int64_t above = 0;
  uint8_t level = 0;

  bool operator==(const LevelRow&) const = default;
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.above, s.level);
  }
};

struct ApproverRow {
  uint8_t level = 0;
  std::string person;

  bool operator==(const ApproverRow&) const = default;
  template <typename Self>
  static auto Fields(Self& s) {
    return std::tie(s.level, s.person);
  }
};

// What a standing permission says (schema Mandate), but for the accounts it is about. Empty lists
// allow everything.
struct MandateTerms {
  Nanos valid_from = 0;
  Nanos valid_before = 0;  // exclusive; 0: no end
  schema::Status status = schema::Status::OPEN;
  int16_t utc_offset_minutes = 0;
  bool restores_on_refund = false;
  std::string holder;
  std::vector<LimitRow> limits;
  std::vector<LevelRow> levels;
  std::vector<ApproverRow> approvers;
  std::vector<std::string> channels;
  std::vector<std::string> payees;
  std::vector<std::string> merchants;
  std::vector<std::string> merchant_categories;
  std::vector<uint16_t> currencies;

  bool operator==(const MandateTerms&) const = default;
};

// A mandate as it is in force, and what its orders have used of it in all.
struct MandateState : MandateTerms {
  std::string account;
  std::vector<std::string> fallbacks;  // accounts that may pay in its account's place
  uint32_t version = 0;                // 1 as registered first, one more each time
  uint64_t used_count = 0;
  __int128 used_minor = 0;
  bool operator==(const MandateState&) const = default;
};

// Of a mandate as a row or as a view.
template <typename Mandate>
bool MandateActive(const Mandate& mandate, Nanos occurred_at) {
  return mandate.status == schema::Status::OPEN && mandate.valid_from <= occurred_at &&
         (mandate.valid_before == 0 || occurred_at < mandate.valid_before);
}

// What it points to is valid while the ledger is not changed.
struct SchemeInfo {
  schema::SettlementMethod method = schema::SettlementMethod::MULTILATERAL_NET;
  bool pending_accounts = false;
  int64_t max_minor = 0;  // of one order; 0: none
  SchemeTimes times;
  const FeeTable* fees = nullptr;  // null: it costs its payers nothing
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
  // What an order of a mandate would be refused for were it placed anew: the mandate's validity and
  // its limits as they stand now. None: nothing, or no such order, or one without a mandate.
  virtual Code ObjectionOfMandate(schema::Scenario scenario, std::string_view key,
                                  Nanos occurred_at) const = 0;
  virtual std::optional<SchemeInfo> FindScheme(std::string_view scheme) const = 0;
  // Have both accounts' participants what a payment from one to the other through the scheme needs?
  virtual bool IsClearedBy(std::string_view scheme, std::string_view from_account,
                           std::string_view to_account) const = 0;
  // Null: no such calendar or policy. Valid while the ledger is not changed.
  virtual const Calendar* FindCalendar(std::string_view calendar) const = 0;
  virtual const RiskPolicy* FindRiskPolicy(std::string_view policy) const = 0;
  // The cycle of that name, and the one open in a scheme.
  virtual std::optional<CycleState> FindCycle(std::string_view name) const = 0;
  virtual std::optional<CycleState> FindOpenCycle(std::string_view scheme) const = 0;
  // The source whose token has this SHA-256.
  virtual std::optional<std::string> FindSourceByToken(const Digest256& token_hash) const = 0;
};

}  // namespace longmen::engine
