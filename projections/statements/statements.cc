#include "projections/statements/statements.h"

#include "projections/store/encoding.h"

namespace longmen::projections {

template <typename Archive>
static void Fields(Archive& archive, StatementLine& line) {
  archive(line.sequence, line.index, line.recorded_at, line.occurred_at, line.book_date);
  archive(line.body, line.key, line.amount, line.balance);
}

namespace {

constexpr std::string_view kAccounts = "statements/a";  // account -> Holder
constexpr std::string_view kLines = "statements/l";     // account, sequence, index -> StatementLine

struct Holder {
  std::string participant;
  Money balance;
  DayNumber registered_on = 0;
};

template <typename Archive>
void Fields(Archive& archive, Holder& holder) {
  archive(holder.participant, holder.balance, holder.registered_on);
}

Result<Holder> FindHolder(const ReadStore& store, std::string_view account) {
  return Read<Holder>(store, KeyWriter(kAccounts).Text(account), "such account");
}

// Lines from a sequence on, and not past `last`.
Result<std::vector<StatementLine>> Lines(const ReadStore& store, std::string_view account,
                                         Sequence from, Sequence last, size_t limit) {
  const KeyWriter prefix = std::move(KeyWriter(kLines).Text(account));
  // A line's key goes on with its index, so the bare sequence stands before all of its lines.
  const KeyWriter after = std::move(KeyWriter(prefix).Number(from));
  std::vector<StatementLine> lines;
  std::optional<Error> error;
  store.Scan(prefix, after, [&](std::string_view, std::string_view value) {
    auto line = Decode<StatementLine>(value);
    if (!line.ok()) error = line.error();
    if (!line.ok() || line->sequence > last || lines.size() >= limit) return false;
    lines.push_back(std::move(line).value());
    return true;
  });
  if (error) return *error;
  return lines;
}

// The balance that the records before a sequence left.
Result<int64_t> BalanceBefore(const ReadStore& store, std::string_view account,
                              const Holder& holder, Sequence sequence) {
  const auto next = Lines(store, account, sequence, UINT64_MAX, 1);
  if (!next.ok()) return next.error();
  if (next->empty()) return holder.balance.minor;
  return next->front().balance - next->front().amount;
}

Status AddUp(AccountStatement& statement) {
  int64_t balance = statement.opening;
  for (const StatementLine& line : statement.lines) {
    if (__builtin_add_overflow(balance, line.amount, &balance) || balance != line.balance) {
      return Error{Code::CORRUPT, "account",
                   fmt::format("line {} of {} does not add up", line.sequence, statement.account)};
    }
    if (line.amount > 0) statement.credits.Add(line.amount);
    if (line.amount < 0) statement.debits.Add(-line.amount);
  }
  if (balance != statement.closing) {
    return Error{Code::CORRUPT, "account", fmt::format("{} does not close", statement.account)};
  }
  return Ok();
}

}  // namespace

Result<AccountStatement> StatementOf(const ReadStore& store, std::string_view account,
                                     DayNumber from, DayNumber to) {
  const auto holder = FindHolder(store, account);
  if (!holder.ok()) return holder.error();
  const auto range = RangeOfDates(store, from, to);
  if (!range.ok()) return range.error();
  if (to < holder->registered_on) {
    return Error{
        Code::UNANSWERABLE, "to",
        fmt::format("{} is registered since {}", account, FormatDate(holder->registered_on))};
  }
  AccountStatement statement{.account = std::string(account),
                             .participant = holder->participant,
                             .currency = holder->balance.currency,
                             .from = from,
                             .to = to,
                             .range = *range,
                             .lines = {},
                             .credits = {},
                             .debits = {}};
  const auto opening = BalanceBefore(store, account, *holder, range->first);
  if (!opening.ok()) return opening.error();
  const auto closing = BalanceBefore(store, account, *holder, range->last + 1);
  if (!closing.ok()) return closing.error();
  statement.opening = *opening;
  statement.closing = *closing;
  auto lines = Lines(store, account, range->first, range->last, SIZE_MAX);
  if (!lines.ok()) return lines.error();
  statement.lines = std::move(lines).value();
  RETURN_IF_ERROR(AddUp(statement));
  return statement;
}

Result<std::vector<StatementLine>> LinesOf(const ReadStore& store, std::string_view account,
                                           Sequence after, size_t limit) {
  const auto holder = FindHolder(store, account);
  if (!holder.ok()) return holder.error();
  return Lines(store, account, after + 1, UINT64_MAX, limit);
}

void StatementsProjection::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                                const Effects& effects, Store& store) const {
  for (const AccountState& state : effects.accounts) {
    const KeyWriter key = std::move(KeyWriter(kAccounts).Text(state.account));
    Holder holder = LoadOr(store, key,
                           Holder{.participant = state.participant,
                                  .balance = {},
                                  .registered_on = record.header.book_date});
    holder.balance = state.balance;
    store.Put(key, Encode(holder));

    // Backwards from the balance after the record, each posting gives the balance before it.
    int64_t balance = state.balance.minor;
    for (size_t i = effects.postings.size(); i-- > 0;) {
      const Posting& posting = effects.postings[i];
      if (posting.account != state.account) continue;
      const StatementLine line{.sequence = record.header.sequence,
                               .index = static_cast<uint32_t>(i),
                               .recorded_at = record.header.recorded_at,
                               .occurred_at = proposal.getOccurredAt(),
                               .book_date = record.header.book_date,
                               .body = BodyOf(proposal),
                               .key = String(proposal.getKey()),
                               .amount = posting.amount.minor,
                               .balance = balance};
      store.Put(KeyWriter(kLines)
                    .Text(state.account)
                    .Number(line.sequence)
                    .Small(static_cast<uint16_t>(i)),
                Encode(line));
      balance -= posting.amount.minor;
    }
  }
}

}  // namespace longmen::projections
