// What a card's bank, or the channel before it, says of a payment: the answer to one that was asked
// for (attempts.h), or a debit that nobody here asked for.
//
// The step that brings it is called `payment`, and its parts have the names below.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/port/port.h"

namespace longmen::adapters {

struct CardNotice {
  schema::Outcome outcome = schema::Outcome::UNSTATED;
  DayNumber clearing_date = 0;
  capnp::Text::Reader attempt;    // "<number>/p1"; empty: nobody asked, or nobody says
  capnp::Text::Reader reference;  // the channel's
  capnp::Text::Reader card;       // the account that stands for it
  capnp::Text::Reader scheme;
  capnp::Text::Reader channel;
  capnp::Text::Reader reason;
};
template <typename Payment>
CardNotice NoticeOf(Payment payment) {
  return {.outcome = payment.getOutcome(),
          .clearing_date = payment.getClearingDate(),
          .attempt = payment.getAttempt(),
          .reference = payment.getReference(),
          .card = payment.getCard(),
          .scheme = payment.getScheme(),
          .channel = payment.getChannel(),
          .reason = payment.getReason()};
}

// The payment that a notice is about, of those made under `key`: the attempt it names, or what came
// before under its reference.
struct NoticedPayment {
  const MovementState* payment = nullptr;  // null: it is new
  std::string attempt;                     // our number of it, where the notice states it
};
// Nothing, and refused, where it names an attempt that was not made, a new payment without its
// card, contradicts what is known of the payment, or repeats it.
std::optional<NoticedPayment> FindNoticed(const std::vector<MovementState>& payments,
                                          const std::string& key, const CardNotice& notice,
                                          Step& at);
// The debit it reports.
schema::Debit::Builder InitNoticed(schema::Proposal::Builder proposal,
                                   const NoticedPayment& noticed, const CardNotice& notice,
                                   const Money& amount);
// The payment as a refund in the same group refers to it.
MovementState PaymentOf(const NoticedPayment& noticed, const CardNotice& notice,
                        schema::Proposal::Reader proposal);

// A card whose account is in these books pays and is paid back at once; the bank of any other has
// to be asked, by the outbox.
schema::Outcome OutcomeAtOnce(const engine::LedgerView& ledger, std::string_view card);

}  // namespace longmen::adapters
