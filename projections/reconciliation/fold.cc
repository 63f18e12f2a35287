// The fold of reconciliation.h: from a movement that became final to its lines.
#include <algorithm>

#include "projections/reconciliation/keys.h"
#include "projections/store/by_name.h"

namespace longmen::projections {
namespace {

LineType TypeOf(schema::Proposal::Reader proposal) {
  const auto body = proposal.getBody();
  if (body.isRefund()) {
    switch (body.getRefund().getKind()) {
      case schema::RefundKind::PAYMENT_RETURN:
        return LineType::kReturn;
      case schema::RefundKind::REVERSAL:
        return LineType::kReversal;
      case schema::RefundKind::REFUND:
        break;
    }
    return LineType::kRefund;
  }
  switch (body.getDebit().getKind()) {
    case schema::DebitKind::FEE:
      return LineType::kFee;
    case schema::DebitKind::TOP_UP:
      return LineType::kTopUp;
    case schema::DebitKind::WITHDRAWAL:
      return LineType::kWithdrawal;
    case schema::DebitKind::PAYOUT:
      return LineType::kPayout;
    case schema::DebitKind::POSTING:
      return LineType::kPosting;
    case schema::DebitKind::SUBSIDY:
      return LineType::kSubsidy;
    case schema::DebitKind::ADVANCE:
      return LineType::kAdvance;
    case schema::DebitKind::WRITE_OFF:
      return LineType::kWriteOff;
    case schema::DebitKind::EXCHANGE:
      return LineType::kExchange;
    case schema::DebitKind::LIQUIDITY:
      return LineType::kLiquidity;
    case schema::DebitKind::PAYMENT:
      break;
  }
  return LineType::kPay;
}

// What passed between the payer's bank and one other.
struct Leg {
  Name participant;
  int64_t minor = 0;
  int64_t fee = 0;
};

using Legs = FewOf<Leg, 4>;

Leg& LegOf(Legs& legs, const Name& participant) {
  const auto leg = std::ranges::find(legs, participant, &Leg::participant);
  return leg == legs.end() ? legs.emplace_back(Leg{.participant = participant}) : *leg;
}

// A debit's credits to fee accounts, or what a refund takes back from them.
void CountFees(const Effects& effects, bool refund, Legs& legs) {
  for (const Posting& posting : effects.postings) {
    const auto state = std::ranges::find(effects.accounts, posting.account, &AccountState::account);
    if (state == effects.accounts.end() || state->kind != schema::AccountKind::FEE) continue;
    const int64_t minor = refund ? -posting.amount.minor : posting.amount.minor;
    if (minor > 0) LegOf(legs, posting.participant).fee += minor;
  }
}

// Between banks the movement's items say who owes whom; what they leave stayed inside the payer's.
Legs LegsOf(const MovementState& movement, const Effects& effects) {
  const bool refund = movement.kind == MovementKind::kRefund;
  Legs legs;
  int64_t inside = movement.of_payee().minor;
  for (const CycleItem& item : effects.items) {
    LegOf(legs, refund ? item.from : item.to).minor += item.amount.minor;
    inside -= item.amount.minor;
  }
  const Name& home = refund ? movement.to_participant : movement.from_participant;
  if (inside > 0) LegOf(legs, home).minor += inside;
  CountFees(effects, refund, legs);
  return legs;
}

void PutFate(const CycleState& cycle, Sequence sequence, Store& store) {
  CycleFate fate{.name = cycle.name, .carried_into = cycle.carried_into, .carried_by = 0};
  if (cycle.carried_into != 0) fate.carried_by = sequence;
  store.Put(KeyWriter(kCycles).Number(cycle.cycle), Encode(fate));
}

OpenMovement ToOpen(const MovementState& movement, LineType type) {
  return {.movement = movement.sequence,
          .type = type,
          .outcome = movement.outcome,
          .scenario = movement.scenario,
          .channel = movement.channel.str(),
          .order_key = movement.key.str(),
          .channel_reference = movement.channel_reference.str(),
          .payer_bank = movement.from_participant.text(),
          .payee_bank = movement.to_participant.text(),
          .amount = movement.of_payee(),
          .clearing_date = movement.clearing_date,
          .event_time = movement.occurred_at};
}

// Gathers the lines of each bank and channel that go to the same row.
class ReconciliationFolder final : public Folder {
 public:
  explicit ReconciliationFolder(Store& store) : store_(store) {}
  void Fold(const RecordView& record, schema::Proposal::Reader proposal,
            const Effects& effects) override;
  void Finish() override;

 private:
  struct Row {
    schema::Scenario scenario = schema::Scenario::NONE;
    std::string channel;
    std::string lines;
  };

