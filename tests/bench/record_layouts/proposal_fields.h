// ProposalFields: one fact into a proposal and out of it again, for every schema of a candidate.
//
// `P` is schema::Proposal, where a name is a text, or Interned, where it is a number.
#pragma once

#include <capnp/message.h>

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "facts.h"
#include "layouts.capnp.h"

namespace longmen::layouts {

// Names as numbers, as registrations would have given them (candidate C).
class Names {
 public:
  uint64_t Number(std::string_view name) {
    if (name.empty()) return 0;
    auto found = numbers_.find(name);
    if (found != numbers_.end()) return found->second;
    const std::string& kept = names_.emplace_back(name);
    return numbers_[kept] = names_.size();
  }
  std::string_view Name(uint64_t number) const {
    return number == 0 ? std::string_view() : names_[number - 1];
  }

 private:
  std::unordered_map<std::string_view, uint64_t> numbers_;
  std::deque<std::string> names_;
};

inline capnp::Text::Reader Text(const std::string& text) { return {text.data(), text.size()}; }
inline capnp::Data::Reader Data(const std::string& text) {
  return {reinterpret_cast<const kj::byte*>(text.data()), text.size()};
}
inline std::string_view View(capnp::Text::Reader text) { return {text.begin(), text.size()}; }
inline std::string_view View(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}

// Absent texts stay null pointers: an empty one would be stored.
#define SET_TEXT(builder, Field, text) \
  if (!(text).empty()) (builder).set##Field(Text(text))
#define SET_DATA(builder, Field, text) \
  if (!(text).empty()) (builder).set##Field(Data(text))
// A name is a text in A, B and D, and a number in C.
#define SET_NAME(builder, Field, text)        \
  if constexpr (kInterned)                    \
    (builder).set##Field(names.Number(text)); \
  else                                        \
    SET_TEXT(builder, Field, text)
#define READ_NAME(field, value)          \
  if constexpr (kInterned)               \
    sink.Text(field, names.Name(value)); \
  else                                   \
    sink.Text(field, View(value))

template <typename Proposal>
inline constexpr bool kIsInterned = std::is_same_v<Proposal, Interned>;

template <typename Enum>
Enum As(int64_t value) {
  return static_cast<Enum>(value);
}

template <typename P>
void FillBody(typename P::Builder to, const Fact& fact, Names& names) {
  constexpr bool kInterned = kIsInterned<P>;
  switch (fact[kBody]) {
    case kOrder: {
      auto order = to.getBody().initOrder();
      order.getAmount().setMinor(fact[kMinor]);
      order.getAmount().setCurrency(static_cast<uint16_t>(fact[kCurrency]));
      order.setAction(As<schema::OrderAction>(fact[kAction]));
      order.setValidUntil(fact[kValidUntil]);
      SET_NAME(order, Payer, fact[kPayer]);
      SET_NAME(order, Payee, fact[kPayee]);
      SET_NAME(order, Scheme, fact[kScheme]);
      SET_NAME(order, Mandate, fact[kMandate]);
      SET_TEXT(order, Submitter, fact[kSubmitter]);
      SET_TEXT(order, Channel, fact[kChannel]);
      if (!fact[kResource].empty()) order.initResources(1).set(0, Text(fact[kResource]));
      return;
    }
    case kAuthorization: {
      auto authorization = to.getBody().initAuthorization();
      authorization.setAction(As<schema::AuthorizationAction>(fact[kAction]));
      authorization.setHoldMinor(fact[kHoldMinor]);
      authorization.setHoldUntil(fact[kHoldUntil]);
      authorization.setMethod(As<schema::AuthorizationMethod>(fact[kMethod]));
      authorization.setOrderVersion(static_cast<uint16_t>(fact[kOrderVersion]));
      authorization.setLevel(static_cast<uint8_t>(fact[kLevel]));
      SET_TEXT(authorization, By, fact[kBy]);
      return;
    }
    case kDebit: {
      auto debit = to.getBody().initDebit();
      debit.getAmount().setMinor(fact[kMinor]);
      debit.getAmount().setCurrency(static_cast<uint16_t>(fact[kCurrency]));
      debit.setBasis(As<schema::Basis>(fact[kBasis]));
      debit.setOutcome(As<schema::Outcome>(fact[kOutcome]));
      debit.setKind(As<schema::DebitKind>(fact[kDebitKind]));
      debit.setCompletes(fact[kCompletes] != 0);
      debit.setClearingDate(static_cast<int32_t>(fact[kClearingDate]));
      SET_NAME(debit, Payer, fact[kPayer]);
      SET_NAME(debit, Payee, fact[kPayee]);
      SET_NAME(debit, Scheme, fact[kScheme]);
      SET_TEXT(debit, Channel, fact[kChannel]);
      SET_TEXT(debit, ChannelReference, fact[kChannelReference]);
      return;
    }
    default: {
      auto refund = to.getBody().initRefund();
      refund.getAmount().setMinor(fact[kMinor]);
      refund.getAmount().setCurrency(static_cast<uint16_t>(fact[kCurrency]));
      refund.setBasis(As<schema::Basis>(fact[kBasis]));
      refund.setOutcome(As<schema::Outcome>(fact[kOutcome]));
      refund.setClearingDate(static_cast<int32_t>(fact[kClearingDate]));
      refund.initDebit().setId(Text(fact[kRefundOf]));
      SET_TEXT(refund, Channel, fact[kChannel]);
      SET_TEXT(refund, ChannelReference, fact[kChannelReference]);
    }
  }
}

template <typename P>
void Fill(typename P::Builder to, const Fact& fact, Names& names) {
  constexpr bool kInterned = kIsInterned<P>;
  to.setOccurredAt(fact[kOccurredAt]);
  SET_NAME(to, Source, fact[kSource]);
  to.setId(Text(fact[kId]));
  to.setKey(Text(fact[kKey]));
  to.setScenario(As<schema::Scenario>(fact[kScenario]));
  FillBody<P>(to, fact, names);
  if (fact[kStage] != 0) {
    auto details = to.getDetails().initB2bGateway();
    details.setStage(As<schema::B2bStage>(fact[kStage]));
    SET_NAME(details, AcceptingBank, fact[kAcceptingBank]);
    SET_NAME(details, AccountBank, fact[kAccountBank]);
    SET_NAME(details, PayeeBank, fact[kPayeeBank]);
    SET_TEXT(details, TransactionId, fact[kTransactionId]);
    SET_TEXT(details, Merchant, fact[kMerchant]);
  } else if (fact[kEnteredAt] != 0) {
    auto details = to.getDetails().initParking();
    details.setEnteredAt(fact[kEnteredAt]);
    details.setLeftAt(fact[kLeftAt]);
    details.setFeeMinor(fact[kFeeMinor]);
    details.setWallet(As<schema::PayerCodeWallet>(fact[kWallet]));
    SET_TEXT(details, Lot, fact[kLot]);
    SET_TEXT(details, Bay, fact[kBay]);
    SET_TEXT(details, Tariff, fact[kTariff]);
    SET_DATA(details, PayerToken, fact[kPayerToken]);
    if (!fact[kPlateToken].empty()) {
      auto plate = details.initPlate();
      plate.setCiphertext(Data(fact[kPlateCiphertext]));
      plate.setKeyId(Text(fact[kPlateKeyId]));
      plate.setToken(Data(fact[kPlateToken]));
    }
  }
  SET_DATA(to, Original, fact[kOriginal]);
}

template <typename P>
void ReadBody(typename P::Reader from, Sink& sink, const Names& names) {
  constexpr bool kInterned = kIsInterned<P>;
  auto body = from.getBody();
  if (body.isOrder()) {
    auto order = body.getOrder();
    sink.Int(kBody, kOrder);
    sink.Int(kMinor, order.getAmount().getMinor());
    sink.Int(kCurrency, order.getAmount().getCurrency());
    sink.Int(kAction, static_cast<int64_t>(order.getAction()));
    sink.Int(kValidUntil, order.getValidUntil());
    READ_NAME(kPayer, order.getPayer());
    READ_NAME(kPayee, order.getPayee());
    READ_NAME(kScheme, order.getScheme());
    READ_NAME(kMandate, order.getMandate());
    sink.Text(kSubmitter, View(order.getSubmitter()));
    sink.Text(kChannel, View(order.getChannel()));
    for (auto resource : order.getResources()) sink.Text(kResource, View(resource));
  } else if (body.isAuthorization()) {
    auto authorization = body.getAuthorization();
    sink.Int(kBody, kAuthorization);
    sink.Int(kAction, static_cast<int64_t>(authorization.getAction()));
    sink.Int(kHoldMinor, authorization.getHoldMinor());
    sink.Int(kHoldUntil, authorization.getHoldUntil());
    sink.Int(kMethod, static_cast<int64_t>(authorization.getMethod()));
    sink.Int(kOrderVersion, authorization.getOrderVersion());
    sink.Int(kLevel, authorization.getLevel());
    sink.Text(kBy, View(authorization.getBy()));
  } else if (body.isDebit()) {
    auto debit = body.getDebit();
    sink.Int(kBody, kDebit);
    sink.Int(kMinor, debit.getAmount().getMinor());
    sink.Int(kCurrency, debit.getAmount().getCurrency());
    sink.Int(kBasis, static_cast<int64_t>(debit.getBasis()));
    sink.Int(kOutcome, static_cast<int64_t>(debit.getOutcome()));
    sink.Int(kDebitKind, static_cast<int64_t>(debit.getKind()));
    sink.Int(kCompletes, debit.getCompletes());
    sink.Int(kClearingDate, debit.getClearingDate());
    READ_NAME(kPayer, debit.getPayer());
    READ_NAME(kPayee, debit.getPayee());
    READ_NAME(kScheme, debit.getScheme());
    sink.Text(kChannel, View(debit.getChannel()));
    sink.Text(kChannelReference, View(debit.getChannelReference()));
  } else {
    auto refund = body.getRefund();
    sink.Int(kBody, kRefund);
    sink.Int(kMinor, refund.getAmount().getMinor());
    sink.Int(kCurrency, refund.getAmount().getCurrency());
    sink.Int(kBasis, static_cast<int64_t>(refund.getBasis()));
    sink.Int(kOutcome, static_cast<int64_t>(refund.getOutcome()));
    sink.Int(kClearingDate, refund.getClearingDate());
    sink.Text(kRefundOf, View(refund.getDebit().getId()));
    sink.Text(kChannel, View(refund.getChannel()));
    sink.Text(kChannelReference, View(refund.getChannelReference()));
  }
}

template <typename P>
void Read(typename P::Reader from, Sink& sink, const Names& names) {
  constexpr bool kInterned = kIsInterned<P>;
  sink.Int(kOccurredAt, from.getOccurredAt());
  READ_NAME(kSource, from.getSource());
  sink.Text(kId, View(from.getId()));
  sink.Text(kKey, View(from.getKey()));
  sink.Int(kScenario, static_cast<int64_t>(from.getScenario()));
  ReadBody<P>(from, sink, names);
  auto details = from.getDetails();
  if (details.isB2bGateway()) {
    auto b2b = details.getB2bGateway();
    sink.Int(kStage, static_cast<int64_t>(b2b.getStage()));
    READ_NAME(kAcceptingBank, b2b.getAcceptingBank());
    READ_NAME(kAccountBank, b2b.getAccountBank());
    READ_NAME(kPayeeBank, b2b.getPayeeBank());
    sink.Text(kTransactionId, View(b2b.getTransactionId()));
    sink.Text(kMerchant, View(b2b.getMerchant()));
  } else if (details.isParking()) {
    auto parking = details.getParking();
    sink.Int(kEnteredAt, parking.getEnteredAt());
    sink.Int(kLeftAt, parking.getLeftAt());
    sink.Int(kFeeMinor, parking.getFeeMinor());
    sink.Int(kWallet, static_cast<int64_t>(parking.getWallet()));
    sink.Text(kLot, View(parking.getLot()));
    sink.Text(kBay, View(parking.getBay()));
    sink.Text(kTariff, View(parking.getTariff()));
    sink.Text(kPlateCiphertext, View(parking.getPlate().getCiphertext()));
    sink.Text(kPlateKeyId, View(parking.getPlate().getKeyId()));
    sink.Text(kPlateToken, View(parking.getPlate().getToken()));
    sink.Text(kPayerToken, View(parking.getPayerToken()));
  }
  sink.Text(kOriginal, View(from.getOriginal()));
}

}  // namespace longmen::layouts
