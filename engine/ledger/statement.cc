// Statements and resolutions (docs/rules.md, Statement and resolution). They move nothing.
#include <set>

#include "engine/ledger/rules.h"

namespace longmen::engine {
namespace {

// Amounts of lines as they stand in a row: the sign in the lowest bit, then seven bits a byte, the
// low ones first, a high bit where more follow.
void AppendMinor(std::string& minors, int64_t minor) {
  auto rest = static_cast<uint64_t>(minor) << 1 ^ static_cast<uint64_t>(minor >> 63);
  for (; rest >= 0x80; rest >>= 7) minors.push_back(static_cast<char>(rest | 0x80));
  minors.push_back(static_cast<char>(rest));
}

int64_t MinorAt(std::string_view minors, uint32_t index) {
  uint64_t rest = 0;
  int shift = 0;
  for (const char byte : minors) {
    if (index == 0) rest |= (uint64_t{static_cast<uint8_t>(byte)} & 0x7f) << shift;
    shift += 7;
    if ((byte & 0x80) != 0) continue;
    if (index-- == 0) break;
    shift = 0;
  }
  return static_cast<int64_t>(rest >> 1 ^ (~(rest & 1) + 1));
}

int64_t MinorOf(const State& state, Ref<FileRow> file, uint32_t line) {
  const LinesKey key = LinesKey::Of(file, line);
  const LinesRow* row = state.file_lines.Find(key);
  CHECK(row != nullptr, "statement.lines", file.number, key.row);
  return MinorAt(row->minors, line - 1 - key.row * LinesKey::kLines);
}

bool IsTaken(const State& state, Ref<FileRow> file) {
  const auto& taken = state.taken_lines.values();
  const auto first = taken.lower_bound({file, 0});
  return first != taken.end() && first->file == file;
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
  if (statement.getCount() != file.lines) {
    return ladder.Refuse(Code::CONTROL_TOTAL_MISMATCH, "statement.count");
  }
  if (statement.getCreditMinor() != file.credits) {
    return ladder.Refuse(Code::CONTROL_TOTAL_MISMATCH, "statement.creditMinor");
  }
  if (statement.getDebitMinor() != file.debits) {
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
  if (file->complete || file->withdrawn) return ladder.Refuse(Code::FILE_COMPLETE, "key");
  if (statement.getAction() == schema::StatementAction::TRAILER) {
    return DecideTrailer(*file, statement);
  }
  if (statement.getAmount().getCurrency() != file->currency) {
    return ladder.Refuse(Code::CURRENCY_MISMATCH, "statement.amount.currency");
  }
  if (statement.getLine() != uint64_t{file->lines} + 1) {
    return ladder.Refuse(Code::LINE_OUT_OF_ORDER, "statement.line");
  }
  return {};
}

namespace {

int64_t SignedMinor(int64_t minor, schema::Direction direction) {
  return direction == schema::Direction::CREDIT ? minor : -minor;
}

// Adds lines of a record, their rows one after the other: a row is copied before it changes.
class AddedLines {
 public:
  AddedLines(State& state, Ref<FileRow> ref, Sequence at)
      : state_(state), ref_(ref), file_(state.files.Mutable(ref)), at_(at) {}

  void Add(int64_t minor) {
    (minor >= 0 ? file_.credits : file_.debits) += minor >= 0 ? minor : -minor;
    const LinesKey key = LinesKey::Of(ref_, ++file_.lines);
    if (row_ == nullptr || row_->row_key != key) {
      lines_ = state_.file_lines.Upsert(key);
      row_ = &state_.file_lines.Mutable(lines_);
      row_->changed = at_;
    }
    AppendMinor(row_->minors, minor);
    if (file_.lines % LinesKey::kLines == 0) Fill(state_, lines_, *row_, at_);
  }

  // Nothing is added to the file any more.
  static void End(State& state, Ref<FileRow> ref, Sequence at) {
    const uint32_t lines = state.files[ref].lines;
    if (lines % LinesKey::kLines == 0) return;
    const Ref<LinesRow> last = state.file_lines.RefOf(LinesKey::Of(ref, lines));
    Fill(state, last, state.file_lines.Mutable(last), at);
  }

 private:
  static void Fill(State& state, Ref<LinesRow> ref, LinesRow& row, Sequence at) {
    row.full = true;
    row.changed = at;
    Age(state, Aged::Kind::kLines, ref, at);
  }

  State& state_;
  const Ref<FileRow> ref_;
  FileRow& file_;
  const Sequence at_;
  Ref<LinesRow> lines_;
  LinesRow* row_ = nullptr;
};

}  // namespace

void ApplyStatement(Change& change) {
  State& state = change.state;
  const auto statement = change.proposal.getBody().getStatement();
  const Ref<FileRow> ref = state.files.Upsert(change.opened.key());
  switch (statement.getAction()) {
    case schema::StatementAction::HEADER: {
      FileRow& file = state.files.Mutable(ref);
      file.participant = state.participants.RefOf(View(statement.getParticipant()));
      file.currency = statement.getAmount().getCurrency();
      break;
    }
    case schema::StatementAction::LINE:
      AddedLines(state, ref, change.header.sequence)
          .Add(SignedMinor(statement.getAmount().getMinor(), statement.getDirection()));
      break;
    case schema::StatementAction::LINES: {
      AddedLines added(state, ref, change.header.sequence);
      for (auto line : statement.getLines()) {
        added.Add(SignedMinor(line.getMinor(), line.getDirection()));
      }
      break;
    }
    case schema::StatementAction::TRAILER:
      state.files.Mutable(ref).complete = true;
      AddedLines::End(state, ref, change.header.sequence);
      break;
  }
}

namespace {

// Why a file cannot be withdrawn.
Decision DecideWithdrawal(const State& state, schema::Resolution::Reader resolution) {
  const Ref<FileRow> ref = state.files.RefOf(View(resolution.getWithdraws()));
  const FileRow* file = state.files.Find(ref);
  const char* field = "resolution.withdraws";
  if (file == nullptr) return Ladder().Refuse(Code::UNKNOWN_FILE, field);
  if (file->withdrawn) return Ladder().Refuse(Code::ALREADY_RESOLVED, field);
  if (IsTaken(state, ref)) return Ladder().Refuse(Code::LINE_TAKEN, field);
  if (file->currency != resolution.getAmount().getCurrency()) {
    return Ladder().Refuse(Code::CURRENCY_MISMATCH, "resolution.amount.currency");
  }
  return {};
}

bool IsTaken(const State& state, Sequence movement, std::string_view rule) {
  const auto& taken = state.taken.values();
  const auto first = taken.lower_bound({movement, ""});
  if (first == taken.end() || first->movement != movement) return false;
  return rule.empty() || first->rule.empty() || taken.contains({movement, std::string(rule)});
}

// What follows a report may not have the order pay twice.
bool PaysTooMuch(const State& state, const MovementRow& movement) {
  if (!movement.has_order()) return false;
  const OrderRow& order = *state.orders.Find({movement.scenario, movement.key});
  return static_cast<__int128>(order.paid) + order.in_flight > order.amount;
}

// The sum of the lines it names, or why it may not name them.
Decision DecideLines(const Asked& asked, schema::Resolution::Reader resolution, __int128& sum) {
  const Ladder ladder;
  const State& state = asked.state;
  const auto lines = resolution.getLines();
  std::set<std::pair<std::string_view, uint32_t>> named;
  for (uint32_t i = 0; i < lines.size(); ++i) {
    const Ref<FileRow> ref = state.files.RefOf(View(lines[i].getFile()));
    const std::string file_field = Indexed("resolution.lines", i, "file");
    const std::string line_field = Indexed("resolution.lines", i, "line");
    if (ref.empty()) return ladder.Refuse(Code::UNKNOWN_FILE, file_field);
    const FileRow& file = state.files[ref];
    if (!file.complete) return ladder.Refuse(Code::FILE_INCOMPLETE, file_field);
    const uint32_t number = lines[i].getLine();
    if (number == 0 || number > file.lines) return ladder.Refuse(Code::UNKNOWN_LINE, line_field);
    if (file.withdrawn || state.taken_lines.values().contains({ref, number}) ||
        !named.insert({View(lines[i].getFile()), number}).second) {
      return ladder.Refuse(Code::LINE_TAKEN, line_field);
    }
    if (file.currency != resolution.getAmount().getCurrency()) {
      return ladder.Refuse(Code::CURRENCY_MISMATCH, "resolution.amount.currency");
    }
    sum += MinorOf(state, ref, number);
  }
  return {};
}

Decision DecideMovements(const Asked& asked, schema::Resolution::Reader resolution, __int128& sum) {
  const Ladder ladder;
  const State& state = asked.state;
  const auto movements = resolution.getMovements();
  std::set<Sequence> named;
  for (uint32_t i = 0; i < movements.size(); ++i) {
    const Ref<MovementRow> ref =
        FindMovement(state, SourceOf(movements[i], asked.opened), View(movements[i].getId()));
    const std::string field = Indexed("resolution.movements", i, "id");
    if (ref.empty()) return ladder.Refuse(Code::UNKNOWN_MOVEMENT, field);
    const MovementRow& movement = state.movements[ref];
    if (IsTaken(state, movement.sequence, View(resolution.getRule())) ||
        !named.insert(movement.sequence).second) {
      return ladder.Refuse(Code::MOVEMENT_TAKEN, field);
    }
    if (movement.payee_currency() != resolution.getAmount().getCurrency()) {
      return ladder.Refuse(Code::CURRENCY_MISMATCH, "resolution.amount.currency");
    }
    if (resolution.getKind() == schema::ResolutionKind::ADJUSTED && PaysTooMuch(state, movement)) {
      return ladder.Refuse(Code::EXCEEDS_ORDER, field);
    }
    const bool refund = movement.kind == MovementKind::kRefund;
    sum += refund ? -movement.payee_minor() : movement.payee_minor();
  }
  return {};
}

}  // namespace

Decision DecideResolution(const Asked& asked) {
  const Ladder ladder;
  const auto resolution = asked.proposal.getBody().getResolution();
  __int128 lines = 0;
  __int128 movements = 0;
  Decision decision = resolution.getKind() == schema::ResolutionKind::WITHDRAWN
                          ? DecideWithdrawal(asked.state, resolution)
                          : DecideLines(asked, resolution, lines);
  if (decision.accepted()) decision = DecideMovements(asked, resolution, movements);
  if (!decision.accepted()) return decision;
  if (View(resolution.getBy()) == View(resolution.getApprovedBy())) {
    return ladder.Refuse(Code::SAME_APPROVER, "resolution.approvedBy");
  }
  if (lines != resolution.getAmount().getMinor()) {
    return ladder.Refuse(Code::AMOUNT_MISMATCH, "resolution.amount.minor");
  }
  if (movements != resolution.getMovementsMinor()) {
    return ladder.Refuse(Code::AMOUNT_MISMATCH, "resolution.movementsMinor");
  }
  return {};
}

void ApplyResolution(Change& change) {
  State& state = change.state;
  const auto resolution = change.proposal.getBody().getResolution();
  for (auto movement : resolution.getMovements()) {
    const Ref<MovementRow> ref =
        FindMovement(state, SourceOf(movement, change.opened), View(movement.getId()));
    change.effects.named.push_back(state.movements[ref].sequence);
  }
  if (resolution.getKind() == schema::ResolutionKind::WAITING) return;
  if (resolution.getKind() == schema::ResolutionKind::WITHDRAWN) {
    const Ref<FileRow> ref = state.files.RefOf(View(resolution.getWithdraws()));
    FileRow& file = state.files.Mutable(ref);
    file.withdrawn = true;
    if (!file.complete) AddedLines::End(state, ref, change.header.sequence);
  }
  for (const Sequence movement : change.effects.named) {
    state.taken.Insert({movement, std::string(View(resolution.getRule()))});
  }
  for (auto line : resolution.getLines()) {
    state.taken_lines.Insert({state.files.RefOf(View(line.getFile())), line.getLine()});
  }
}

}  // namespace longmen::engine
