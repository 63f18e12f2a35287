#include <optional>
#include <string>

#include "adapters/parking/steps.h"
#include "adapters/port/record_json.h"
#include "events/money/money.h"

namespace longmen::adapters::parking {
namespace {

// A channel's payment must not be revoked in its first 15 s (domain A3.6, B8).
constexpr Nanos kRevokeNotBefore = 15 * kNanosPerSecond;

capnp::Text::Reader ChannelName(schema::PayerCodeWallet wallet) {
  switch (wallet) {
    case schema::PayerCodeWallet::WECHAT:
      return "WECHAT";
    case schema::PayerCodeWallet::ALIPAY:
      return "ALIPAY";
    case schema::PayerCodeWallet::UNIONPAY:
      return "UNIONPAY";
    case schema::PayerCodeWallet::UNSTATED:
      break;
  }
  return "";
}

// The part of a pre-collection's payment that is the channel's word.
schema::Debit::Builder InitAnswered(schema::Proposal::Builder proposal, const Money& cap,
                                    ChannelAnswer::Reader answer) {
  auto debit = InitDebit(proposal, cap, answer.getOutcome());
  debit.setBasis(schema::Basis::REPORTED);
  debit.setClearingDate(answer.getClearingDate());
  if (answer.hasReference()) debit.setChannelReference(answer.getReference());
  if (answer.hasReason()) debit.setReason(answer.getReason());
  return debit;
}

// A payment of the cap that is new to the ledger, from the account that stands for the payer's.
schema::Proposal::Builder AddPayment(Step& at, const std::string& session, const Money& cap,
                                     ChannelAnswer::Reader answer, capnp::Text::Reader channel) {
  auto proposal = AddUnder(at, CollectionKey(session));
  auto debit = InitAnswered(proposal, cap, answer);
  debit.setPayer(answer.getPayer());
  if (answer.hasScheme()) debit.setScheme(answer.getScheme());
  if (channel.size() != 0) debit.setChannel(channel);
  return proposal;
}

// A reported debit must be booked whatever else its group would do: an account that is not open
// can neither hold nor give back, so nothing of the kind is asked of it.
bool IsOpen(Step& at, const std::string& name) {
  const auto account = at.ledger.FindAccount(name);
  return account && account->status == schema::Status::OPEN;
}

// The channel's answer came after the scan: the stay says when its cap was paid.
void AddPaidAt(Step& at, const std::string& session) {
  auto order = AddUnder(at, session).initBody().initOrder();
  order.setAction(schema::OrderAction::AMENDED);
  order.setValidUntil(Later(at.occurred_at, kStayValid));
}

// The driver showed a code and the channel paid: the cap is held for this session until it closes.
void AddHold(Step& at, const std::string& session, const Money& cap, const std::string& collects) {
  if (!IsOpen(at, collects)) return;
  auto authorization = AddUnder(at, session).initBody().initAuthorization();
  authorization.setAction(schema::AuthorizationAction::GRANTED);
  authorization.setMethod(schema::AuthorizationMethod::PAYER_CODE);
  authorization.setHoldMinor(cap.minor);
}

// The money came after the revocation: the revocation gives it back (A3.6).
void AddLateReversal(Step& at, const Session& session, schema::Proposal::Reader payment) {
  if (!IsOpen(at, session.collection.payee)) return;
  MovementState late;
  if (session.CollectionInFlight()) {
    late = *session.prepaid;
  } else {
    late.source = Copy(payment.getSource());
    late.id = Copy(payment.getId());
    late.channel = session.collection.channel;
  }
  AddRefund(at, session, schema::RefundKind::REVERSAL, session.cap(), late);
}

// The car on the bay: at most the cap, from the collecting account to revenue.
void AddStay(Step& at, const std::string& session, Scan::Reader scan, const Money& cap) {
  auto order = InitOrder(AddUnder(at, session), cap);
  order.setPayer(scan.getPending());
  order.setPayee(scan.getRevenue());
  order.setChannel(scan.getTariff());  // the departure is charged by it
  if (scan.getAnswer().getOutcome() == schema::Outcome::SUCCEEDED) {
    order.setValidUntil(Later(at.occurred_at, kStayValid));
  }
  auto resources = order.initResources(2);
  resources.set(0, BayResource(scan));
  // Half of the token: a resource has at most 64 characters, and 128 bits tell plates apart.
  const auto plate = scan.getPlateToken();
  resources.set(1, "plate:" + Hex({plate.begin(), plate.size() / 2}));
}

// The pre-collection, with all that is known of the session.
void AddCollection(Step& at, const std::string& session, Scan::Reader scan, const Money& cap) {
  auto proposal = AddUnder(at, CollectionKey(session));
  auto details = proposal.initDetails().initParking();
  details.setEnteredAt(at.occurred_at);
  details.setWallet(scan.getWallet());
  details.setLot(scan.getLot());
  details.setBay(scan.getBay());
  details.setTariff(scan.getTariff());
  details.initPlate().setToken(scan.getPlateToken());
  details.setPayerToken(scan.getPayerToken());
  auto order = InitOrder(proposal, cap);
  order.setPayee(scan.getPending());
  // The channel's answer may come later: whatever pays the cap comes by the same scheme.
  if (scan.getAnswer().hasScheme()) order.setScheme(scan.getAnswer().getScheme());
  order.setChannel(ChannelName(scan.getWallet()));
  order.setValidUntil(Later(at.occurred_at, kCollectionValid));
}

// The scheme the cap is paid by: the scan's, else that of the cycle the payment is an item of.
// Empty where neither says: a payment in flight that the scan did not bring keeps its scheme to
// itself.
std::string SchemeOf(Step& at, const Session& session) {
  if (!session.collection.scheme.empty()) return session.collection.scheme;
  if (!session.prepaid || session.prepaid->cycle_name.empty()) return "";
  const auto cycle = at.ledger.FindCycle(session.prepaid->cycle_name);
  return cycle ? cycle->scheme : "";
}

// A result is about the payment that was asked for: one that names another account or scheme than
// the payment we know is about something else. False, and refused, where it does.
bool CheckRoute(Step& at, const std::string& key, const Session& session,
                ChannelAnswer::Reader answer) {
  // After a failure the driver may have paid from another account.
  const bool known = session.prepaid && (session.prepaid->outcome != schema::Outcome::FAILED ||
                                         answer.getOutcome() == schema::Outcome::FAILED);
  if (known && answer.hasPayer() && View(answer.getPayer()) != session.prepaid->from_account) {
    at.out.Refuse(Code::ROUTE_MISMATCH, "scanResult.answer.payer", key);
    return false;
  }
  const std::string scheme = SchemeOf(at, session);
  if (answer.hasScheme() && !scheme.empty() && View(answer.getScheme()) != scheme) {
    at.out.Refuse(Code::ROUTE_MISMATCH, "scanResult.answer.scheme", key);
    return false;
  }
  return true;
}

}  // namespace

// A3.2 rule 1. A pre-collection that failed at once is on record, but no car is on the bay.
void TakeScan(Scan::Reader scan, Step& at) {
  const std::string key = Copy(scan.getSession());
  if (scan.getWallet() == schema::PayerCodeWallet::UNSTATED) {
    return at.out.Refuse(Code::UNKNOWN_PAYER_CODE, "scan.payerCode", key);
  }
  const auto tariff = at.ledger.FindParkingTariff(View(scan.getTariff()));
  if (!tariff) return at.out.Refuse(Code::UNKNOWN_TARIFF, "scan.tariff", key);
  const Money cap = tariff->cap;
  const auto answer = scan.getAnswer();
  const bool failed = answer.getOutcome() == schema::Outcome::FAILED;

  if (!failed) AddStay(at, key, scan, cap);
  AddCollection(at, key, scan, cap);
  // Without the issuer's name there is no account to debit yet; the result will bring it.
  if (answer.hasPayer()) AddPayment(at, key, cap, answer, ChannelName(scan.getWallet()));
  if (answer.getOutcome() == schema::Outcome::SUCCEEDED)
    AddHold(at, key, cap, Copy(scan.getPending()));
  if (failed) AddCancelled(at, CollectionKey(key), answer.getReason());
}

void TakeScanResult(ScanResult::Reader result, Step& at) {
  const std::string key = Copy(result.getSession());
  const auto session = FindSession(at.ledger, key);
  if (!session) return at.out.Refuse(Code::UNKNOWN_ORDER, "scanResult.session", key);
  const auto answer = result.getAnswer();
  const auto outcome = answer.getOutcome();
  const bool succeeded = outcome == schema::Outcome::SUCCEEDED;
  if (!CheckRoute(at, key, *session, answer)) return;
  if (session->prepaid && session->prepaid->outcome == outcome) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "scanResult.session", key);
  }
  if (session->Collected()) {
    return at.out.Refuse(Code::ALREADY_RESOLVED, "scanResult.session", key);
  }
  if (!session->live() && !succeeded) {
    return at.out.Refuse(Code::SESSION_NOT_OPEN, "scanResult.session", key);
  }
  const bool failed = outcome == schema::Outcome::FAILED;
  if (!session->CollectionInFlight() && !answer.hasPayer() && !failed) {
    return at.out.Refuse(Code::UNKNOWN_ACCOUNT, "scanResult.answer.payer", key);
  }

  std::optional<schema::Proposal::Builder> payment;
  if (session->CollectionInFlight()) {
    payment = AddUnder(at, CollectionKey(key));
    Refer(InitAnswered(*payment, session->cap(), answer).initResolves(), *session->prepaid);
  } else if (answer.hasPayer()) {
    payment = AddPayment(at, key, session->cap(), answer, session->collection.channel);
  }
  if (succeeded && session->live()) {
    AddPaidAt(at, key);
    AddHold(at, key, session->cap(), session->stay.payer);
  }
  if (succeeded && !session->live()) AddLateReversal(at, *session, payment->asReader());
  if (failed) {
    if (IsLive(session->collection.status)) {  // it may have expired
      AddCancelled(at, CollectionKey(key), answer.getReason());
    }
    AddCancelled(at, key, answer.getReason());
  }
}

