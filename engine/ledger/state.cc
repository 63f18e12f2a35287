#include "engine/ledger/state.h"

namespace longmen::engine {

const IdentityRow* FindIdentity(const State& state, std::string_view source, std::string_view id) {
  const Ref<SourceNameRow> named = state.source_names.RefOf(source);
  return named.empty() ? nullptr : state.ids.Find({named, id});
}

Ref<MovementRow> FindMovement(const State& state, std::string_view source, std::string_view id) {
  const Ref<SourceNameRow> named = state.source_names.RefOf(source);
  if (named.empty()) return {};
  // What waits in a queue is found without its identity, which may be old by then.
  if (state.queued.size() > 0) {
    const QueuedRow* row = state.queued.Find({named, id});
    if (row != nullptr) return state.movements.RefOf(row->place.movement);
  }
  if (const IdentityRow* known = state.ids.Find({named, id})) {
    return known->refused == Code::NONE ? state.movements.RefOf(known->sequence)
                                        : Ref<MovementRow>{};
  }
  const RecalledRow* recalled = state.recalled.Find({named, id});
  return recalled == nullptr ? Ref<MovementRow>{} : state.movements.RefOf(recalled->movement);
}

Ref<CycleRow> FindCycle(const State& state, std::string_view name) {
  const CycleNameRow* row = state.cycle_names.Find(name);
  return row == nullptr ? Ref<CycleRow>{} : row->cycle;
}

bool IsCycleNameTaken(const State& state, std::string_view name) {
  if (state.cycle_names.Find(name) != nullptr) return true;
  for (const std::string& idle : state.idle_schemes.values()) {
    if (state.schemes.Find(idle)->next_name == name) return true;
  }
  return false;
}

Ref<CycleRow> OpenCycleOf(const State& state, Ref<SchemeRow> scheme) {
  const SchemeRow* row = state.schemes.Find(scheme);
  if (row == nullptr || row->open_cycle == 0) return {};
  return state.cycles.RefOf(row->open_cycle);
}

Ref<AccountRow> FindRole(const State& state, Ref<ParticipantRow> participant,
                         schema::AccountKind kind, uint16_t currency, Ref<SchemeRow> scheme) {
  const RoleRow* row = state.roles.Find({participant, scheme, kind, currency});
  return row == nullptr ? Ref<AccountRow>{} : row->account;
}

namespace {

template <typename Row>
Name NameOf(const Table<Row>& table, Ref<Row> ref) {
  return ref.empty() ? Name() : table[ref].name;
}

}  // namespace

AccountState ViewAccount(const State& state, const AccountRow& row) {
  const Currency currency{row.currency};
  return {.account = row.name,
          .participant = state.participants[row.participant].name,
          .kind = row.kind,
          .status = row.status,
          .balance = {row.balance, currency},
          .held = {row.held, currency},
          .floor = {row.floor, currency},
          .unlimited = row.unlimited};
}

OrderState ViewOrder(const State& state, const OrderRow& row) {
  return {.scenario = row.scenario,
          .key = row.name,
          .status = row.status,
          .amount = {row.amount, Currency{row.currency}},
          .counter = {row.counter_amount, Currency{row.counter_currency}},
          .paid = row.paid,
          .in_flight = row.in_flight,
          .refunded = row.refunded,
          .refunding = row.refunding,
          .held = row.held,
          .payer = NameOf(state.accounts, row.payer),
          .payee = NameOf(state.accounts, row.payee),
          .scheme = NameOf(state.schemes, row.scheme),
          .mandate = NameOf(state.mandates, row.mandate),
          .submitter = row.submitter,
          .channel = row.channel,
          .valid_from = row.valid_from,
          .valid_until = row.valid_until,
          .version = row.version,
          .approved_level = row.approved_level,
          .required_level = row.required_level,
          .placed = row.placed};
}

MovementState ViewMovement(const State& state, const MovementRow& row) {
  const AccountRow& payer = state.accounts[row.payer];
  const AccountRow& payee = state.accounts[row.legs.front().account];
  const bool debit = row.kind == MovementKind::kDebit;
  const AccountRow& from = debit ? payer : payee;
  const AccountRow& to = debit ? payee : payer;
  const CycleRow* cycle = state.cycles.Find(row.cycle);
  return {.sequence = row.sequence,
          .kind = row.kind,
          .scenario = row.scenario,
          .key = row.key,
          .outcome = row.outcome,
          .amount = {row.amount, Currency{row.currency}},
          .counter = {row.counter_amount, Currency{row.counter_currency}},
          .from_account = from.name,
          .from_participant = state.participants[from.participant].name,
          .to_account = to.name,
          .to_participant = state.participants[to.participant].name,
          .channel = row.channel,
          .channel_reference = row.channel_reference,
          .clearing_date = row.clearing_date,
          .occurred_at = row.occurred_at,
          .debit = row.debit,
          .cycle = row.cycle,
          .cycle_name = cycle == nullptr ? Name() : cycle->name,
          .source = state.source_names[row.source].name,
          .id = row.id};
}

CycleState ViewCycle(const State& state, const CycleRow& row) {
  return {.cycle = row.sequence,
          .name = row.name,
          .scheme = state.schemes[row.scheme].name,
          .status = row.status,
          .cut_off = row.cut_off,
          .carried_into = row.carried_into,
          .reference = row.reference,
          .reason = row.reason,
          .method = state.schemes[row.scheme].method};
}

}  // namespace longmen::engine
