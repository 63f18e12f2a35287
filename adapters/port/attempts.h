// Attempts: what was asked for under one number, in the order it was asked: payments are
// "<number>/p1", "<number>/p2", refunds "<number>/r1" and so on. It is the channelReference of the
// attempt, in the outbox and everywhere else, until the channel's own takes its place with the
// success.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/port/port.h"

namespace longmen::adapters {

inline constexpr char kPaymentMark = 'p';
inline constexpr char kRefundMark = 'r';

// `place` counts from 0.
std::string AttemptNumber(std::string_view number, char mark, size_t place);
// The place that an attempt's number states; nothing where there are not so many attempts.
std::optional<size_t> AttemptPlace(std::string_view attempt, std::string_view number, char mark,
                                   size_t attempts);

// The attempt that an answer is about, while it is in flight. Null, and refused with `field`, where
// there is none of that number (unknown_debit) or it is answered: duplicate_notice where it was the
// same word, else already_resolved.
struct AttemptAnswer {
  std::string key;  // what the attempts stand under
  char mark;
  std::string_view number;
  schema::Outcome outcome;
  std::string field;
};
const MovementState* FindAsked(const std::vector<MovementState>& attempts,
                               const AttemptAnswer& answer, Step& at);

// What a result says of an attempt beside its outcome: while that is in flight it is known by our
// number, afterwards by the channel's.
template <typename Builder, typename Result>
void SetAnswer(Builder to, Result result) {
  to.setClearingDate(result.getClearingDate());
  if (result.hasReason()) to.setReason(result.getReason());
  const bool known = result.getOutcome() == schema::Outcome::SUCCEEDED && result.hasReference();
  to.setChannelReference(known ? result.getReference() : result.getNumber());
}

// A refund the channel could not make (ABNORMAL, domain A3.6, B8). It is unknown to the ledger, not
// failed: so its amount stays held, and nothing but another attempt can take it.
bool IsAbnormal(const MovementState& refund, std::string_view attempt);
// What such a refund says in place of the channel's reference.
std::string AbnormalReference(std::string_view attempt);

// What a channel answers about a refund that was asked for as `attempt`. Its proposal stands under
// `key`; a repeat of what is known, or a contradiction, is refused with `field`.
struct RefundAnswer {
  schema::Outcome outcome = schema::Outcome::UNSTATED;
  DayNumber clearing_date = 0;
  capnp::Text::Reader reference;
  capnp::Text::Reader reason;
};
void TakeRefundAnswer(const MovementState& refund, const std::string& attempt,
                      const RefundAnswer& answer, const std::string& key, const std::string& field,
                      Step& at);

}  // namespace longmen::adapters
