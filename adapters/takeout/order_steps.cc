#include <string>

#include "adapters/port/card_notice.h"
#include "adapters/port/record_json.h"
#include "adapters/takeout/steps.h"

namespace longmen::adapters::takeout {
namespace {

using schema::Outcome;
using schema::TakeoutStage;

// A price in its parts, in minor units: what the user pays and the funders add is what the payees
// get.
struct Price {
  __int128 pays = 0;
  __int128 merchant = 0;
  __int128 funded = 0;
};

Price PriceOf(Place::Reader place) {
  __int128 goods = place.getPackingMinor();
  for (const auto item : place.getItems()) {
    goods += static_cast<__int128>(item.getMinor()) * item.getQuantity();
  }
  Price price{.pays = goods + place.getDeliveryMinor() + place.getMembershipMinor(),
              .merchant = goods - place.getCommissionMinor()};
  for (const auto discount : place.getDiscounts()) {
    price.pays -= discount.getMinor();
    if (discount.hasFunder()) {
      price.funded += discount.getMinor();
    } else {
      price.merchant -= discount.getMinor();
    }
  }
  return price;
}

struct ShareRoute {
  std::string payer;
  std::string payee;
  capnp::Text::Reader scheme;
};

void AddShare(Step& at, const std::string& key, const Money& amount, const ShareRoute& route) {
  if (amount.minor == 0) return;
  auto order = InitOrder(AddStep(at, key, TakeoutStage::CREATED), amount);
  order.setPayer(route.payer);
  order.setPayee(route.payee);
  if (route.scheme.size() != 0) order.setScheme(route.scheme);
}

void SetDetails(schema::TakeoutDetails::Builder details, Place::Reader place) {
  details.setMerchant(place.getMerchant());
  details.setUser(place.getUser());
  if (place.hasRider()) details.setRider(place.getRider());
  details.setDeliveryMinor(place.getDeliveryMinor());
  details.setPackingMinor(place.getPackingMinor());
  int64_t discounts = 0;
  for (const auto discount : place.getDiscounts()) discounts += discount.getMinor();
  details.setDiscountMinor(discounts);
  const auto items = place.getItems();
  auto kept = details.initItems(items.size());
  for (unsigned i = 0; i < kept.size(); ++i) {
    kept[i].setName(items[i].getName());
    kept[i].setMinor(items[i].getMinor());
    kept[i].setQuantity(items[i].getQuantity());
  }
}

// The share is paid, out of escrow or into it.
void AddSharePayment(Step& at, const OrderState& share, TakeoutStage stage) {
  InitDebit(AddStep(at, share.key, stage), share.amount, Outcome::SUCCEEDED);
}

}  // namespace

// D3: price + packing + delivery + membership - discounts is what the user pays, to the fen.
void TakePlace(Place::Reader place, Step& at) {
  const std::string key = Copy(place.getOrder());
  const Money pays = MoneyOf(place.getPays());
  const Price price = PriceOf(place);
  if (price.pays != pays.minor) {
    return at.out.Refuse(Code::AMOUNT_MISMATCH, "place.pays.minor", key);
  }
  if (price.merchant <= 0) {
    return at.out.Refuse(Code::AMOUNT_MISMATCH, "place.commissionMinor", key);
  }
  const int64_t rider = place.getDeliveryMinor();
  const int64_t platform = place.getMembershipMinor() + place.getCommissionMinor();
  if (rider > 0 && !place.hasRider()) {
    return at.out.Refuse(Code::UNKNOWN_ACCOUNT, "place.rider", key);
  }
  if (platform > 0 && !place.hasPlatform()) {
    return at.out.Refuse(Code::UNKNOWN_ACCOUNT, "place.platform", key);
  }
  auto proposal = AddStep(at, key, TakeoutStage::CREATED);
  SetDetails(proposal.getDetails().getTakeout(), place);
  InitOrder(proposal, pays).setPayee(place.getEscrow());
  const std::string escrow = Copy(place.getEscrow());
  const auto money = [&](__int128 minor) {
    return Money{static_cast<int64_t>(minor), pays.currency};
  };
  size_t funders = 0;
  for (const auto discount : place.getDiscounts()) {
    if (!discount.hasFunder()) continue;
    AddShare(at, FunderKey(key, funders++), money(discount.getMinor()),
             {Copy(discount.getFunder()), escrow, place.getScheme()});
  }
  AddShare(at, MerchantKey(key), money(price.merchant),
           {escrow, Copy(place.getMerchant()), place.getScheme()});
  AddShare(at, RiderKey(key), money(rider), {escrow, Copy(place.getRider()), place.getScheme()});
  AddShare(at, PlatformKey(key), money(platform),
           {escrow, Copy(place.getPlatform()), place.getScheme()});
}

// With the user's payment the funders pay theirs.
void TakePayment(Payment::Reader given, Step& at) {
  const std::string key = Copy(given.getOrder());
  const auto meal = FindMeal(at.ledger, key);
  if (!meal) return at.out.Refuse(Code::UNKNOWN_ORDER, "payment.order", key);
  const Money amount = MoneyOf(given.getAmount());
  if (!CheckAmount(meal->order.amount, amount, "payment.amount", key, at)) return;
  const CardNotice notice = NoticeOf(given);
  const auto noticed = FindNoticed(meal->payments, key, notice, at);
  if (!noticed) return;
  const bool succeeded = notice.outcome == Outcome::SUCCEEDED;
  const bool owed_back =
      succeeded && (meal->order.paid > 0 || meal->order.status == OrderStatus::kCancelled);
  auto proposal = AddStep(at, key, TakeoutStage::PAID);
  InitNoticed(proposal, *noticed, notice, amount);
  if (owed_back) {
    const MovementState payment = PaymentOf(*noticed, notice, proposal.asReader());
    AddRefund(at, *meal, payment, amount, TakeoutStage::REFUNDED)
        .setKind(schema::RefundKind::REVERSAL);
    return;
  }
  if (!succeeded) return;
  for (const Share& funder : meal->funders) {
    AddSharePayment(at, funder.order, TakeoutStage::PAID);
  }
}

// D3: from here on every share is somebody's.
void TakeAccept(Accept::Reader accept, Step& at) {
  const std::string key = Copy(accept.getOrder());
  const auto meal = FindMeal(at.ledger, key);
  if (!meal) return at.out.Refuse(Code::UNKNOWN_ORDER, "accept.order", key);
  if (meal->accepted()) return at.out.Refuse(Code::DUPLICATE_NOTICE, "accept.order", key);
  if (meal->order.paid == 0) return at.out.Refuse(Code::DEBIT_NOT_SUCCEEDED, "accept.order", key);
  for (const Share& payee : meal->payees) {
    AddSharePayment(at, payee.order, TakeoutStage::ACCEPTED);
  }
}

void TakeProgress(Progress::Reader progress, Step& at) {
  const std::string key = Copy(progress.getOrder());
  const auto meal = FindMeal(at.ledger, key);
  if (!meal) return at.out.Refuse(Code::UNKNOWN_ORDER, "progress.order", key);
  if (!meal->accepted()) return at.out.Refuse(Code::ORDER_NOT_OPEN, "progress.order", key);
  AddStep(at, key, progress.getStage())
      .initBody()
      .initOrder()
      .setAction(schema::OrderAction::PROGRESSED);
}

// A share leaves the platform's books, or repays what was advanced for it.
void TakePayout(Payout::Reader payout, Step& at) {
  TakeTransfer({.number = Copy(payout.getNumber()),
                .from = Copy(payout.getFrom()),
                .to = Copy(payout.getTo()),
                .scheme = Copy(payout.getScheme()),
                .amount = MoneyOf(payout.getAmount()),
                .outcome = payout.getOutcome(),
                .reference = payout.getReference(),
                .reason = payout.getReason()},
               {"payout", "payout.number", "payout.from", "payout.to"}, at);
}

}  // namespace longmen::adapters::takeout
