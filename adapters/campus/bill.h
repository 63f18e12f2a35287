// A bill and a batch as the ledger knows them. An adapter keeps nothing: a bill's payee says of
// which batch it is, and while it is unpaid it occupies its line of the file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger/view.h"

namespace longmen::adapters::campus {

// An account has 35 bytes: "campus:<batch>". A key has 64: "<number>/s1" (payment_steps.cc).
inline constexpr size_t kBatchBytesMax = 28;
inline constexpr size_t kNumberBytesMax = 58;
// Lines of a batch, which publishing and reminding go through one by one.
inline constexpr uint32_t kLinesMax = 5'000;

// Where the money of a batch rests until it is posted.
std::string PendingAccount(std::string_view batch);
std::string LineResource(std::string_view batch, uint32_t line);

struct Bill {
  OrderState order;                     // under the payment number
  std::vector<MovementState> payments;  // asked for or reported, oldest first
  std::vector<MovementState> refunds;

  std::string batch() const;
  bool ValidAt(Nanos instant) const;
  // The oldest payment of which something has not gone back; null: there is none.
  const MovementState* Refundable() const;
  const MovementState* PaymentOf(const MovementState& refund) const;
};
// Nothing where the number is no bill's.
std::optional<Bill> FindBill(const engine::LedgerView& ledger, std::string_view number);

struct Batch {
  OrderState order;  // under its name
  schema::PostingMode posting = schema::PostingMode::UNSTATED;

  bool ClosedAt(Nanos instant) const { return instant > order.valid_until; }
};
// Nothing where no batch of that name was published.
std::optional<Batch> FindBatch(const engine::LedgerView& ledger, std::string_view batch);
std::string PostingName(schema::PostingMode mode);  // the channel of a batch's order

// Bills that nobody has paid, by their lines, from one to another.
struct UnpaidBill {
  uint32_t line;
  OrderState order;
};
std::vector<UnpaidBill> UnpaidOf(const engine::LedgerView& ledger, std::string_view batch,
                                 uint32_t from = 1, uint32_t to = kLinesMax);
// Is every one of them paid or void, or past its window?
bool AllSettled(const engine::LedgerView& ledger, std::string_view batch);

// What the pending account of a batch can give now, in minor units.
int64_t Collected(const engine::LedgerView& ledger, std::string_view batch);

}  // namespace longmen::adapters::campus
