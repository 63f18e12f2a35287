#include "projections/statements/statements.h"

#include <algorithm>

#include "projections/balances/balances.h"
#include "projections/journal/journal.h"
#include "projections/store/applied.h"
#include "projections/store/by_name.h"
#include "projections/store/encoding.h"

namespace longmen::projections {

namespace {

constexpr std::string_view kAccounts = "statements/a";  // account -> Holder
// sequence / kRowRecords, account -> StoredLines, appended. Time comes first, so that what is old
// is never written again; a reader asks for an account in each row of its range.
constexpr std::string_view kLines = "statements/l";
constexpr Sequence kRowRecords = 1u << 16;

struct Holder {
  std::string participant;
  DayNumber registered_on = 0;
};

template <typename Archive>
void Fields(Archive& archive, Holder& holder) {
  archive(holder.participant, holder.registered_on);
}

// What the journal does not say of a line.
struct StoredLine {
  uint32_t offset = 0;  // of its sequence in the row
  uint32_t index = 0;
  int64_t balance = 0;
};

template <typename Archive>
void Fields(Archive& archive, StoredLine& line) {
  archive(line.offset, line.index, line.balance);
}

Result<Holder> FindHolder(const ReadStore& store, std::string_view account) {
  return Read<Holder>(store, KeyWriter(kAccounts).Text(account), "such account");
}

Result<StatementLine> ToLine(Sequence sequence, const StoredLine& stored, JournalReader& journal) {
  const auto entry = journal.At(sequence);
  if (!entry.ok() || stored.index >= (*entry)->postings.size()) {
    return Error{Code::CORRUPT, "account", fmt::format("line {} has no posting", sequence)};
  }
  const JournalEntry& from = **entry;
  return StatementLine{.sequence = sequence,
                       .index = stored.index,
                       .recorded_at = from.recorded_at,
                       .occurred_at = from.occurred_at,
                       .book_date = from.book_date,
                       .body = from.body,
                       .key = from.key,
                       .amount = from.postings[stored.index].amount.minor,
                       .balance = stored.balance};
}

Result<std::vector<StoredLine>> RowOf(const ReadStore& store, std::string_view account,
                                      uint64_t row) {
  const auto bytes = store.Get(KeyWriter(kLines).Number(row).Text(account));
  if (!bytes) return std::vector<StoredLine>{};
  return DecodeSeries<StoredLine>(*bytes);
}

// Lines from a sequence on, and not past `last`, until `visit` says false.
Status EachLine(const ReadStore& store, std::string_view account, Sequence from, Sequence last,
                const std::function<bool(StatementLine&)>& visit) {
  const auto applied = ReadApplied(store);
  if (!applied.ok()) return applied.error();
  last = std::min(last, applied->sequence);
  JournalReader journal(store);
  for (uint64_t row = from / kRowRecords; row <= last / kRowRecords; ++row) {
    const auto of_row = RowOf(store, account, row);
    if (!of_row.ok()) return of_row.error();
    for (const StoredLine& stored : *of_row) {
      const Sequence sequence = row * kRowRecords + stored.offset;
      if (sequence < from) continue;
      if (sequence > last) return Ok();
      auto line = ToLine(sequence, stored, journal);
      if (!line.ok()) return line.error();
      if (!visit(*line)) return Ok();
    }
  }
  return Ok();
}

// The balance that the records before a sequence left. `now` is as its last record left it, so that
// there is no line past that.
Result<int64_t> BalanceBefore(const ReadStore& store, std::string_view account, const Balance& now,
                              Sequence sequence) {
  int64_t balance = now.state.balance.minor;
  if (now.sequence < sequence) return balance;
  RETURN_IF_ERROR(EachLine(store, account, sequence, now.sequence, [&](const StatementLine& line) {
    balance = line.balance - line.amount;
    return false;
  }));
  return balance;
}

}  // namespace

Result<AccountStatement> OpenStatement(const ReadStore& store, std::string_view account,
                                       DayNumber from, DayNumber to) {
  const auto holder = FindHolder(store, account);
  if (!holder.ok()) return holder.error();
  const auto now = FindBalance(store, account);
  if (!now.ok()) return now.error();
  const auto range = RangeOfDates(store, from, to);
  if (!range.ok()) return range.error();
  if (to < holder->registered_on) {
    return Error{
        Code::UNANSWERABLE, "to",
        fmt::format("{} is registered since {}", account, FormatDate(holder->registered_on))};
  }
  AccountStatement statement{.account = std::string(account),
                             .participant = holder->participant,
                             .currency = now->state.balance.currency,
                             .from = from,
                             .to = to,
                             .range = *range,
                             .lines = {},
                             .credits = {},
                             .debits = {}};
  const auto opening = BalanceBefore(store, account, *now, range->first);
  if (!opening.ok()) return opening.error();
  const auto closing = BalanceBefore(store, account, *now, range->last + 1);
  if (!closing.ok()) return closing.error();
  statement.opening = *opening;
  statement.closing = *closing;
  return statement;
}

Status EachStatementLine(const ReadStore& store, AccountStatement& statement,
                         const std::function<bool(StatementLine&)>& visit) {
  int64_t balance = statement.opening;
  Sequence broken = 0;
  bool whole = true;
  RETURN_IF_ERROR(EachLine(store, statement.account, statement.range.first, statement.range.last,
                           [&](StatementLine& line) {
                             if (__builtin_add_overflow(balance, line.amount, &balance) ||
                                 balance != line.balance) {
                               broken = line.sequence;
                               return false;
                             }
                             if (line.amount > 0) statement.credits.Add(line.amount);
                             if (line.amount < 0) statement.debits.Add(-line.amount);
                             whole = visit(line);
                             return whole;
                           }));
  if (broken != 0) {
    return Error{Code::CORRUPT, "account",
                 fmt::format("line {} of {} does not add up", broken, statement.account)};
  }
  if (whole && balance != statement.closing) {
    return Error{Code::CORRUPT, "account", fmt::format("{} does not close", statement.account)};
  }
  return Ok();
}

Result<AccountStatement> StatementOf(const ReadStore& store, std::string_view account,
                                     DayNumber from, DayNumber to) {
  auto statement = OpenStatement(store, account, from, to);
  if (!statement.ok()) return statement.error();
  RETURN_IF_ERROR(EachStatementLine(store, *statement, [&](StatementLine& line) {
    statement->lines.push_back(std::move(line));
    return true;
  }));
  return statement;
}

Result<int64_t> BalanceAfter(const ReadStore& store, std::string_view account, Sequence sequence) {
  // The last line up to there says it, and mostly it is near.
  const auto of_row = RowOf(store, account, sequence / kRowRecords);
  if (!of_row.ok()) return of_row.error();
  const auto offset = static_cast<uint32_t>(sequence % kRowRecords);
  const auto next = std::ranges::upper_bound(*of_row, offset, {}, &StoredLine::offset);
  if (next != of_row->begin()) return std::prev(next)->balance;
  const auto now = FindBalance(store, account);
  if (!now.ok()) return now.error();
  return BalanceBefore(store, account, *now, sequence + 1);
}

Result<std::vector<StatementLine>> LinesOf(const ReadStore& store, std::string_view account,
                                           Sequence after, size_t limit) {
  const auto holder = FindHolder(store, account);
  if (!holder.ok()) return holder.error();
  std::vector<StatementLine> lines;
  if (limit == 0) return lines;
  RETURN_IF_ERROR(EachLine(store, account, after + 1, UINT64_MAX, [&](StatementLine& line) {
    lines.push_back(std::move(line));
    return lines.size() < limit;
  }));
  return lines;
}

namespace {

// Gathers the lines of each account that go to the same row.
class StatementsFolder final : public Folder {
 public:
  explicit StatementsFolder(Store& store) : store_(store) {}

