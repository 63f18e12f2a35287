#include "adapters/port/card_notice.h"

#include "adapters/port/attempts.h"
#include "adapters/port/proposals.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters {

using schema::Outcome;

std::optional<NoticedPayment> FindNoticed(const std::vector<MovementState>& payments,
                                          const std::string& key, const CardNotice& notice,
                                          Step& at) {
  const auto refuse = [&](Code code, const char* field) {
    at.out.Refuse(code, field, key);
    return std::nullopt;
  };
  NoticedPayment noticed;
  // What came before under the channel's reference.
  const MovementState* before = nullptr;
  for (const MovementState& payment : payments) {
    if (payment.channel_reference == View(notice.reference)) before = &payment;
  }
  if (notice.attempt.size() != 0) {
    const auto place = AttemptPlace(View(notice.attempt), key, kPaymentMark, payments.size());
    if (!place) return refuse(Code::UNKNOWN_DEBIT, "payment.attempt");
    noticed = {&payments[*place], Copy(notice.attempt)};
    // The channel took the money once, whichever of its notices names our attempt.
    if (before != nullptr && before != noticed.payment && notice.outcome == Outcome::SUCCEEDED) {
      return refuse(Code::DUPLICATE_NOTICE, "payment.reference");
    }
  } else {
    noticed.payment = before;
  }
  if (noticed.payment == nullptr) {
    if (notice.card.size() == 0) return refuse(Code::UNKNOWN_ACCOUNT, "payment.card");
    return noticed;
  }
  const MovementState& known = *noticed.payment;
  if (notice.card.size() != 0 && View(notice.card) != known.from_account) {
    return refuse(Code::ROUTE_MISMATCH, "payment.card");
  }
  if (!InFlight(known.outcome)) {
    return refuse(known.outcome == notice.outcome ? Code::DUPLICATE_NOTICE : Code::ALREADY_RESOLVED,
                  "payment.reference");
  }
  return noticed;
}

schema::Debit::Builder InitNoticed(schema::Proposal::Builder proposal,
                                   const NoticedPayment& noticed, const CardNotice& notice,
                                   const Money& amount) {
  const bool is_new = noticed.payment == nullptr;
  auto debit = is_new ? InitDebit(proposal, amount, notice.outcome)
                      : InitDebitResult(proposal, *noticed.payment, notice.outcome);
  debit.setBasis(schema::Basis::REPORTED);
  debit.setClearingDate(notice.clearing_date);
  if (notice.reason.size() != 0) debit.setReason(notice.reason);
  if (notice.channel.size() != 0) debit.setChannel(notice.channel);
  // An attempt is known by our number while it is in flight, afterwards by the channel's.
  if (!noticed.attempt.empty() && notice.outcome != Outcome::SUCCEEDED) {
    debit.setChannelReference(noticed.attempt);
  } else {
    debit.setChannelReference(notice.reference);
  }
  if (is_new) {
    debit.setPayer(notice.card);
    if (notice.scheme.size() != 0) debit.setScheme(notice.scheme);
  }
  return debit;
}

MovementState PaymentOf(const NoticedPayment& noticed, const CardNotice& notice,
                        schema::Proposal::Reader proposal) {
  if (noticed.payment != nullptr) return *noticed.payment;
  MovementState payment;
  payment.from_account = Copy(notice.card);
  payment.source = Copy(proposal.getSource());
  payment.id = Copy(proposal.getId());
  payment.channel = Copy(notice.channel);
  return payment;
}

Outcome OutcomeAtOnce(const engine::LedgerView& ledger, std::string_view card) {
  const auto account = ledger.FindAccount(card);
  const bool elsewhere = !account || account->kind == schema::AccountKind::MIRROR;
  return elsewhere ? Outcome::PENDING : Outcome::SUCCEEDED;
}

}  // namespace longmen::adapters
