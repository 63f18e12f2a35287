// Statements and resolutions (docs/rules.md, Statement and resolution). They move nothing.
#include <set>

#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

struct Totals {
  __int128 credit = 0;
  __int128 debit = 0;
};
Totals TotalsOf(const FileRow& file) {
  Totals totals;
  for (const LineRow& line : file.lines) {
    (line.minor >= 0 ? totals.credit : totals.debit) += line.minor;
  }
  totals.debit = -totals.debit;
  return totals;
}

Decision DecideHeader(const Asked& asked, schema::Statement::Reader statement) {
  const Ladder ladder;
  if (asked.state.participants.Find(View(statement.getParticipant())) == nullptr) {
    return ladder.Refuse(Code::UNKNOWN_PARTICIPANT, "statement.participant");
  }
  if (asked.state.files.Find(asked.opened.key()) != nullptr) {
    return ladder.Refuse(Code::FILE_EXISTS, "key");
  }
  return {};
}

Decision DecideTrailer(const FileRow& file, schema::Statement::Reader statement) {
  const Ladder ladder;
  const Totals totals = TotalsOf(file);
  if (statement.getCount() != file.lines.size()) {
    return ladder.Refuse(Code::CONTROL_TOTAL_MISMATCH, "statement.count");
  }
  if (statement.getCreditMinor() != totals.credit) {
    return ladder.Refuse(Code::CONTROL_TOTAL_MISMATCH, "statement.creditMinor");
  }
  if (statement.getDebitMinor() != totals.debit) {
    return ladder.Refuse(Code::CONTROL_TOTAL_MISMATCH, "statement.debitMinor");
  }
  return {};
}

}  // namespace

Decision DecideStatement(const Asked& asked) {
  const Ladder ladder;
  const auto statement = asked.proposal.getBody().getStatement();
  if (statement.getAction() == schema::StatementAction::HEADER) {
    return DecideHeader(asked, statement);
  }
  const FileRow* file = asked.state.files.Find(asked.opened.key());
  if (file == nullptr) return ladder.Refuse(Code::UNKNOWN_FILE, "key");
  if (file->complete) return ladder.Refuse(Code::FILE_COMPLETE, "key");
  if (statement.getAction() == schema::StatementAction::TRAILER) {
    return DecideTrailer(*file, statement);
  }
  if (statement.getAmount().getCurrency() != file->currency) {
    return ladder.Refuse(Code::CURRENCY_MISMATCH, "statement.amount.currency");
  }
  if (statement.getLine() != file->lines.size() + 1) {
    return ladder.Refuse(Code::LINE_OUT_OF_ORDER, "statement.line");
  }
  return {};
}

void ApplyStatement(Change& change) {
  State& state = change.state;
  const auto statement = change.proposal.getBody().getStatement();
  FileRow& file = state.files.Mutable(state.files.Upsert(change.opened.key()));
  switch (statement.getAction()) {
    case schema::StatementAction::HEADER:
      file.participant = state.participants.RefOf(View(statement.getParticipant()));
      file.currency = statement.getAmount().getCurrency();
      break;
    case schema::StatementAction::LINE: {
      const int64_t minor = statement.getAmount().getMinor();
      file.lines.push_back(
          {statement.getDirection() == schema::Direction::CREDIT ? minor : -minor, false});
      break;
    }
    case schema::StatementAction::TRAILER:
      file.complete = true;
      break;
  }
}

Decision DecideResolution(const Asked& asked) {
  const Ladder ladder;
  const auto resolution = asked.proposal.getBody().getResolution();
  const auto lines = resolution.getLines();
  std::set<std::pair<std::string_view, uint32_t>> named;
  __int128 sum = 0;
  for (uint32_t i = 0; i < lines.size(); ++i) {
    const FileRow* file = asked.state.files.Find(View(lines[i].getFile()));
    const std::string file_field = Indexed("resolution.lines", i, "file");
    const std::string line_field = Indexed("resolution.lines", i, "line");
    if (file == nullptr) return ladder.Refuse(Code::UNKNOWN_FILE, file_field);
    if (!file->complete) return ladder.Refuse(Code::FILE_INCOMPLETE, file_field);
    const uint32_t line = lines[i].getLine();
    if (line == 0 || line > file->lines.size()) {
      return ladder.Refuse(Code::UNKNOWN_LINE, line_field);
    }
    if (file->lines[line - 1].taken || !named.insert({View(lines[i].getFile()), line}).second) {
      return ladder.Refuse(Code::LINE_TAKEN, line_field);
    }
    if (file->currency != resolution.getAmount().getCurrency()) {
      return ladder.Refuse(Code::CURRENCY_MISMATCH, "resolution.amount.currency");
    }
    sum += file->lines[line - 1].minor;
  }
  if (View(resolution.getBy()) == View(resolution.getApprovedBy())) {
    return ladder.Refuse(Code::SAME_APPROVER, "resolution.approvedBy");
  }
  if (sum != resolution.getAmount().getMinor()) {
    return ladder.Refuse(Code::AMOUNT_MISMATCH, "resolution.amount.minor");
  }
  return {};
}

void ApplyResolution(Change& change) {
  const auto resolution = change.proposal.getBody().getResolution();
  if (resolution.getKind() == schema::ResolutionKind::WAITING) return;
  for (auto line : resolution.getLines()) {
    auto& files = change.state.files;
    FileRow& file = files.Mutable(files.RefOf(View(line.getFile())));
    file.lines[line.getLine() - 1].taken = true;
  }
}

}  // namespace longmen::engine
