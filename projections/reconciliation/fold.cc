// The fold of reconciliation.h: from a movement that became final to its lines.
#include <algorithm>

#include "projections/reconciliation/keys.h"

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
    case schema::DebitKind::PAYMENT:
      break;
  }
  return LineType::kPay;
}

// What passed between the payer's bank and one other.
struct Leg {
  std::string participant;
  int64_t minor = 0;
  int64_t fee = 0;
};

Leg& LegOf(std::vector<Leg>& legs, const std::string& participant) {
  const auto leg = std::ranges::find(legs, participant, &Leg::participant);
  return leg == legs.end() ? legs.emplace_back(Leg{.participant = participant}) : *leg;
}

// A debit's credits to fee accounts, or what a refund takes back from them.
void CountFees(const Effects& effects, bool refund, std::vector<Leg>& legs) {
  for (const Posting& posting : effects.postings) {
    const auto state = std::ranges::find(effects.accounts, posting.account, &AccountState::account);
    if (state == effects.accounts.end() || state->kind != schema::AccountKind::FEE) continue;
    const int64_t minor = refund ? -posting.amount.minor : posting.amount.minor;
    if (minor > 0) LegOf(legs, posting.participant).fee += minor;
  }
}

// Between banks the movement's items say who owes whom; what they leave stayed inside the payer's.
std::vector<Leg> LegsOf(const MovementState& movement, const Effects& effects) {
  const bool refund = movement.kind == MovementKind::kRefund;
  std::vector<Leg> legs;
  int64_t inside = movement.amount.minor;
  for (const CycleItem& item : effects.items) {
    LegOf(legs, refund ? item.from : item.to).minor += item.amount.minor;
    inside -= item.amount.minor;
  }
  const std::string& home = refund ? movement.to_participant : movement.from_participant;
  if (inside > 0) LegOf(legs, home).minor += inside;
  CountFees(effects, refund, legs);
  return legs;
}

void PutFate(const CycleState& cycle, Sequence sequence, Store& store) {
  CycleFate fate{.name = cycle.name, .carried_into = cycle.carried_into, .carried_by = 0};
  if (cycle.carried_into != 0) fate.carried_by = sequence;
  store.Put(KeyWriter(kCycles).Number(cycle.cycle), Encode(fate));
}

void PutLine(const ReconciliationLine& line, uint16_t leg, Store& store) {
  store.Put(KeyWriter(kLines)
                .Scenario(line.scenario)
                .Date(line.book_date)
                .Text(line.participant)
                .Text(line.channel)
                .Number(line.booked)
                .Small(leg),
            Encode(line));
}

}  // namespace

void ReconciliationProjection::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                                    const Effects& effects, Store& store) const {
  const auto body = proposal.getBody();
  if (body.isRegistration() && body.getRegistration().isParticipant()) {
    store.Put(KeyWriter(kParticipants).Text(View(proposal.getKey())), "");
  }
  if (effects.cycle) PutFate(*effects.cycle, record.header.sequence, store);
  if (!effects.movement || (!body.isDebit() && !body.isRefund())) return;
  const MovementState& movement = *effects.movement;

  // What the first record said of its kind holds for the whole movement.
  const KeyWriter open = std::move(KeyWriter(kOpen).Number(movement.sequence));
  const LineType type = LoadOr(store, open, TypeOf(proposal));
  if (movement.outcome == schema::Outcome::PENDING ||
      movement.outcome == schema::Outcome::UNKNOWN) {
    store.Put(open, Encode(type));
    return;
  }
  store.Delete(open);
  if (movement.outcome != schema::Outcome::SUCCEEDED) return;

  ReconciliationLine line{.scenario = movement.scenario,
                          .participant = {},
                          .channel = movement.channel,
                          .book_date = record.header.book_date,
                          .booked = record.header.sequence,
                          .event = movement.sequence,
                          .clearing_date = movement.clearing_date,
                          .cycle = movement.cycle,
                          .batch = movement.cycle_name,
                          .carried_from = {},
                          .order_key = movement.key,
                          .channel_reference = movement.channel_reference,
                          .original = movement.debit,
                          .type = type,
                          .payer_bank = {},
                          .payee_bank = {},
                          .amount = movement.amount,
                          .event_time = movement.occurred_at,
                          .exception = effects.exception};
  const bool refund = movement.kind == MovementKind::kRefund;
  uint16_t number = 0;
  for (const Leg& leg : LegsOf(movement, effects)) {
    line.payer_bank = refund ? leg.participant : movement.from_participant.text();
    line.payee_bank = refund ? movement.to_participant.text() : leg.participant;
    line.amount.minor = leg.minor;
    line.fee = leg.fee;
    for (const std::string& participant : {line.payer_bank, line.payee_bank}) {
      line.participant = participant;
      PutLine(line, number, store);
    }
    ++number;
  }
}

}  // namespace longmen::projections
