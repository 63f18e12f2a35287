#include "tests/reference/reference_ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tests/reference/decision.h"

namespace longmen::reference {
namespace {

constexpr size_t kGroupMax = 1'000;
constexpr size_t kGroupBytesMax = 60'000;

Identity IdentityOf(schema::Proposal::Reader proposal) {
  return {Str(proposal.getSource()), Str(proposal.getId())};
}

RefAnswer Conflict(Sequence sequence, const char* field) {
  return {.kind = RefKind::kConflict, .sequence = sequence, .field = field};
}

RefAnswer Invalid(Code code, const char* field) {
  return {.kind = RefKind::kInvalid, .code = code, .field = field};
}

}  // namespace

std::vector<uint8_t> ContentOf(const ProposalBytes& proposal) {
  ProposalReader reader(proposal.bytes());
  capnp::MallocMessageBuilder message;
  message.setRoot(reader.get());
  auto copy = message.getRoot<schema::Proposal>();
  copy.disownOriginal();
  copy.disownOriginalKeyId();
  copy.disownSignatures();
  if (copy.getDetails().isParking() && copy.getDetails().getParking().hasPlate()) {
    copy.getDetails().getParking().getPlate().disownCiphertext();
    copy.getDetails().getParking().getPlate().disownKeyId();
  }
  const Result<ProposalBytes> canonical = Canonicalize(copy.asReader());
  CHECK(canonical.ok(), "reference.content");
  const Bytes bytes = canonical.value().bytes();
  return {bytes.begin(), bytes.end()};
}

std::string WhatOf(schema::Proposal::Reader proposal) {
  using Which = schema::Proposal::Body::Which;
  auto body = proposal.getBody();
  const bool own = proposal.getSource().size() == 0;
  switch (body.which()) {
    case Which::REGISTRATION:
      return "registration";
    case Which::ORDER:
      return own ? "order expired" : "order";
    case Which::AUTHORIZATION:
      return own ? "authorization expired" : "authorization";
    case Which::DEBIT:
      return "debit";
    case Which::REFUND:
      return "refund";
    case Which::SETTLEMENT:
      if (!own) return "settlement";
      switch (body.getSettlement().getAction()) {
        case schema::SettlementAction::OPENED:
          return "settlement opened";
        case schema::SettlementAction::CAP_WARNED:
          return "settlement warned";
        case schema::SettlementAction::QUEUE_SETTLED:
          return "settlement queue settled";
        case schema::SettlementAction::QUEUE_DEADLOCKED:
          return "settlement deadlocked";
        case schema::SettlementAction::WINDOW_ENDED:
          return "settlement window ended";
        default:
          return "settlement";
      }
    case Which::STATEMENT:
      return "statement";
    case Which::RESOLUTION:
      return "resolution";
    case Which::REFUSAL:
      return "refusal";
  }
  return "";
}

Nanos ReferenceLedger::Later(Nanos now) const {
  return state_.records.empty() ? now : std::max(now, state_.records.back().header.recorded_at);
}

RefRecord& ReferenceLedger::Append(Nanos now, std::string what, std::string key,
                                   Nanos occurred_at) {
  RefRecord record;
  record.header.sequence = state_.records.size() + 1;
  record.header.recorded_at = now;
  record.header.book_date = LocalDate(now, state_.ledger_offset_minutes);
  record.header.rules_version = 1;
  record.what = std::move(what);
  record.key = std::move(key);
  record.occurred_at = occurred_at;
  return state_.records.emplace_back(std::move(record));
}

void ReferenceLedger::Begin(std::string_view name, int utc_offset_minutes, Nanos now) {
  state_.ledger_offset_minutes = utc_offset_minutes;
  Append(now, "registration", std::string(name), now);
}

std::vector<RefAnswer> ReferenceLedger::Propose(std::span<const ProposalBytes> group, Nanos now) {
  now = Later(now);
  std::vector<RefAnswer> answers(group.size());
  size_t bytes = 0;
  for (const ProposalBytes& proposal : group) bytes += proposal.bytes().size();
  if (group.size() > kGroupMax || bytes > kGroupBytesMax) {
    for (RefAnswer& answer : answers) answer = Invalid(Code::GROUP_TOO_LARGE, "");
    return answers;
  }
  std::set<Identity> identities;
  for (const ProposalBytes& proposal : group) {
    identities.insert(IdentityOf(ProposalReader(proposal.bytes()).get()));
  }
  if (identities.size() != group.size()) {
    for (RefAnswer& answer : answers) answer = Invalid(Code::DUPLICATE_IN_GROUP, "id");
    return answers;
  }
  if (AnswerKnown(group, answers)) return answers;

  Tick(now);
  const State before = state_;
  for (size_t i = 0; i < group.size(); ++i) {
    ProposalReader reader(group[i].bytes());
    auto proposal = reader.get();
    const Sequence sequence = last_sequence() + 1;
    Decision decision(state_, proposal, now, sequence);
    const QueueView queues = ViewQueues();
    try {
      decision.Decide();
      FollowQueues(queues, proposal.getBody().isRegistration() ? Str(proposal.getKey()) : "", now);
    } catch (const Fault& fault) {
      state_ = before;
      const Sequence refusal = last_sequence() + 1;
      Append(now, "refusal", "", 0);
      for (size_t j = 0; j < group.size(); ++j) {
        const auto index = static_cast<uint16_t>(i);
        answers[j] = {.kind = RefKind::kRefused,
                      .sequence = refusal,
                      .code = fault.code,
                      .field = fault.field,
                      .index = index};
        state_.known[IdentityOf(ProposalReader(group[j].bytes()).get())] = {
            ContentOf(group[j]), refusal, fault.code, fault.field, index};
      }
      return answers;
    }
    RefRecord& record =
        Append(now, WhatOf(proposal), Str(proposal.getKey()), proposal.getOccurredAt());
    record.header.cycle = decision.cycle;
    record.header.exception = decision.exception;
    record.header.group_index = static_cast<uint16_t>(i);
    record.header.group_size = static_cast<uint16_t>(group.size());
    state_.known[IdentityOf(proposal)] = {ContentOf(group[i]), sequence, Code::NONE, "", 0};
    answers[i] = {RefKind::kAccepted, sequence, Code::NONE, "", 0, decision.exception};
  }
  return answers;
}

// "Identity": answers the group where anything of it is known.
bool ReferenceLedger::AnswerKnown(std::span<const ProposalBytes> group,
                                  std::vector<RefAnswer>& answers) const {
  size_t known_members = 0;
  size_t same_members = 0;
  for (size_t i = 0; i < group.size(); ++i) {
    const auto found = state_.known.find(IdentityOf(ProposalReader(group[i].bytes()).get()));
    if (found == state_.known.end()) {
      answers[i] = Conflict(0, "group");
      continue;
    }
    ++known_members;
    const Known& known = found->second;
    if (known.content != ContentOf(group[i])) {
      answers[i] = Conflict(known.sequence, "");
    } else {
      ++same_members;
      const bool accepted = known.refused == Code::NONE;
      answers[i] = {.kind = accepted ? RefKind::kDuplicate : RefKind::kRefused,
                    .sequence = known.sequence,
                    .code = known.refused,
                    .field = known.field,
                    .index = known.index};
    }
  }
  if (known_members == 0) return false;
  if (same_members == group.size()) return true;
  for (RefAnswer& answer : answers) {
    const bool other_content = answer.kind == RefKind::kConflict && answer.sequence != 0;
    if (!other_content) answer = Conflict(0, "group");
  }
  return true;
}

void ReferenceLedger::Tick(Nanos now) {
  now = Later(now);
  for (;;) {
    const QueueView before = ViewQueues();
    const size_t records = state_.records.size();
    if (!BookSettled(now) && !FireEarliest(now)) OpenCycles(now);
    if (state_.records.size() == records) WarnOfCaps(now);
    if (state_.records.size() == records) WorkQueues(now);
    if (state_.records.size() == records) return;
    FollowQueues(before, "", now);
  }
}

// Writes the timer that is due first; false where none is.
bool ReferenceLedger::FireEarliest(Nanos now) {
  Nanos max_late = 0;
  for (const auto& [name, source] : state_.sources) max_late = std::max(max_late, source.max_late);
  // Instant, orders after holds, order: in the order of firing.
  std::set<std::tuple<Nanos, bool, OrderKey>> due;
  for (const auto& [name, order] : state_.orders) {
    const auto is_due = [&](Nanos instant) { return Wide{instant} + max_late < now; };
    if (order.held > 0 && order.hold_until != 0 && is_due(order.hold_until)) {
      due.insert({order.hold_until, false, name});
    }
    if (IsLive(order.status) && order.valid_until != 0 && state_.DebitsOf(name, true) == 0 &&
        is_due(order.valid_until)) {
      due.insert({order.valid_until, true, name});
    }
  }
  if (due.empty()) return false;
  const auto [instant, expires, name] = *due.begin();
  Order& order = state_.orders.at(name);
  if (expires) {
    order.status =
        state_.DebitsOf(name, false) > 0 ? OrderStatus::kCompleted : OrderStatus::kExpired;
  } else {
    order.held = 0;
  }
  Decision::Settle(state_, order);
  Append(now, expires ? "order expired" : "authorization expired", name.second, instant);
  return true;
}

void ReferenceLedger::OpenCycles(Nanos now) {
  for (const auto& [scheme, registered] : state_.schemes) {
    if (state_.OpenCycle(scheme) != 0) continue;
    const std::string name = NextCycleName(scheme, now);
    RefRecord& record = Append(now, "settlement opened", name, now);
    record.header.cycle = record.header.sequence;
    Cycle& cycle = state_.cycles[record.header.sequence];
    cycle.name = name;
    cycle.scheme = scheme;
  }
}

void ReferenceLedger::WarnOfCaps(Nanos now) {
  for (auto& [name, account] : state_.accounts) {
    if (account.warned || !state_.NearCap(account)) continue;
    const Sequence cycle = state_.OpenCycle(account.scheme);
    RefRecord& record = Append(now, "settlement warned", state_.cycles.at(cycle).name, now);
    record.header.cycle = cycle;
    account.warned = true;
  }
}

std::string ReferenceLedger::NextCycleName(const std::string& scheme, Nanos now) const {
  for (auto cycle = state_.cycles.rbegin(); cycle != state_.cycles.rend(); ++cycle) {
    if (cycle->second.scheme == scheme) return cycle->second.next;
  }
  const std::string day = state_.schemes.at(scheme).cycle_prefix +
                          FormatBasicDate(LocalDate(now, state_.ledger_offset_minutes));
  for (int number = 1;; ++number) {
    const std::string name = fmt::format("{}{:04}", day, number);
    if (!state_.CycleNameTaken(name)) return name;
  }
}

RefOrder ReferenceLedger::OrderOf(const OrderKey& name) const {
  const Order& order = state_.orders.at(name);
  return {.status = order.status,
          .amount = order.amount,
          .paid = state_.DebitsOf(name, false),
          .in_flight = state_.DebitsOf(name, true),
          .refunded = state_.RefundsOf(name, false),
          .refunding = state_.RefundsOf(name, true),
          .held = order.held,
          .valid_from = order.valid_from,
          .valid_until = order.valid_until,
          .version = order.version,
          .approved_level = order.approved_level,
          .required_level = order.required_level};
}

schema::Outcome ReferenceLedger::OutcomeOf(const Identity& movement) const {
  return state_.movements.at(state_.began.at(movement)).outcome;
}

Positions ReferenceLedger::PositionsOf(const std::string& cycle) const {
  Sequence opened = 0;
  state_.FindCycle(cycle, &opened);
  return state_.PositionsOf(opened);
}

std::map<std::tuple<std::string, std::string, uint16_t>, Wide> ReferenceLedger::Bilateral(
    const std::string& cycle) const {
  Sequence opened = 0;
  state_.FindCycle(cycle, &opened);
  std::map<std::tuple<std::string, std::string, uint16_t>, Wide> sums;
  for (const Item& item : state_.items) {
    if (item.cycle != opened) continue;
    sums[{item.from, item.to, item.currency}] += item.minor;
    sums[{item.to, item.from, item.currency}] -= item.minor;
  }
  std::erase_if(sums, [](const auto& entry) { return entry.second <= 0; });
  return sums;
}

}  // namespace longmen::reference