  void AddLines(const RecordHeader& header, const MovementState& movement, LineType type,
                const Effects& effects);
  void AddBothSides(const MovementState& movement, const Name& payer, const Name& payee,
                    StoredLine& line);
  // Files a line under a bank: `sides` says what it is in it.
  void AddLine(const MovementState& movement, const Name& participant, const StoredLine& line);

  Store& store_;
  DayNumber date_ = 0;
  Sequence row_ = 0;
  ByName<std::vector<Row>> rows_;  // of that date and row; a bank has few
};

void ReconciliationFolder::Finish() {
  for (const auto& [participant, rows] : rows_.entries()) {
    for (const Row& row : rows) {
      store_.Append(KeyWriter(kLines)
                        .Scenario(row.scenario)
                        .Date(date_)
                        .Text(participant)
                        .Text(row.channel)
                        .Number(row_),
                    row.lines);
    }
  }
  rows_.Clear();
}

void ReconciliationFolder::AddLine(const MovementState& movement, const Name& participant,
                                   const StoredLine& line) {
  std::vector<Row>& rows = rows_[participant];
  auto row = std::ranges::find_if(rows, [&](const Row& each) {
    return each.scenario == movement.scenario && movement.channel == each.channel;
  });
  if (row == rows.end()) {
    rows.push_back({.scenario = movement.scenario, .channel = movement.channel.str(), .lines = {}});
    row = rows.end() - 1;
  }
  ValueWriter writer;
  WriteFields(writer, line);
  row->lines.append(writer.bytes());
}

void ReconciliationFolder::AddBothSides(const MovementState& movement, const Name& payer,
                                        const Name& payee, StoredLine& line) {
  line.sides = kPays | (payer == payee ? kIsPaid : 0);
  line.other = payer == payee ? std::string_view() : std::string_view(payee);
  AddLine(movement, payer, line);
  if (payer == payee) return;
  line.sides = kIsPaid;
  line.other = std::string_view(payer);
  AddLine(movement, payee, line);
}

void ReconciliationFolder::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                                const Effects& effects) {
  const auto body = proposal.getBody();
  if (body.isRegistration() && body.getRegistration().isParticipant()) {
    store_.Put(KeyWriter(kParticipants).Text(View(proposal.getKey())), "");
  }
  if (effects.cycle) PutFate(*effects.cycle, record.header.sequence, store_);
  if (!effects.movement || (!body.isDebit() && !body.isRefund())) return;
  const MovementState& movement = *effects.movement;

  const RecordHeader& header = record.header;

  // What the first record said of its kind holds for the whole movement. Most begin and end with
  // one record, and are never open.
  const bool begins = movement.sequence == header.sequence;
  const KeyWriter open = std::move(KeyWriter(kOpen).Number(movement.sequence));
  const LineType type =
      begins ? TypeOf(proposal) : LoadOr(store_, open, OpenMovement{.type = TypeOf(proposal)}).type;
  if (movement.outcome == schema::Outcome::PENDING ||
      movement.outcome == schema::Outcome::UNKNOWN) {
    PutEncoded(store_, open, ToOpen(movement, type));
    return;
  }
  if (!begins) store_.Delete(open);
  if (movement.outcome != schema::Outcome::SUCCEEDED) return;
  AddLines(header, movement, type, effects);
}

void ReconciliationFolder::AddLines(const RecordHeader& header, const MovementState& movement,
                                    LineType type, const Effects& effects) {
  const Sequence row = header.sequence / kRowRecords;
  if (header.book_date != date_ || row != row_) Finish();
  date_ = header.book_date;
  row_ = row;
  StoredLine line{.offset = static_cast<uint32_t>(header.sequence % kRowRecords),
                  .booked_after = header.sequence - movement.sequence,
                  .clearing_date = movement.clearing_date,
                  .cycle = movement.cycle,
                  .batch = {},
                  .order_key = movement.key,
                  .channel_reference = movement.channel_reference,
                  .original = movement.debit,
                  .type = type,
                  .amount = movement.of_payee(),
                  .event_time = movement.occurred_at,
                  .exception = effects.exception};
  if (movement.cycle == 0) line.batch = movement.cycle_name.text();
  const bool refund = movement.kind == MovementKind::kRefund;
  for (const Leg& leg : LegsOf(movement, effects)) {
    line.amount.minor = leg.minor;
    line.fee = leg.fee;
    AddBothSides(movement, refund ? leg.participant : movement.from_participant,
                 refund ? movement.to_participant : leg.participant, line);
  }
}

}  // namespace

std::unique_ptr<Folder> ReconciliationProjection::Begin(Store& store) const {
  return std::make_unique<ReconciliationFolder>(store);
}

}  // namespace longmen::projections
