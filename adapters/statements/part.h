// Part: one statement of a file on its way to the visitor.
//
// Numbers and sums the lines, follows the running balance where lines state one, and refuses what a
// statement's event cannot hold.
#pragma once

#include "adapters/statements/lines.h"
#include "adapters/statements/statement_file.h"
#include "adapters/statements/text.h"

namespace longmen::adapters::statements {

inline constexpr int64_t kAmountMax = 100'000'000'000'000'000;  // 10^17 minor units

inline int64_t Signed(schema::Direction direction, int64_t minor) {
  return direction == schema::Direction::DEBIT ? -minor : minor;
}

class Part {
 public:
  explicit Part(StatementVisitor& visitor, const char* place = "line")
      : visitor_(visitor), place_(place) {}

  Status Begin(StatementHeader header);
  // Its number is given here.
  Status Line(StatementFileLine& line);
  Status End(std::optional<int64_t> closing = std::nullopt);

  const StatementHeader& header() const { return header_; }
  uint32_t count() const { return count_; }
  const WideSum& credits() const { return credits_; }
  const WideSum& debits() const { return debits_; }
  std::optional<int64_t> balance() const { return balance_; }

 private:
  Status FollowBalance(const StatementFileLine& line);

  StatementVisitor& visitor_;
  const char* place_;  // what a line's `at` is of
  StatementHeader header_;
  uint32_t count_ = 0;
  WideSum credits_;
  WideSum debits_;
  std::optional<int64_t> balance_;
};

// The first six digits of a card number and the last four stay, what is between them becomes '*';
// of a shorter one everything does. Blanks around it stay.
void MaskCard(char* begin, size_t size);

}  // namespace longmen::adapters::statements
