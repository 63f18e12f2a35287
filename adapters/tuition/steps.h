// One function a record of tuition (record.capnp): what each makes of the ledger as it is.
#pragma once

#include <optional>
#include <string>

#include "adapters/port/proposals.h"
#include "adapters/tuition/record.capnp.h"

namespace longmen::adapters::tuition {

// Until it is paid (quote_steps.cc).
void TakeQuote(Quote::Reader quote, Step& at);
void TakeDocuments(Documents::Reader documents, Step& at);
void TakeQuota(Quota::Reader quota, Step& at);
void TakePay(Pay::Reader pay, Step& at);

// Abroad and back (wire_steps.cc).
void TakeExchange(Exchange::Reader exchange, Step& at);
void TakeSend(Send::Reader send, Step& at);
void TakeCredited(Credited::Reader credited, Step& at);
void TakeReturned(Returned::Reader returned, Step& at);
void TakeRefund(Refund::Reader refund, Step& at);

inline std::string QuotaKey(const std::string& order) { return order + "/quota"; }
inline std::string WireKey(const std::string& order) { return order + "/wire"; }
// Longer ones would leave no room for the keys above.
inline constexpr size_t kNumberBytesMax = 58;

std::optional<OrderState> FindOrder(const Step& at, const std::string& key);
// The debit that succeeded for an order; there is at most one, for a quote or a wire is paid whole.
std::optional<MovementState> PaidBy(const Step& at, const std::string& key);

// The next proposal of the record, under a key; its details say which step it is.
schema::Proposal::Builder AddStep(Step& at, const std::string& key, schema::TuitionStage stage);

}  // namespace longmen::adapters::tuition
