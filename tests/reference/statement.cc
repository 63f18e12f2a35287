#include <algorithm>

#include "tests/reference/decision.h"

namespace longmen::reference {

void Decision::DecideStatement() {
  auto given = proposal_.getBody().getStatement();
  const auto found = state_.files.find(key_);
  const bool exists = found != state_.files.end();
  if (given.getAction() == schema::StatementAction::HEADER) {
    const std::string participant = Str(given.getParticipant());
    RefuseIf(!MayTouch(participant), Code::NOT_PERMITTED, "statement.participant");
    RefuseIf(!state_.participants.contains(participant), Code::UNKNOWN_PARTICIPANT,
             "statement.participant");
    RefuseIf(exists, Code::FILE_EXISTS, "key");
    state_.files[key_] = {participant, given.getAmount().getCurrency(), false, {}, false};
    return;
  }
  RefuseIf(exists && !MayTouch(found->second.participant), Code::NOT_PERMITTED,
           "statement.participant");
  RefuseIf(!exists, Code::UNKNOWN_FILE, "key");
  StatementFile& file = found->second;
  RefuseIf(file.complete || file.withdrawn, Code::FILE_COMPLETE, "key");
  if (given.getAction() == schema::StatementAction::LINE) {
    RefuseIf(given.getAmount().getCurrency() != file.currency, Code::CURRENCY_MISMATCH,
             "statement.amount.currency");
    RefuseIf(given.getLine() != file.lines.size() + 1, Code::LINE_OUT_OF_ORDER, "statement.line");
    file.lines.push_back({given.getAmount().getMinor(), given.getDirection(), false});
    return;
  }
  if (given.getAction() == schema::StatementAction::LINES) {
    RefuseIf(given.getAmount().getCurrency() != file.currency, Code::CURRENCY_MISMATCH,
             "statement.amount.currency");
    RefuseIf(given.getLine() != file.lines.size() + 1, Code::LINE_OUT_OF_ORDER, "statement.line");
    for (auto line : given.getLines()) {
      file.lines.push_back({line.getMinor(), line.getDirection(), false});
    }
    return;
  }
  Wide credits = 0;
  Wide debits = 0;
  for (const StatementLine& line : file.lines) {
    (line.direction == schema::Direction::CREDIT ? credits : debits) += line.minor;
  }
  RefuseIf(given.getCount() != file.lines.size(), Code::CONTROL_TOTAL_MISMATCH, "statement.count");
  RefuseIf(given.getCreditMinor() != credits, Code::CONTROL_TOTAL_MISMATCH,
           "statement.creditMinor");
  RefuseIf(given.getDebitMinor() != debits, Code::CONTROL_TOTAL_MISMATCH, "statement.debitMinor");
  file.complete = true;
}

const Movement* Decision::MovementNamed(schema::Reference::Reader reference) const {
  const std::string source =
      reference.hasSource() ? Str(reference.getSource()) : Str(proposal_.getSource());
  const auto began = state_.began.find({source, Str(reference.getId())});
  return began == state_.began.end() ? nullptr : &state_.movements.at(began->second);
}

bool Decision::MayTouchMovement(const Movement& movement) const {
  bool may = MayTouchAccount(movement.payer);
  for (const Part& leg : movement.legs) may = may || MayTouchAccount(leg.account);
  return may;
}

void Decision::DecideResolution() {
  auto given = proposal_.getBody().getResolution();
  auto lines = given.getLines();
  for (unsigned i = 0; i < lines.size(); ++i) {
    const auto file = state_.files.find(Str(lines[i].getFile()));
    RefuseIf(file != state_.files.end() && !MayTouch(file->second.participant), Code::NOT_PERMITTED,
             Indexed("resolution.lines", i, ".file"));
  }
  const auto withdrawn = state_.files.find(Str(given.getWithdraws()));
  const bool withdraws = given.getKind() == schema::ResolutionKind::WITHDRAWN;
  RefuseIf(withdrawn != state_.files.end() && !MayTouch(withdrawn->second.participant),
           Code::NOT_PERMITTED, "resolution.withdraws");
  std::vector<const Movement*> movements;
  for (auto movement : given.getMovements()) {
    movements.push_back(MovementNamed(movement));
    RefuseIf(movements.back() != nullptr && !MayTouchMovement(*movements.back()),
             Code::NOT_PERMITTED,
             Indexed("resolution.movements", static_cast<unsigned>(movements.size() - 1), ".id"));
  }
  if (withdraws) {
    RefuseIf(withdrawn == state_.files.end(), Code::UNKNOWN_FILE, "resolution.withdraws");
    const StatementFile& file = withdrawn->second;
    RefuseIf(file.withdrawn, Code::ALREADY_RESOLVED, "resolution.withdraws");
    for (const StatementLine& line : file.lines) {
      RefuseIf(line.taken, Code::LINE_TAKEN, "resolution.withdraws");
    }
    RefuseIf(file.currency != given.getAmount().getCurrency(), Code::CURRENCY_MISMATCH,
             "resolution.amount.currency");
  }
  Wide sum = 0;
  for (unsigned i = 0; i < lines.size(); ++i) {
    const std::string file_field = Indexed("resolution.lines", i, ".file");
    const std::string line_field = Indexed("resolution.lines", i, ".line");
    const auto found = state_.files.find(Str(lines[i].getFile()));
    RefuseIf(found == state_.files.end(), Code::UNKNOWN_FILE, file_field);
    const StatementFile& file = found->second;
    const uint32_t number = lines[i].getLine();
    RefuseIf(!file.complete, Code::FILE_INCOMPLETE, file_field);
    RefuseIf(number == 0 || number > file.lines.size(), Code::UNKNOWN_LINE, line_field);
    const StatementLine& line = file.lines[number - 1];
    bool named_before = false;
    for (unsigned j = 0; j < i; ++j) {
      if (lines[j].getFile() == lines[i].getFile() && lines[j].getLine() == number) {
        named_before = true;
      }
    }
    RefuseIf(file.withdrawn || line.taken || named_before, Code::LINE_TAKEN, line_field);
    RefuseIf(file.currency != given.getAmount().getCurrency(), Code::CURRENCY_MISMATCH,
             "resolution.amount.currency");
    sum += line.direction == schema::Direction::CREDIT ? Wide{line.minor} : -Wide{line.minor};
  }
  Wide moved = 0;
  for (unsigned i = 0; i < movements.size(); ++i) {
    const std::string field = Indexed("resolution.movements", i, ".id");
    RefuseIf(movements[i] == nullptr, Code::UNKNOWN_MOVEMENT, field);
    const Movement& movement = *movements[i];
    const bool named_before =
        std::find(movements.begin(), movements.begin() + i, &movement) != movements.begin() + i;
    bool taken = false;
    for (const auto& [name, rule] : state_.resolved) {
      const bool same =
          rule.empty() || rule == Str(given.getRule()) || Str(given.getRule()).empty();
      if (name == movement.sequence && same) taken = true;
    }
    RefuseIf(taken || named_before, Code::MOVEMENT_TAKEN, field);
    RefuseIf(movement.payees_currency() != given.getAmount().getCurrency(), Code::CURRENCY_MISMATCH,
             "resolution.amount.currency");
    const auto order = state_.orders.find(movement.name);
    const bool of_order =
        movement.kind == MovementKind::kDebit && movement.debit_kind == schema::DebitKind::PAYMENT;
    RefuseIf(given.getKind() == schema::ResolutionKind::ADJUSTED && of_order &&
                 state_.DebitsOf(movement.name, false) + state_.DebitsOf(movement.name, true) >
                     order->second.amount,
             Code::EXCEEDS_ORDER, field);
    moved += movement.kind == MovementKind::kRefund ? -Wide{movement.payees_amount()}
                                                    : Wide{movement.payees_amount()};
  }
  RefuseIf(given.getBy() == given.getApprovedBy(), Code::SAME_APPROVER, "resolution.approvedBy");
  RefuseIf(sum != given.getAmount().getMinor(), Code::AMOUNT_MISMATCH, "resolution.amount.minor");
  RefuseIf(moved != given.getMovementsMinor(), Code::AMOUNT_MISMATCH, "resolution.movementsMinor");
  if (given.getKind() == schema::ResolutionKind::WAITING) return;
  if (withdraws) withdrawn->second.withdrawn = true;
  for (const Movement* movement : movements) {
    state_.resolved.insert({movement->sequence, Str(given.getRule())});
  }
  for (auto line : lines) {
    state_.files.at(Str(line.getFile())).lines.at(line.getLine() - 1).taken = true;
  }
}

}  // namespace longmen::reference
