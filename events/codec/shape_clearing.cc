#include "events/codec/shape_rules.h"

namespace longmen::codec {
namespace {

bool CheckPositions(schema::Settlement::Reader settlement, ShapeRules& rules) {
  constexpr const char* kPositions = "settlement.positions";
  const auto positions = settlement.getPositions();
  if (!rules.ListSize(positions.size(), kPositions, kPositionsMax)) return false;
  for (unsigned i = 0; i < positions.size(); ++i) {
    const auto position = positions[i];
    // Sums of many amounts: more than one amount may be, but what the ledger can hold.
    if (!rules.NotNegative(position.getGrossIn(), {kPositions, i, "grossIn"}, INT64_MAX) ||
        !rules.NotNegative(position.getGrossOut(), {kPositions, i, "grossOut"}, INT64_MAX) ||
        !rules.Currency(position.getCurrency(), {kPositions, i, "currency"}) ||
        !rules.RequiredId(position.getParticipant(), {kPositions, i, "participant"}) ||
        !rules.Id(position.getCounterparty(), {kPositions, i, "counterparty"})) {
      return false;
    }
  }
  return true;
}

// A participant fails: the cycle goes on without it, or the others pay for it.
bool CheckDefault(schema::Settlement::Reader settlement, ShapeRules& rules) {
  constexpr const char* kShares = "settlement.shares";
  const bool shared = settlement.getAction() == schema::SettlementAction::LOSS_SHARED;
  const bool recast = settlement.getAction() == schema::SettlementAction::RECAST;
  const auto shares = settlement.getShares();
  if (!(shared || recast
            ? rules.RequiredId(settlement.getWithout(), "settlement.without")
            : rules.Absent(settlement.getWithout().size() == 0, "settlement.without")) ||
      !rules.Required(!(shared || recast) || settlement.getReason().size() > 0,
                      "settlement.reason") ||
      !rules.Absent(shared || settlement.getCollateralMinor() == 0, "settlement.collateralMinor") ||
      !rules.NotNegative(settlement.getCollateralMinor(), "settlement.collateralMinor") ||
      !rules.Absent(shared || shares.size() == 0, kShares) ||
      !rules.ListSize(shares.size(), kShares, kPositionsMax)) {
    return false;
  }
  for (unsigned i = 0; i < shares.size(); ++i) {
    if (!rules.Positive(shares[i].getMinor(), {kShares, i, "minor"}) ||
        !rules.RequiredId(shares[i].getParticipant(), {kShares, i, "participant"})) {
      return false;
    }
  }
  return true;
}

// What is asked of a queue; what came of it the engine says.
bool CheckResolutionAsked(schema::Settlement::Reader settlement, ShapeRules& rules) {
  const bool asked = settlement.getAction() == schema::SettlementAction::RESOLUTION_ASKED;
  return rules.Known(settlement.getMode(), schema::ResolutionMode::VALUE, "settlement.mode") &&
         rules.Absent(asked || settlement.getMode() == schema::ResolutionMode::UNSTATED,
                      "settlement.mode") &&
         rules.Required(!asked || settlement.getMode() != schema::ResolutionMode::UNSTATED,
                        "settlement.mode") &&
         (asked || settlement.getAction() == schema::SettlementAction::LOSS_SHARED
              ? rules.Currency(settlement.getCurrency(), "settlement.currency")
              : rules.Absent(settlement.getCurrency() == 0, "settlement.currency")) &&
         rules.Absent(settlement.getCount() == 0, "settlement.count") &&
         rules.Absent(settlement.getValueMinor() == 0, "settlement.valueMinor") &&
         rules.Absent(settlement.getValueMaxMinor() == 0, "settlement.valueMaxMinor") &&
         rules.Absent(settlement.getChosen().size() == 0, "settlement.chosen");
}

// Fields of the header, the lines and the trailer: each may appear in its own only.
bool HasNoTrailerFields(schema::Statement::Reader statement, ShapeRules& rules) {
  return rules.Absent(statement.getCount() == 0, "statement.count") &&
         rules.Absent(statement.getCreditMinor() == 0, "statement.creditMinor") &&
         rules.Absent(statement.getDebitMinor() == 0, "statement.debitMinor");
}

bool HasNoLineFields(schema::Statement::Reader statement, ShapeRules& rules) {
  return rules.Absent(statement.getAmount().getMinor() == 0, "statement.amount.minor") &&
         rules.Absent(statement.getDirection() == schema::Direction::UNSTATED,
                      "statement.direction") &&
         rules.Absent(statement.getLine() == 0, "statement.line") &&
         rules.Absent(statement.getReference().size() == 0, "statement.reference") &&
         rules.Absent(statement.getStatus().size() == 0, "statement.status");
}

bool HasNoListFields(schema::Statement::Reader statement, ShapeRules& rules) {
  return rules.Absent(statement.getLines().size() == 0, "statement.lines") &&
         rules.Absent(statement.getRaw().size() == 0, "statement.raw");
}

bool HasNoHeaderFields(schema::Statement::Reader statement, ShapeRules& rules) {
  return rules.Absent(statement.getParticipant().size() == 0, "statement.participant") &&
         rules.Absent(statement.getToDate() == 0, "statement.toDate") &&
         rules.Absent(statement.getChannel().size() == 0, "statement.channel") &&
         rules.Absent(statement.getAccount().size() == 0, "statement.account") &&
         rules.Absent(statement.getFormat().size() == 0, "statement.format") &&
         rules.Absent(statement.getContentHash().size() == 0, "statement.contentHash");
}

bool CheckBalance(schema::Statement::Reader statement, ShapeRules& rules) {
  return rules.Absent(statement.getHasBalance() || statement.getBalanceMinor() == 0,
                      "statement.balanceMinor") &&
         rules.Within(statement.getBalanceMinor(), "statement.balanceMinor");
}

bool HasNoBalance(schema::Statement::Reader statement, ShapeRules& rules) {
  return rules.Absent(!statement.getHasBalance(), "statement.hasBalance") &&
         rules.Absent(statement.getBalanceMinor() == 0, "statement.balanceMinor");
}

bool CheckHeader(schema::Statement::Reader statement, ShapeRules& rules) {
  return rules.Currency(statement.getAmount().getCurrency(), "statement.amount.currency") &&
         rules.RequiredId(statement.getParticipant(), "statement.participant") &&
         rules.Date(statement.getToDate(), "statement.toDate") &&
         (statement.getToDate() == 0 || statement.getToDate() >= statement.getDate() ||
          rules.Fail(Code::BAD_TIME, "statement.toDate", "before the first day")) &&
         rules.Id(statement.getChannel(), "statement.channel") &&
         rules.Text(statement.getAccount(), "statement.account") &&
         rules.Id(statement.getFormat(), "statement.format") &&
         rules.Digest(statement.getContentHash(), "statement.contentHash") &&
         CheckBalance(statement, rules) && HasNoLineFields(statement, rules) &&
         HasNoListFields(statement, rules) && HasNoTrailerFields(statement, rules);
}

bool CheckLine(schema::Statement::Reader statement, ShapeRules& rules) {
  const auto amount = statement.getAmount();
  return rules.Amount(amount.getMinor(), amount.getCurrency(), "statement.amount",
                      "statement.amount.minor", "statement.amount.currency") &&
         rules.Required(statement.getDirection() != schema::Direction::UNSTATED,
                        "statement.direction") &&
         rules.Required(statement.getLine() > 0, "statement.line") &&
         HasNoHeaderFields(statement, rules) && HasNoListFields(statement, rules) &&
         HasNoTrailerFields(statement, rules) && HasNoBalance(statement, rules) &&
         rules.Text(statement.getReference(), "statement.reference") &&
         rules.Free(statement.getStatus(), "statement.status");
}

bool CheckListed(schema::StatementLine::Reader line, unsigned at, ShapeRules& rules) {
  constexpr const char* kLines = "statement.lines";
  // Issuers list what cost nothing, too.
  return rules.NotNegative(line.getMinor(), {kLines, at, "minor"}) &&
         rules.Instant(line.getOccurredAt(), {kLines, at, "occurredAt"}) &&
         rules.Within(line.getFeeMinor(), {kLines, at, "feeMinor"}) &&
         rules.Absent(line.getHasBalance() || line.getBalanceMinor() == 0,
                      {kLines, at, "balanceMinor"}) &&
         rules.Within(line.getBalanceMinor(), {kLines, at, "balanceMinor"}) &&
         rules.Date(line.getDate(), {kLines, at, "date"}) &&
         rules.Known(line.getDirection(), schema::Direction::DEBIT, {kLines, at, "direction"}) &&
         rules.Required(line.getDirection() != schema::Direction::UNSTATED,
                        {kLines, at, "direction"}) &&
         rules.Known(line.getKind(), schema::StatementLineKind::ADJUSTMENT, {kLines, at, "kind"}) &&
         rules.Known(line.getOutcome(), schema::Outcome::FAILED, {kLines, at, "outcome"}) &&
         rules.Text(line.getReference(), {kLines, at, "reference"}) &&
         rules.Text(line.getOrderKey(), {kLines, at, "orderKey"}) &&
         rules.Text(line.getOriginalReference(), {kLines, at, "originalReference"}) &&
         rules.Free(line.getStatus(), {kLines, at, "status"});
}

bool CheckLines(schema::Statement::Reader statement, ShapeRules& rules) {
  const auto lines = statement.getLines();
  if (!rules.Currency(statement.getAmount().getCurrency(), "statement.amount.currency") ||
      !rules.Absent(statement.getAmount().getMinor() == 0, "statement.amount.minor") ||
      !rules.Absent(statement.getDirection() == schema::Direction::UNSTATED,
                    "statement.direction") ||
      !rules.Absent(statement.getReference().size() == 0, "statement.reference") ||
      !rules.Absent(statement.getStatus().size() == 0, "statement.status") ||
      !rules.Absent(statement.getDate() == 0, "statement.date") ||
      !rules.Required(statement.getLine() > 0, "statement.line") ||
      !rules.Required(lines.size() > 0, "statement.lines") ||
      !rules.ListSize(lines.size(), "statement.lines") || !HasNoHeaderFields(statement, rules) ||
      !HasNoTrailerFields(statement, rules) || !HasNoBalance(statement, rules)) {
    return false;
  }
  if (statement.getLine() > UINT32_MAX - lines.size()) {
    return rules.Fail(Code::AMOUNT_OUT_OF_RANGE, "statement.line");
  }
  for (unsigned i = 0; i < lines.size(); ++i) {
    if (!CheckListed(lines[i], i, rules)) return false;
  }
  return true;
}

bool CheckTrailer(schema::Statement::Reader statement, ShapeRules& rules) {
  return rules.NotNegative(statement.getCreditMinor(), "statement.creditMinor", INT64_MAX) &&
         rules.NotNegative(statement.getDebitMinor(), "statement.debitMinor", INT64_MAX) &&
         HasNoHeaderFields(statement, rules) && CheckBalance(statement, rules) &&
         HasNoLineFields(statement, rules) && HasNoListFields(statement, rules) &&
         rules.Absent(statement.getAmount().getCurrency() == 0, "statement.amount.currency") &&
         rules.Absent(statement.getDate() == 0, "statement.date");
}

}  // namespace

bool CheckSettlement(schema::Proposal::Reader proposal, ShapeRules& rules) {
  const auto settlement = proposal.getBody().getSettlement();
  using Action = schema::SettlementAction;
  const Action action = settlement.getAction();
  if (!rules.RequiredKey(proposal.getKey(), "key") ||
      !rules.Known(action, Action::LOSS_SHARED, "settlement.action") ||
      !rules.Id(settlement.getScheme(), "settlement.scheme")) {
    return false;
  }
  const bool settles = action == Action::SETTLED || action == Action::SETTLING;
  return rules.Absent(settles || settlement.getPositions().size() == 0, "settlement.positions") &&
         rules.Required(action != Action::SETTLING || settlement.getPositions().size() > 0,
                        "settlement.positions") &&
         rules.Absent(settlement.getCapMinor() == 0, "settlement.capMinor") &&
         CheckResolutionAsked(settlement, rules) && CheckDefault(settlement, rules) &&
         rules.Absent(action == Action::CLOSED || settlement.getNext().size() == 0,
                      "settlement.next") &&
         rules.Absent(action != Action::RESOLUTION_ASKED || settlement.getReference().size() == 0,
                      "settlement.reference") &&
         CheckPositions(settlement, rules) && rules.Key(settlement.getNext(), "settlement.next") &&
         rules.Text(settlement.getReference(), "settlement.reference") &&
         rules.Required(action != Action::ABORTED || settlement.getReason().size() > 0,
                        "settlement.reason") &&
         rules.Free(settlement.getReason(), "settlement.reason");
}

bool CheckStatement(schema::Proposal::Reader proposal, ShapeRules& rules) {
  const auto statement = proposal.getBody().getStatement();
  if (!rules.RequiredKey(proposal.getKey(), "key") ||
      !rules.Known(statement.getDirection(), schema::Direction::DEBIT, "statement.direction") ||
      !rules.Date(statement.getDate(), "statement.date")) {
    return false;
  }
  switch (statement.getAction()) {
    case schema::StatementAction::HEADER:
      return CheckHeader(statement, rules);
    case schema::StatementAction::LINE:
      return CheckLine(statement, rules);
    case schema::StatementAction::LINES:
      return CheckLines(statement, rules);
    case schema::StatementAction::TRAILER:
      return CheckTrailer(statement, rules);
  }
  return rules.Fail(Code::UNKNOWN_ENUM, "statement.action");
}

bool CheckResolution(schema::Proposal::Reader proposal, ShapeRules& rules) {
  constexpr const char* kLines = "resolution.lines";
  const auto resolution = proposal.getBody().getResolution();
  if (!rules.Key(proposal.getKey(), "key") ||
      !rules.Known(resolution.getKind(), schema::ResolutionKind::WITHDRAWN, "resolution.kind") ||
      !rules.Currency(resolution.getAmount().getCurrency(), "resolution.amount.currency")) {
    return false;
  }
  const auto lines = resolution.getLines();
  const auto movements = resolution.getMovements();
  constexpr const char* kMovements = "resolution.movements";
  const bool withdraws = resolution.getKind() == schema::ResolutionKind::WITHDRAWN;
  if (!rules.Id(resolution.getRule(), "resolution.rule") ||
      !(withdraws ? rules.RequiredKey(resolution.getWithdraws(), "resolution.withdraws") &&
                        rules.Absent(lines.size() == 0, kLines) &&
                        rules.Absent(movements.size() == 0, kMovements)
                  : rules.Absent(resolution.getWithdraws().size() == 0, "resolution.withdraws")) ||
      !rules.Required(withdraws || lines.size() + movements.size() > 0, kLines) ||
      !rules.ListSize(lines.size(), kLines) || !rules.ListSize(movements.size(), kMovements) ||
      !rules.Within(resolution.getMovementsMinor(), "resolution.movementsMinor", INT64_MAX) ||
      !rules.Absent(movements.size() > 0 || resolution.getMovementsMinor() == 0,
                    "resolution.movementsMinor")) {
    return false;
  }
  for (unsigned i = 0; i < movements.size(); ++i) {
    if (!rules.Reference(movements[i], {kMovements, i, "id"}, {kMovements, i, "source"})) {
      return false;
    }
  }
  for (unsigned i = 0; i < lines.size(); ++i) {
    if (!rules.Required(lines[i].getLine() > 0, {kLines, i, "line"}) ||
        !rules.RequiredKey(lines[i].getFile(), {kLines, i, "file"})) {
      return false;
    }
  }
  return rules.Required(resolution.getReason().size() > 0, "resolution.reason") &&
         rules.Free(resolution.getReason(), "resolution.reason") &&
         rules.RequiredPerson(resolution.getBy(), "resolution.by") &&
         rules.RequiredPerson(resolution.getApprovedBy(), "resolution.approvedBy");
}

}  // namespace longmen::codec
