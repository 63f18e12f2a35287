#include "adapters/statements/part.h"

#include <fmt/format.h>

namespace longmen::adapters::statements {

Status Part::Begin(StatementHeader header) {
  header_ = std::move(header);
  if (header_.account.size() > kTextMax) {
    return Error{Code::TOO_LONG, "account", "the account's name is too long"};
  }
  balance_ = header_.opening;
  if (balance_ && (*balance_ > kAmountMax || *balance_ < -kAmountMax)) {
    return Error{Code::AMOUNT_OUT_OF_RANGE, "opening", "a balance beyond what one may be"};
  }
  return visitor_.Begin(header_);
}

Status Part::Line(StatementFileLine& line) {
  if (line.minor < 0 || line.minor > kAmountMax || line.fee > kAmountMax || line.fee < -kAmountMax)
      [[unlikely]] {
    return LineError(Code::AMOUNT_OUT_OF_RANGE, line.at,
                     fmt::format("an amount of {} with a fee of {}, beyond what one may be",
                                 FormatMinor(line.minor, header_.currency),
                                 FormatMinor(line.fee, header_.currency)),
                     place_);
  }
  if (line.raw.size() > kRawMax) [[unlikely]] {
    return LineError(Code::TOO_LONG, line.at, fmt::format("it is longer than {} bytes", kRawMax),
                     place_);
  }
  if (count_ == UINT32_MAX) [[unlikely]] {
    return LineError(Code::BAD_LINE, line.at, "there are more lines than a statement can have",
                     place_);
  }
  RETURN_IF_ERROR(FollowBalance(line));
  line.number = ++count_;
  (line.direction == schema::Direction::DEBIT ? debits_ : credits_).Add(line.minor);
  return visitor_.Line(line);
}

Status Part::FollowBalance(const StatementFileLine& line) {
  if (!line.balance) return Ok();
  if (*line.balance > kAmountMax || *line.balance < -kAmountMax) {
    return LineError(Code::AMOUNT_OUT_OF_RANGE, line.at, "a balance beyond what one may be");
  }
  if (balance_) {
    const int64_t expected = *balance_ + Signed(line.direction, line.minor);
    if (*line.balance != expected) {
      const auto shown = [&](int64_t minor) { return FormatMinor(minor, header_.currency); };
      return LineError(Code::BALANCE_MISMATCH, line.at,
                       fmt::format("the balance is {} here, and {} with {} is {}: {} apart",
                                   shown(*line.balance), shown(*balance_),
                                   shown(Signed(line.direction, line.minor)), shown(expected),
                                   shown(*line.balance - expected)));
    }
  }
  balance_ = line.balance;
  return Ok();
}

Status Part::End(std::optional<int64_t> closing) {
  const auto credits = credits_.minor();
  const auto debits = debits_.minor();
  if (!credits.ok() || !debits.ok()) {
    return Error{Code::AMOUNT_OUT_OF_RANGE, "", "the sum of the lines leaves 64 bits"};
  }
  return visitor_.End(
      {.count = count_, .credits = *credits, .debits = *debits, .closing = closing});
}

void MaskCard(char* begin, size_t size) {
  while (size > 0 && *begin == ' ') ++begin, --size;
  while (size > 0 && begin[size - 1] == ' ') --size;
  const size_t front = size > 10 ? 6 : 0;
  const size_t back = size > 10 ? 4 : 0;
  for (size_t i = front; i + back < size; ++i) begin[i] = '*';
}

}  // namespace longmen::adapters::statements
