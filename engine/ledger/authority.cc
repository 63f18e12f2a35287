// Authority: who may propose what (docs/rules.md, Authority).
#include <algorithm>

#include "engine/ledger/rules.h"
#include "events/codec/codec.h"

namespace longmen::engine {
namespace {

bool MayTouch(const SourceRow& source, std::string_view participant) {
  return source.all_participants ||
         std::find(source.participants.begin(), source.participants.end(), participant) !=
             source.participants.end();
}

bool MayTouch(const State& state, const SourceRow& source, const AccountRow& account) {
  return MayTouch(source, state.participants[account.participant].name);
}

// What is not there is for a later check to refuse.
bool MayTouchAccount(const State& state, const SourceRow& source, Ref<AccountRow> account) {
  return account.empty() || MayTouch(state, source, state.accounts[account]);
}

// The payer's or the payee's participant, whichever exist.
bool MayTouchEither(const State& state, const SourceRow& source, Ref<AccountRow> payer,
                    Ref<AccountRow> payee) {
  if (source.all_participants || (payer.empty() && payee.empty())) return true;
  return (!payer.empty() && MayTouch(state, source, state.accounts[payer])) ||
         (!payee.empty() && MayTouch(state, source, state.accounts[payee]));
}

bool IsEngines(schema::SettlementAction action) {
  using Action = schema::SettlementAction;
  return action == Action::OPENED || action == Action::CAP_WARNED ||
         action == Action::QUEUE_SETTLED || action == Action::QUEUE_DEADLOCKED ||
         action == Action::WINDOW_ENDED;
}

bool EngineOnly(schema::Proposal::Body::Reader body, std::string& field) {
  using Body = schema::Proposal::Body;
  switch (body.which()) {
    case Body::REGISTRATION:
      field = "registration.ledger";
      return body.getRegistration().isLedger();
    case Body::ORDER:
      field = "order.action";
      return body.getOrder().getAction() == schema::OrderAction::EXPIRED;
    case Body::AUTHORIZATION:
      field = "authorization.action";
      return body.getAuthorization().getAction() == schema::AuthorizationAction::EXPIRED;
    case Body::SETTLEMENT:
      field = "settlement.action";
      return IsEngines(body.getSettlement().getAction());
    default:
      return false;
  }
}

bool MayTouchScheme(const SourceRow& source, std::string_view scheme) {
  return source.all_schemes ||
         std::find(source.schemes.begin(), source.schemes.end(), scheme) != source.schemes.end();
}

// What a participant may owe its scheme is the scheme's to say.
bool MayCap(const Asked& asked, const SourceRow& source, schema::Account::Reader account) {
  const AccountRow* known = asked.state.accounts.Find(asked.opened.key());
  const TermsRow* terms = known == nullptr ? nullptr : asked.state.terms.Find(known->terms);
  const bool capped = terms != nullptr && terms->capped;
  const auto cap = account.getCap();
  const bool same =
      capped == account.hasCap() &&
      (!capped ||
       (terms->credit == cap.getCreditMinor() && terms->collateral == cap.getCollateralMinor() &&
        terms->earmark == cap.getEarmarkMinor() && terms->warn_permille == cap.getWarnPermille()));
  return same || MayTouchScheme(source, View(account.getScheme()));
}

// Step 6. Empty: permitted; else the field at fault.
std::string ForbiddenRegistration(const Asked& asked, const SourceRow& source) {
  const auto registration = asked.proposal.getBody().getRegistration();
  switch (registration.which()) {
    case schema::Registration::ACCOUNT:
      if (!MayTouch(source, View(registration.getAccount().getParticipant()))) {
        return "registration.account.participant";
      }
      // What a bank has at the central bank, and its credit there, is not the bank's to say.
      if (IsAtCentralBank(registration.getAccount().getKind()) && !source.all_participants) {
        return "registration.account.kind";
      }
      return MayCap(asked, source, registration.getAccount()) ? "" : "registration.account.cap";
    case schema::Registration::MANDATE: {
      const std::string_view account = View(registration.getMandate().getAccount());
      if (!MayTouchAccount(asked.state, source, asked.state.accounts.RefOf(account))) {
        return "registration.mandate.account";
      }
      const auto fallbacks = registration.getMandate().getFallbacks();
      for (uint32_t i = 0; i < fallbacks.size(); ++i) {
        if (!MayTouchAccount(asked.state, source, asked.state.accounts.RefOf(View(fallbacks[i])))) {
          return Indexed("registration.mandate.fallbacks", i);
        }
      }
      return "";
    }
    default:
      return source.all_participants ? "" : "registration";
  }
}

std::string ForbiddenOrder(const Asked& asked, const SourceRow& source) {
  const State& state = asked.state;
  const auto order = asked.proposal.getBody().getOrder();
  if (order.getAction() == schema::OrderAction::PLACED) {
    if (source.all_participants) return "";
    const auto payer =
        order.hasPayer() ? state.accounts.RefOf(View(order.getPayer())) : Ref<AccountRow>{};
    return MayTouchEither(state, source, payer, state.accounts.RefOf(View(order.getPayee())))
               ? ""
               : "order.payee";
  }
  const OrderRow* row = asked.order;
  return row == nullptr || MayTouchEither(state, source, row->payer, row->payee) ? "" : "key";
}

std::string ForbiddenAuthorization(const Asked& asked, const SourceRow& source) {
  const OrderRow* row = asked.order;
  if (row == nullptr) return "";
  return MayTouchAccount(asked.state, source, row->payer.empty() ? row->payee : row->payer) ? ""
                                                                                            : "key";
}

std::string ForbiddenDebit(const Asked& asked, const SourceRow& source) {
  const State& state = asked.state;
  const auto debit = asked.proposal.getBody().getDebit();
  Ref<AccountRow> payer;
  bool liquidity = debit.getKind() == schema::DebitKind::LIQUIDITY;
  if (debit.hasResolves()) {
    const auto resolved =
        FindMovementBy(state, asked.opened.source, debit.getResolves(), MovementKind::kDebit);
    if (resolved.empty()) return "";
    payer = state.movements[resolved].payer;
    liquidity = state.movements[resolved].debit_kind == schema::DebitKind::LIQUIDITY;
  } else if (debit.getPayer().size() > 0) {
    payer = state.accounts.RefOf(View(debit.getPayer()));
  } else if (debit.getKind() == schema::DebitKind::PAYMENT && asked.order != nullptr) {
    payer = asked.order->payer;
  }
  if (!MayTouchAccount(state, source, payer)) return "debit.payer";
  return liquidity && !source.all_participants ? "debit.kind" : "";
}

std::string ForbiddenRefund(const Asked& asked, const SourceRow& source) {
  const State& state = asked.state;
  const auto refund = asked.proposal.getBody().getRefund();
  const std::string_view own = asked.opened.source;
  const auto named = refund.hasResolves()
                         ? FindMovementBy(state, own, refund.getResolves(), MovementKind::kRefund)
                         : FindMovementBy(state, own, refund.getDebit(), MovementKind::kDebit);
  if (named.empty()) return "";
  const MovementRow& movement = state.movements[named];
  const MovementRow& debit =
      movement.kind == MovementKind::kDebit ? movement : *state.movements.Find(movement.debit);
  const bool liquidity = debit.debit_kind == schema::DebitKind::LIQUIDITY;
  return MayTouchAccount(state, source, debit.legs.front().account) &&
                 (!liquidity || source.all_participants)
             ? ""
             : "refund.debit";
}

std::string ForbiddenSettlement(const Asked& asked, const SourceRow& source) {
  if (source.all_schemes) return "";
  const Ref<CycleRow> cycle = FindCycle(asked.state, asked.opened.key());
  if (cycle.empty()) return "";
  return MayTouchScheme(source, asked.state.schemes[asked.state.cycles[cycle].scheme].name)
             ? ""
             : "settlement.scheme";
}

// The participant of a statement's file, if there is one.
bool MayTouchFile(const State& state, const SourceRow& source, const FileRow* file) {
  return file == nullptr || MayTouch(source, state.participants[file->participant].name);
}

std::string ForbiddenStatement(const Asked& asked, const SourceRow& source) {
  const auto statement = asked.proposal.getBody().getStatement();
  if (statement.getAction() == schema::StatementAction::HEADER) {
    return MayTouch(source, View(statement.getParticipant())) ? "" : "statement.participant";
  }
  const FileRow* file = asked.state.files.Find(asked.opened.key());
  return MayTouchFile(asked.state, source, file) ? "" : "statement.participant";
}

// One of its sides is enough: it is that side's item.
bool MayTouchMovement(const State& state, const SourceRow& source, const MovementRow& movement) {
  const auto may = [&](Ref<AccountRow> account) {
    return MayTouch(source, state.participants[state.accounts[account].participant].name);
  };
  return may(movement.payer) || std::any_of(movement.legs.begin(), movement.legs.end(),
                                            [&](const LegRow& leg) { return may(leg.account); });
}

std::string ForbiddenResolution(const Asked& asked, const SourceRow& source) {
  const auto resolution = asked.proposal.getBody().getResolution();
  const auto lines = resolution.getLines();
  for (uint32_t i = 0; i < lines.size(); ++i) {
    const FileRow* file = asked.state.files.Find(View(lines[i].getFile()));
    if (!MayTouchFile(asked.state, source, file)) {
      return Indexed("resolution.lines", i, "file");
    }
  }
  const FileRow* withdrawn = asked.state.files.Find(View(resolution.getWithdraws()));
  if (!MayTouchFile(asked.state, source, withdrawn)) return "resolution.withdraws";
  const auto movements = resolution.getMovements();
  for (uint32_t i = 0; i < movements.size(); ++i) {
    const Ref<MovementRow> ref =
        FindMovement(asked.state, SourceOf(movements[i], asked.opened), View(movements[i].getId()));
    if (!ref.empty() && !MayTouchMovement(asked.state, source, asked.state.movements[ref])) {
      return Indexed("resolution.movements", i, "id");
    }
  }
  return "";
}

std::string Forbidden(const Asked& asked, const SourceRow& source) {
  using Body = schema::Proposal::Body;
  switch (asked.proposal.getBody().which()) {
    case Body::REGISTRATION:
      return ForbiddenRegistration(asked, source);
    case Body::ORDER:
      return ForbiddenOrder(asked, source);
    case Body::AUTHORIZATION:
      return ForbiddenAuthorization(asked, source);
    case Body::DEBIT:
      return ForbiddenDebit(asked, source);
    case Body::REFUND:
      return ForbiddenRefund(asked, source);
    case Body::SETTLEMENT:
      return ForbiddenSettlement(asked, source);
    case Body::STATEMENT:
      return ForbiddenStatement(asked, source);
    case Body::RESOLUTION:
      return ForbiddenResolution(asked, source);
    case Body::REFUSAL:
      return "refusal";
  }
  return "body";
}

std::string_view BodyName(schema::BodyKind kind) {
  static constexpr std::string_view kNames[] = {"registration", "order",     "authorization",
                                                "debit",        "refund",    "settlement",
                                                "statement",    "resolution"};
  return kNames[static_cast<size_t>(kind)];
}

// Saturating, so that a bound of any size can be added to any instant.
Nanos Plus(Nanos instant, Nanos span) {
  Nanos sum = 0;
  if (__builtin_add_overflow(instant, span, &sum)) return span > 0 ? INT64_MAX : INT64_MIN;
  return sum;
}

}  // namespace

Decision CheckAuthority(const Asked& asked, Ladder& ladder) {
  const SourceRow* source = asked.state.sources.Find(asked.opened.source);
  if (source == nullptr) return ladder.Refuse(Code::UNKNOWN_SOURCE, "source");
  if (source->status != schema::Status::OPEN) {
    return ladder.Refuse(Code::NOT_PERMITTED, "source");
  }
  const auto kind = KindOf(asked.proposal);
  CHECK(kind.has_value(), "authority.kind");
  if ((source->bodies >> static_cast<uint32_t>(*kind) & 1) == 0) {
    return ladder.Refuse(Code::NOT_PERMITTED, std::string(BodyName(*kind)));
  }
  if (source->decided_only && ladder.reported()) {
    return ladder.Refuse(Code::NOT_PERMITTED, std::string(BodyName(*kind)) + ".basis");
  }
  const Nanos occurred_at = asked.proposal.getOccurredAt();
  if (occurred_at < Plus(asked.now, -source->max_late) &&
      ladder.Objects(Code::TOO_LATE, "occurredAt")) {
    return ladder.refusal();
  }
  if (occurred_at > Plus(asked.now, source->max_early) &&
      ladder.Objects(Code::TOO_EARLY, "occurredAt")) {
    return ladder.refusal();
  }
  std::string field;
  if (EngineOnly(asked.proposal.getBody(), field)) {
    return ladder.Refuse(Code::NOT_PERMITTED, field);
  }
  field = Forbidden(asked, *source);
  if (!field.empty()) return ladder.Refuse(Code::NOT_PERMITTED, field);
  return {};
}

}  // namespace longmen::engine
