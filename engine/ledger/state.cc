#include "engine/ledger/state.h"

namespace longmen::engine {
namespace {

std::string BigEndian(uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
  return text;
}

std::string Scoped(schema::Scenario scenario, std::string_view name) {
  return BigEndian(static_cast<uint16_t>(scenario), 2).append(name);
}

constexpr std::string_view kSeparator("\0", 1);

}  // namespace

std::string OrderId(schema::Scenario scenario, std::string_view key) {
  return Scoped(scenario, key);
}

std::string ResourceId(schema::Scenario scenario, std::string_view resource) {
  return Scoped(scenario, resource);
}

std::string IdentityId(std::string_view source, std::string_view id) {
  return std::string(source).append(kSeparator).append(id);
}

std::string RoleId(std::string_view participant, schema::AccountKind kind, uint16_t currency,
                   std::string_view scheme) {
  return BigEndian(static_cast<uint16_t>(kind), 2)
      .append(BigEndian(currency, 2))
      .append(participant)
      .append(kSeparator)
      .append(scheme);
}

const std::string* FindRole(const State& state, std::string_view participant,
                            schema::AccountKind kind, uint16_t currency, std::string_view scheme) {
  const NameRow* row = state.roles.Find(RoleId(participant, kind, currency, scheme));
  return row == nullptr ? nullptr : &row->name;
}

std::string FlowPrefix(Sequence cycle) { return BigEndian(cycle, 8); }

bool IsCycleNameTaken(const State& state, std::string_view name) {
  if (state.cycle_names.Find(name) != nullptr) return true;
  for (const std::string& idle : state.idle_schemes.values()) {
    if (state.schemes.Find(idle)->next_name == name) return true;
  }
  return false;
}

std::string FlowId(Sequence cycle, std::string_view from, std::string_view to, uint16_t currency) {
  return FlowPrefix(cycle)
      .append(from)
      .append(kSeparator)
      .append(to)
      .append(kSeparator)
      .append(BigEndian(currency, 2));
}

FlowParts SplitFlowId(std::string_view id) {
  Sequence cycle = 0;
  for (const char byte : id.substr(0, 8)) cycle = cycle << 8 | static_cast<uint8_t>(byte);
  id.remove_prefix(8);
  const size_t first = id.find('\0');
  const size_t second = id.find('\0', first + 1);
  const auto high = static_cast<uint8_t>(id[second + 1]);
  const auto low = static_cast<uint8_t>(id[second + 2]);
  return {.cycle = cycle,
          .from = id.substr(0, first),
          .to = id.substr(first + 1, second - first - 1),
          .currency = static_cast<uint16_t>(high << 8 | low)};
}

UsageWindows UsageIds(std::string_view mandate, DayNumber day) {
  const std::string name = std::string(mandate).append(kSeparator);
  return {.day = name + "d" + BigEndian(static_cast<uint32_t>(day), 4),
          .year = name + "y" + BigEndian(static_cast<uint32_t>(YearOf(day)), 4),
          .total = name + "t"};
}

const UsageRow& FindUsage(const State& state, const std::string& id) {
  static const UsageRow kNone;
  const UsageRow* row = state.usage.Find(id);
  return row == nullptr ? kNone : *row;
}

AccountState ViewAccount(const std::string& name, const AccountRow& row) {
  const Currency currency{row.currency};
  return {.account = name,
          .participant = row.participant,
          .kind = row.kind,
          .status = row.status,
          .balance = {row.balance, currency},
          .held = {row.held, currency},
          .floor = {row.floor, currency},
          .unlimited = row.unlimited};
}

OrderState ViewOrder(const OrderRow& row) {
  return {.scenario = row.scenario,
          .key = row.key,
          .status = row.status,
          .amount = {row.amount, Currency{row.currency}},
          .paid = row.paid,
          .in_flight = row.in_flight,
          .refunded = row.refunded,
          .refunding = row.refunding,
          .held = row.held,
          .payer = row.payer,
          .payee = row.payee,
          .scheme = row.scheme,
          .mandate = row.mandate,
          .channel = row.channel,
          .valid_until = row.valid_until,
          .version = row.version,
          .approved_level = row.approved_level,
          .required_level = row.required_level,
          .placed = row.placed};
}

MovementState ViewMovement(const State& state, Sequence sequence, const MovementRow& row) {
  const std::string& payee = row.legs.front().account;
  const bool debit = row.kind == MovementKind::kDebit;
  const std::string& from = debit ? row.payer : payee;
  const std::string& to = debit ? payee : row.payer;
  const CycleRow* cycle = state.cycles.Find(row.cycle);
  return {.sequence = sequence,
          .kind = row.kind,
          .scenario = row.scenario,
          .key = row.key,
          .outcome = row.outcome,
          .amount = {row.amount, Currency{row.currency}},
          .from_account = from,
          .from_participant = state.accounts.Find(from)->participant,
          .to_account = to,
          .to_participant = state.accounts.Find(to)->participant,
          .channel = row.channel,
          .channel_reference = row.channel_reference,
          .clearing_date = row.clearing_date,
          .occurred_at = row.occurred_at,
          .debit = row.debit,
          .cycle = row.cycle,
          .cycle_name = cycle == nullptr ? "" : cycle->name,
          .source = row.source,
          .id = row.id};
}

CycleState ViewCycle(Sequence sequence, const CycleRow& row) {
  return {.cycle = sequence,
          .name = row.name,
          .scheme = row.scheme,
          .status = row.status,
          .cut_off = row.cut_off,
          .carried_into = row.carried_into,
          .reference = row.reference,
          .reason = row.reason};
}

}  // namespace longmen::engine