// A3.6: a pre-collection that stays without an answer is revoked, not before 15 s; and so is one
// that succeeded while the revocation was on its way, which the times of the two events tell. A
// payment known to have succeeded is a stay that runs, and ends by a departure.
void TakeRevoke(Revoke::Reader revoke, Step& at) {
  const std::string key = Copy(revoke.getSession());
  const auto session = FindSession(at.ledger, key);
  if (!session) return at.out.Refuse(Code::UNKNOWN_ORDER, "revoke.session", key);
  if (!session->live()) return at.out.Refuse(Code::SESSION_NOT_OPEN, "revoke.session", key);
  if (at.occurred_at < session->entered() + kRevokeNotBefore) {
    return at.out.Refuse(Code::TOO_EARLY, "occurredAt", key);
  }
  const auto paid_at = session->paid_at();
  if (session->Collected() && !(paid_at && at.occurred_at < *paid_at)) {
    return at.out.Refuse(Code::ALREADY_RESOLVED, "revoke.session", key);
  }
  if (session->CollectionInFlight()) {
    auto debit =
        InitDebit(AddUnder(at, CollectionKey(key)), session->cap(), schema::Outcome::FAILED);
    debit.setBasis(schema::Basis::REPORTED);
    Refer(debit.initResolves(), *session->prepaid);
  }
  if (IsLive(session->collection.status)) {
    AddCancelled(at, CollectionKey(key), revoke.getReason());
  }
  AddCancelled(at, key, revoke.getReason());
  if (session->Collected()) {
    AddRefund(at, *session, schema::RefundKind::REVERSAL, session->cap(), *session->prepaid);
  }
}

}  // namespace longmen::adapters::parking
