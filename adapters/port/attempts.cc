#include "adapters/port/attempts.h"

#include <charconv>

#include "adapters/port/proposals.h"

namespace longmen::adapters {

std::string AttemptNumber(std::string_view number, char mark, size_t place) {
  return std::string(number) + "/" + mark + std::to_string(place + 1);
}

std::optional<size_t> AttemptPlace(std::string_view attempt, std::string_view number, char mark,
                                   size_t attempts) {
  const std::string stem = std::string(number) + "/" + mark;
  if (!attempt.starts_with(stem)) return std::nullopt;
  const std::string_view rest = attempt.substr(stem.size());
  size_t place = 0;
  const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), place);
  if (failed != std::errc() || place == 0 || place > attempts) return std::nullopt;
  // One attempt, one number: neither "r01" nor "r1x" is "r1".
  if (AttemptNumber(number, mark, place - 1) != attempt) return std::nullopt;
  return place - 1;
}

const MovementState* FindAsked(const std::vector<MovementState>& attempts,
                               const AttemptAnswer& answer, Step& at) {
  const auto place = AttemptPlace(answer.number, answer.key, answer.mark, attempts.size());
  if (!place) {
    at.out.Refuse(Code::UNKNOWN_DEBIT, answer.field, answer.key);
    return nullptr;
  }
  const MovementState& asked = attempts[*place];
  if (InFlight(asked.outcome)) return &asked;
  const bool same = asked.outcome == answer.outcome;
  at.out.Refuse(same ? Code::DUPLICATE_NOTICE : Code::ALREADY_RESOLVED, answer.field, answer.key);
  return nullptr;
}

std::string AbnormalReference(std::string_view attempt) {
  return std::string(attempt) + "/abnormal";
}

bool IsAbnormal(const MovementState& refund, std::string_view attempt) {
  return refund.outcome == schema::Outcome::UNKNOWN &&
         refund.channel_reference == AbnormalReference(attempt);
}

void TakeRefundAnswer(const MovementState& refund, const std::string& attempt,
                      const RefundAnswer& answer, const std::string& key, const std::string& field,
                      Step& at) {
  const bool failed = answer.outcome == schema::Outcome::FAILED;
  const bool in_flight = InFlight(refund.outcome);
  if ((failed && IsAbnormal(refund, attempt)) || (!in_flight && refund.outcome == answer.outcome)) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, field, key);
  }
  if (!in_flight) return at.out.Refuse(Code::ALREADY_RESOLVED, field, key);
  auto result = InitRefundResult(AddUnder(at, key), refund,
                                 failed ? schema::Outcome::UNKNOWN : answer.outcome);
  result.setClearingDate(answer.clearing_date);
  if (answer.reason.size() != 0) result.setReason(answer.reason);
  // While it is in flight it is known by our number, afterwards by the channel's.
  if (failed) {
    result.setChannelReference(AbnormalReference(attempt));
  } else if (answer.outcome == schema::Outcome::SUCCEEDED && answer.reference.size() != 0) {
    result.setChannelReference(answer.reference);
  } else {
    result.setChannelReference(attempt);
  }
}

}  // namespace longmen::adapters