  void Fold(const RecordView& record, schema::Proposal::Reader proposal,
            const Effects& effects) override {
    const Sequence sequence = record.header.sequence;
    if (sequence / kRowRecords != row_) WriteRows();
    row_ = sequence / kRowRecords;
    if (BodyOf(proposal) == Body::kRegistration) Register(record, effects);
    if (effects.postings.empty()) return;
    for (const AccountState& state : effects.accounts) AddLines(sequence, state, effects);
  }
  void Finish() override { WriteRows(); }

 private:
  void Register(const RecordView& record, const Effects& effects) {
    for (const AccountState& state : effects.accounts) {
      const KeyWriter key = std::move(KeyWriter(kAccounts).Text(state.account));
      if (store_.Get(key)) continue;
      PutEncoded(
          store_, key,
          Holder{.participant = state.participant, .registered_on = record.header.book_date});
    }
  }

  void AddLines(Sequence sequence, const AccountState& state, const Effects& effects) {
    // The balance before the record; each posting moves it on.
    int64_t balance = state.balance.minor;
    for (const Posting& posting : effects.postings) {
      if (posting.account == state.account) balance -= posting.amount.minor;
    }
    for (size_t i = 0; i < effects.postings.size(); ++i) {
      const Posting& posting = effects.postings[i];
      if (posting.account != state.account) continue;
      balance += posting.amount.minor;
      ValueWriter line;
      WriteFields(line, StoredLine{.offset = static_cast<uint32_t>(sequence % kRowRecords),
                                   .index = static_cast<uint32_t>(i),
                                   .balance = balance});
      lines_[state.account].append(line.bytes());
    }
  }

  void WriteRows() {
    for (const auto& [account, lines] : lines_.entries()) {
      store_.Append(KeyWriter(kLines).Number(row_).Text(account), lines);
    }
    lines_.Clear();
  }

  Store& store_;
  Sequence row_ = 0;
  ByName<std::string> lines_;  // of that row
};

}  // namespace

std::unique_ptr<Folder> StatementsProjection::Begin(Store& store) const {
  return std::make_unique<StatementsFolder>(store);
}

}  // namespace longmen::projections
