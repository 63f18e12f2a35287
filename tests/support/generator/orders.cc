// Orders and authorizations.
#include <algorithm>

#include "tests/support/generator/generator.h"

namespace longmen::generator {

using reference::Order;

Generator::Drafts Generator::PlaceOrder() {
  const auto scenario = random_.Pick(
      {schema::Scenario::NONE, schema::Scenario::B2B_GATEWAY, schema::Scenario::PARKING});
  std::string key = NewName("o");
  if (random_.Percent(3) && !state_->orders.empty()) key = state_->orders.begin()->first.second;
  Draft draft = Start(key, scenario);
  auto order = draft.order();
  const uint16_t currency = random_.Percent(85) ? 156 : 840;
  std::string payer;
  if (random_.Percent(45)) {
    const std::string mandate = random_.Pick<const char*>(
        {"levels", "levels", "levels", "levels", "levels",   "years",  "years",  "years",
         "payees", "payees", "payees", "single", "single",   "single", "totals", "totals",
         "totals", "card",   "card",   "card",   "card",     "card",   "card",   "trip",
         "trip",   "abroad", "ended",  "frozen", "nomandate"});
    order.setMandate(mandate);
    const auto found = state_->mandates.find(mandate);
    payer = found == state_->mandates.end() ? "ICBC.c1" : found->second.account;
    if (random_.Percent(2)) payer = CustomerOrMerchant(currency);
  } else if (random_.Percent(80)) {
    payer = AnyAccount([&](const reference::Account& account) {
      return account.currency == currency && account.kind == schema::AccountKind::CUSTOMER;
    });
  }
  LONGMEN_SET_TEXT(order, Payer, payer);
  const auto known = state_->accounts.find(payer);
  const uint16_t payer_currency =
      known == state_->accounts.end() ? currency : known->second.currency;
  const bool exchanges = random_.Percent(12);
  const uint16_t counter = payer_currency == 156 ? 840 : 156;
  const std::string payee = !exchanges && random_.Percent(25)
                                ? random_.Pick<const char*>({"BOB.m1", "ICBC.m1"})
                                : CustomerOrMerchant(exchanges ? counter : payer_currency);
  order.setPayee(payee);
  const int64_t amount = Amount();
  SetAmount(order, amount, exchanges ? payer_currency : Currency(payer_currency));
  if (exchanges) {
    const int64_t yuan = random_.Between(5, 8);  // a dollar's price, and often room above it
    SetCounter(order, counter == 840 ? amount / yuan + 1 : amount * (yuan + 1), counter);
  }
  const bool splits = !exchanges && random_.Percent(30);
  LONGMEN_SET_TEXT(order, Scheme, SchemeFor(splits ? "" : payer, payee));
  // Nothing says yet when it may be paid: the scheme may be left to the debit.
  if (random_.Percent(15)) order.setValidFrom(now_ - kNanosPerMinute);
  if (splits) SetSplits(order, SplitsFor(payer_currency, amount));
  if (random_.Percent(50)) order.setSubmitter(Person());
  if (random_.Percent(92)) order.setChannel(random_.Percent(95) ? "web" : "fax");
  if (random_.Percent(70)) order.setMerchant(random_.Percent(92) ? "mid1" : "mid9");
  if (random_.Percent(80)) order.setMerchantCategory(random_.Percent(92) ? "5734" : "5812");
  if (random_.Percent(20)) {
    auto resources = order.initResources(static_cast<unsigned>(random_.Between(1, 2)));
    for (unsigned i = 0; i < resources.size(); ++i) {
      resources.set(i, "bay:" + std::to_string(random_.Between(1, 6)));
    }
  }
  if (random_.Percent(55)) {
    order.setValidUntil(now_ + random_.Pick<Nanos>({20, 180, 600, 2'880}) * kNanosPerMinute);
  } else if (random_.Percent(3)) {
    order.setValidUntil(now_ - kNanosPerMinute);
  }
  if (random_.Percent(12)) {
    order.setValidFrom(now_ + random_.Pick<Nanos>({-10, 5, 30, 200}) * kNanosPerMinute);
  }
  Drafts drafts;
  drafts.push_back(std::move(draft));
  return drafts;
}

Generator::Drafts Generator::ChangeOrder() {
  const Order* order = AnyOrder([](const Order& any) { return IsLive(any.status); });
  if (order == nullptr) return {};
  const std::string key = random_.Percent(97) ? order->name.second : "noorder";
  Draft draft = Start(key, order->name.first);
  auto change = draft.order();
  const size_t choice = random_.Below(100);
  if (choice < 55) {
    change.setAction(schema::OrderAction::AMENDED);
    const bool amount = random_.Percent(70);
    if (amount) {
      const int64_t to = random_.Percent(70) ? Amount() : PartOf(order->amount);
      SetAmount(change, to, Currency(order->currency));
    }
    if (!amount || random_.Percent(30)) {
      change.setValidUntil(now_ + random_.Pick<Nanos>({-10, 10, 60, 1'440}) * kNanosPerMinute);
    }
    if (random_.Percent(15)) {
      change.setValidFrom(now_ + random_.Pick<Nanos>({-10, 5, 60, 1'500}) * kNanosPerMinute);
    }
    change.setFreesResources(random_.Percent(30));
  } else if (choice < 85) {
    change.setAction(schema::OrderAction::CANCELLED);
    if (random_.Percent(50)) change.setReason("changed their mind");
  } else if (choice < 97) {
    change.setAction(schema::OrderAction::PROGRESSED);
    if (order->name.first == schema::Scenario::PARKING) {
      auto details = draft.root().getDetails().initParking();
      details.setFeeMinor(200);
      details.initPlate().setCiphertext(capnp::Data::Reader(kj::StringPtr("sealed").asBytes()));
      details.getPlate().setKeyId("k1");
      details.getPlate().initToken(32);
    } else {
      draft.root().setScenario(schema::Scenario::B2B_GATEWAY);
      auto details = draft.root().getDetails().initB2bGateway();
      details.setStage(schema::B2bStage::ACCEPTED_BY_NETWORK);
      details.setTransactionId("t1");
    }
  } else {
    change.setAction(schema::OrderAction::EXPIRED);
  }
  Drafts drafts;
  drafts.push_back(std::move(draft));
  return drafts;
}

void Generator::FillGrant(const Order& order, schema::Authorization::Builder grant) {
  grant.setAction(schema::AuthorizationAction::GRANTED);
  grant.setMethod(schema::AuthorizationMethod::PASSWORD);
  if (order.status == OrderStatus::kPendingAuthorization || random_.Percent(8)) {
    const auto level = static_cast<uint8_t>(random_.Percent(88) ? order.approved_level + 1
                                                                : random_.Between(1, 3));
    grant.setLevel(level);
    std::string by = Person();
    const auto mandate = state_->mandates.find(order.mandate);
    if (mandate != state_->mandates.end() && random_.Percent(80)) {
      for (const auto& [of_level, person] : mandate->second.approvers) {
        if (of_level == level && random_.Percent(60)) by = person;
      }
    }
    grant.setBy(by);
    grant.setOrderVersion(random_.Percent(95) ? order.version
                                              : static_cast<uint16_t>(order.version + 1));
  }
  const bool opens = grant.getLevel() >= order.required_level;
  if ((opens || random_.Percent(5)) && random_.Percent(75)) {
    const reference::Wide used =
        state_->DebitsOf(order.name, false) + state_->DebitsOf(order.name, true);
    grant.setHoldMinor(PartOf(order.amount - used - order.held));
    if (random_.Percent(60)) {
      grant.setHoldUntil(now_ + random_.Pick<Nanos>({-5, 1, 15, 90}) * kNanosPerMinute);
    }
  }
}

Generator::Drafts Generator::Authorize() {
  const bool pending_first = random_.Percent(60);
  const Order* order = AnyOrder([&](const Order& any) {
    return pending_first ? any.status == OrderStatus::kPendingAuthorization : IsLive(any.status);
  });
  if (order == nullptr) return {};
  const std::string key = random_.Percent(97) ? order->name.second : "noorder";
  Draft draft = Start(key, order->name.first);
  auto authorization = draft.authorization();
  const size_t choice = random_.Below(100);
  if (choice < 80) {
    FillGrant(*order, authorization);
  } else if (choice < 85) {
    authorization.setAction(schema::AuthorizationAction::DECLINED);
    if (random_.Percent(60)) {
      authorization.setLevel(1);
      authorization.setBy(Person());
    }
  } else if (choice < 91) {
    authorization.setAction(schema::AuthorizationAction::STEPPED_UP);
    authorization.setLevel(static_cast<uint8_t>(random_.Between(1, 2)));
    if (random_.Percent(40)) {
      authorization.setRiskPolicy(random_.Percent(80) ? "careful" : "nopolicy");
      authorization.setRiskPoints(30);
    }
  } else if (choice < 99) {
    authorization.setAction(schema::AuthorizationAction::REVOKED);
    authorization.setReason("taken back");
  } else {
    authorization.setAction(schema::AuthorizationAction::EXPIRED);
  }
  Drafts drafts;
  drafts.push_back(std::move(draft));
  return drafts;
}

}  // namespace longmen::generator
