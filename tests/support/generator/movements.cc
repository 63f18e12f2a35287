// Debits and refunds.
#include "tests/support/generator/generator.h"

namespace longmen::generator {

using reference::Movement;
using reference::Order;
using reference::Wide;
using schema::AccountKind;

namespace {

// The two currencies between which AtSomeRate knows a rate.
bool HasRate(uint16_t currency) { return currency == 156 || currency == 840; }

}  // namespace

Draft Generator::PaymentDraft(const Order& order) {
  const std::string key = random_.Percent(98) ? order.name.second : "noorder";
  Draft draft = Start(key, order.name.first);
  auto debit = draft.debit();
  const Wide used = state_->DebitsOf(order.name, false) + state_->DebitsOf(order.name, true);
  int64_t amount = random_.Percent(25) ? order.amount : PartOf(order.amount - used);
  if (!order.splits.empty() && random_.Percent(40)) amount = order.amount;
  const bool exchanges =
      (order.counter_currency != 0) != (HasRate(order.currency) && random_.Percent(2));
  SetAmount(debit, amount, exchanges ? order.currency : Currency(order.currency));
  if (exchanges) {
    const uint16_t counter = order.currency == 156 ? 840 : 156;
    const int64_t minor = AtSomeRate(amount, order.currency, debit.initRate());
    SetCounter(debit, minor, counter);
  }
  if (random_.Percent(35)) debit.setBasis(schema::Basis::REPORTED);
  debit.setOutcome(AnyOutcome());
  debit.setCompletes(random_.Percent(12));
  const bool splits_needed = !order.splits.empty() && amount != order.amount;
  if (!exchanges && random_.Percent(splits_needed ? 85 : 8)) {
    SetSplits(debit,
              random_.Percent(80) ? SplitsOf(order, amount) : SplitsFor(order.currency, amount));
  }
  std::string payer = order.payer;
  if ((payer.empty() && random_.Percent(96)) || random_.Percent(5)) {
    payer = AnyAccount([&](const reference::Account& account) {
      return account.currency == order.currency &&
             (account.kind == AccountKind::CUSTOMER || account.unlimited);
    });
    if (random_.Percent(3)) payer = order.payer;
    LONGMEN_SET_TEXT(debit, Payer, payer);
  } else if (const auto mandate = state_->mandates.find(order.mandate);
             mandate != state_->mandates.end() && !mandate->second.fallbacks.empty() &&
             random_.Percent(40)) {
    payer = random_.Pick(mandate->second.fallbacks);
    LONGMEN_SET_TEXT(debit, Payer, payer);
  }
  if (order.scheme.empty() || random_.Percent(5)) {
    const bool splits = debit.hasSplits() || !order.splits.empty();
    LONGMEN_SET_TEXT(debit, Scheme, SchemeFor(splits ? "" : payer, order.payee));
  }
  if (random_.Percent(4)) debit.setPayee(CustomerOrMerchant(order.currency));
  return draft;
}

int64_t Generator::AtSomeRate(int64_t minor, uint16_t of, schema::Rate::Builder rate) {
  // Around seven yuan for a dollar, or dollars for a yuan to many digits.
  const bool dollars = random_.Percent(70);
  const uint16_t base = dollars ? 840 : 156;
  const auto scale = static_cast<uint8_t>(dollars ? random_.Between(0, 6) : random_.Between(5, 9));
  int64_t one = 1;
  for (int i = 0; i < scale; ++i) one *= 10;
  const int64_t mantissa =
      dollars ? random_.Between(6 * one, 8 * one) : random_.Between(one / 8, one / 6);
  SetRate(rate, mantissa, scale, base);
  const auto worth = [&](int64_t of_base) {
    return static_cast<int64_t>((Wide{2} * of_base * mantissa + one) / (Wide{2} * one));
  };
  int64_t other = worth(minor);
  if (of != base) {
    // The amount of `in` that is worth `minor`, if there is one.
    other = static_cast<int64_t>(Wide{minor} * one / mantissa);
    for (const int64_t near : {other, other + 1}) {
      if (worth(near) == minor) other = near;
    }
  }
  if (random_.Percent(4)) other += random_.Between(-1, 1);
  return std::max<int64_t>(other, 1);
}

// An exchange beside any order: between accounts of one bank, or across.
Generator::Drafts Generator::Exchange() {
  Draft draft = Start(random_.Percent(50) ? NewName("d") : "");
  auto debit = draft.debit();
  const uint16_t currency = random_.Percent(50) ? 156 : 840;
  const uint16_t counter = currency == 156 ? 840 : 156;
  const std::string payer = AnyAccount([&](const reference::Account& account) {
    return account.currency == currency &&
           (account.kind == AccountKind::CUSTOMER || account.kind == AccountKind::MIRROR);
  });
  const bool fx = random_.Percent(4);
  const std::string payee = AnyAccount([&](const reference::Account& account) {
    return account.currency == counter &&
           (fx ? account.kind == AccountKind::FX : account.kind == AccountKind::MERCHANT);
  });
  debit.setKind(schema::DebitKind::EXCHANGE);
  debit.setPayer(payer);
  debit.setPayee(payee);
  LONGMEN_SET_TEXT(debit, Scheme, SchemeFor(payer, payee));
  const int64_t amount = Amount();
  SetAmount(debit, amount, currency);
  SetCounter(debit, AtSomeRate(amount, currency, debit.initRate()), counter);
  if (random_.Percent(35)) debit.setBasis(schema::Basis::REPORTED);
  debit.setOutcome(AnyOutcome());
  Drafts drafts;
  drafts.push_back(std::move(draft));
  return drafts;
}

// A payment between banks through a queue.
Generator::Drafts Generator::PayQueued() {
  Drafts drafts;
  // Now and then a circle of much the same amount: nobody can begin, all can together.
  const std::vector<const char*> banks = {"ICBC", "CMB", "BOB"};
  const size_t count = random_.Percent(40) ? 3 : 1;
  const bool circle = count == 3 && random_.Percent(70);
  const int64_t amount = random_.Between(20'000, 60'000);
  for (size_t i = 0; i < count; ++i) {
    const char* from = circle ? banks[i] : random_.Pick(banks);
    const char* to =
        circle ? banks[(i + 1) % 3] : random_.Pick<const char*>({"ICBC", "CMB", "BOB", "NOP"});
    Draft draft = Start("");
    auto debit = draft.debit();
    debit.setKind(schema::DebitKind::PAYOUT);
    debit.setPayer(std::string(from) + (circle || random_.Percent(70) ? ".mir" : ".c1"));
    debit.setPayee(std::string(to) + ".m1");
    debit.setScheme(random_.Percent(75) ? "qu" : "qv");
    SetAmount(debit, circle ? amount + random_.Between(0, 3'000) : random_.Between(1'000, 30'000),
              156);
    debit.setOutcome(random_.Percent(92) ? schema::Outcome::SUCCEEDED : AnyOutcome());
    if (debit.getOutcome() == schema::Outcome::SUCCEEDED) {
      debit.setPriority(random_.Pick<uint8_t>({0, 0, 1, 255}));
    }
    if (random_.Percent(6)) debit.setBasis(schema::Basis::REPORTED);
    drafts.push_back(std::move(draft));
  }
  return drafts;
}

// What waits is held, moved, cancelled, or settled together.
Generator::Drafts Generator::ChangeQueue() {
  if (random_.Percent(40)) {
    std::vector<const std::pair<const Sequence, reference::Cycle>*> cycles;
    for (const auto& cycle : state_->cycles) {
      const auto method = state_->schemes.at(cycle.second.scheme).method;
      const bool queued = method == schema::SettlementMethod::QUEUED;
      if (cycle.second.status == CycleStatus::kOpen && (queued || random_.Percent(5))) {
        cycles.push_back(&cycle);
      }
    }
    Draft draft = Start(cycles.empty() ? "nocycle" : random_.Pick(cycles)->second.name);
    auto settlement = draft.settlement();
    settlement.setAction(schema::SettlementAction::RESOLUTION_ASKED);
    settlement.setCurrency(random_.Percent(90) ? 156 : 840);
    settlement.setMode(random_.Percent(50) ? schema::ResolutionMode::VALUE
                                           : schema::ResolutionMode::FIFO);
    Drafts drafts;
    drafts.push_back(std::move(draft));
    return drafts;
  }
  const bool any = random_.Percent(10);
  const Movement* movement = AnyMovement([&](const Movement& found) {
    return any ? reference::InFlight(found.outcome) : state_->waiting.contains(found.sequence);
  });
  if (movement == nullptr || movement->kind != MovementKind::kDebit) return {};
  Draft draft = Start(movement->name.second, movement->name.first);
  auto debit = draft.debit();
  SetAmount(debit, movement->amount, movement->currency);
  debit.setKind(movement->debit_kind);
  debit.setOutcome(schema::Outcome::PENDING);
  Refer(debit.initResolves(), IdentityOf(*movement));
  const size_t choice = random_.Below(100);
  if (choice < 8) {
    debit.setOutcome(schema::Outcome::FAILED);
  } else if (choice < 14) {
    debit.setOutcome(random_.Percent(50) ? schema::Outcome::SUCCEEDED : schema::Outcome::UNKNOWN);
  } else {
    debit.setQueueAction(static_cast<schema::QueueAction>(random_.Below(6)));
    if (debit.getQueueAction() == schema::QueueAction::PRIORITISE) {
      debit.setPriority(random_.Pick<uint8_t>({0, 1, 7, 255}));
    }
  }
  Drafts drafts;
  drafts.push_back(std::move(draft));
  return drafts;
}

Generator::Drafts Generator::Pay() {
  const bool live = random_.Percent(88);
  const Order* order =
      AnyOrder([&](const Order& any) { return live ? any.status == OrderStatus::kOpen : true; });
  if (order == nullptr) return {};
  Drafts drafts;
  drafts.push_back(PaymentDraft(*order));
  if (random_.Percent(10)) drafts.push_back(PaymentDraft(*order));
  return drafts;
}

// An order and what becomes of it in one group.
Generator::Drafts Generator::PlaceAndPay() {
  Drafts drafts = PlaceOrder();
  auto placed = drafts[0].root();
  auto order = placed.getBody().getOrder();
  Order made;
  made.name = {placed.getScenario(), std::string(placed.getKey().cStr())};
  made.amount = order.getAmount().getMinor();
  made.currency = order.getAmount().getCurrency();
  made.counter = order.getCounterAmount().getMinor();
  made.counter_currency = order.getCounterAmount().getCurrency();
  made.payer = order.getPayer().cStr();
  made.payee = order.getPayee().cStr();
  made.scheme = order.getScheme().cStr();
  made.mandate = order.getMandate().cStr();
  for (auto split : order.getSplits()) {
    made.splits.push_back({split.getAccount().cStr(), split.getMinor()});
  }
  if (random_.Percent(50)) {
    Draft grant = Start(made.name.second, made.name.first);
    FillGrant(made, grant.authorization());
    drafts.push_back(std::move(grant));
  }
  if (random_.Percent(80)) drafts.push_back(PaymentDraft(made));
  return drafts;
}

Generator::Drafts Generator::StandAlone() {
  const auto scenario = random_.Pick({schema::Scenario::NONE, schema::Scenario::PARKING});
  Draft draft = Start(random_.Percent(50) ? NewName("d") : "", scenario);
  auto debit = draft.debit();
  const auto kind = random_.Pick(
      {schema::DebitKind::FEE, schema::DebitKind::TOP_UP, schema::DebitKind::TOP_UP,
       schema::DebitKind::WITHDRAWAL, schema::DebitKind::PAYOUT, schema::DebitKind::POSTING,
       schema::DebitKind::SUBSIDY, schema::DebitKind::ADVANCE, schema::DebitKind::WRITE_OFF,
       schema::DebitKind::LIQUIDITY, schema::DebitKind::LIQUIDITY});
  const uint16_t currency = random_.Percent(85) ? 156 : 840;
  const auto of_kind = [&](AccountKind wanted) {
    return AnyAccount([&](const reference::Account& account) {
      return account.kind == wanted && account.currency == currency;
    });
  };
  std::string payer;
  std::string payee = CustomerOrMerchant(currency);
  switch (kind) {
    case schema::DebitKind::FEE:
      payer = of_kind(AccountKind::MERCHANT);
      payee = of_kind(AccountKind::FEE);
      break;
    case schema::DebitKind::WITHDRAWAL:
      payer = of_kind(random_.Percent(50) ? AccountKind::CUSTOMER : AccountKind::WALLET);
      payee = of_kind(random_.Percent(3) ? AccountKind::SETTLEMENT : AccountKind::MIRROR);
      break;
    case schema::DebitKind::LIQUIDITY: {
      const bool in = random_.Percent(50);
      payer = of_kind(in ? AccountKind::SETTLEMENT : AccountKind::MIRROR);
      payee = of_kind(in ? AccountKind::MIRROR : AccountKind::SETTLEMENT);
      break;
    }
    case schema::DebitKind::PAYOUT:
      payer = of_kind(AccountKind::MERCHANT);
      break;
    case schema::DebitKind::POSTING:
      payer = of_kind(AccountKind::PENDING);
      break;
    default:
      payer = of_kind(AccountKind::MIRROR);
      break;
  }
  debit.setKind(kind);
  debit.setPayer(payer);
  debit.setPayee(payee);
  const bool splits = random_.Percent(25);
  LONGMEN_SET_TEXT(debit, Scheme, SchemeFor(splits ? "" : payer, payee));
  const int64_t amount = Amount();
  SetAmount(debit, amount, Currency(currency));
  if (splits) SetSplits(debit, SplitsFor(currency, amount));
  if (random_.Percent(35)) debit.setBasis(schema::Basis::REPORTED);
  debit.setOutcome(AnyOutcome());
  if (random_.Percent(20)) debit.setClearingDate(18'990);
  Drafts drafts;
  drafts.push_back(std::move(draft));
  return drafts;
}

Generator::Drafts Generator::ResolveDebit() {
  const Movement* debit = AnyMovement([](const Movement& any) {
    return any.kind == MovementKind::kDebit && reference::InFlight(any.outcome);
  });
  if (debit == nullptr) return {};
  const std::string key = random_.Percent(97) ? debit->name.second : "otherkey";
  Draft draft = Start(key, debit->name.first);
  auto resolving = draft.debit();
  SetAmount(resolving, random_.Percent(96) ? debit->amount : PartOf(debit->amount),
            Currency(debit->currency));
  resolving.setKind(random_.Percent(97) ? debit->debit_kind : schema::DebitKind::TOP_UP);
  // Without a key it can only be a kind that stands alone.
  if (key.empty() && resolving.getKind() == schema::DebitKind::PAYMENT) return {};
  if (random_.Percent(60)) resolving.setBasis(schema::Basis::REPORTED);
  resolving.setOutcome(random_.Pick({schema::Outcome::SUCCEEDED, schema::Outcome::SUCCEEDED,
                                     schema::Outcome::FAILED, schema::Outcome::UNKNOWN}));
  if (resolving.getOutcome() == schema::Outcome::SUCCEEDED && random_.Percent(10)) {
    resolving.setPriority(1);
  }
  resolving.setCompletes(random_.Percent(12));
  Refer(resolving.initResolves(), IdentityOf(*debit));
  Drafts drafts;
  drafts.push_back(std::move(draft));
  return drafts;
}

Generator::Drafts Generator::Refund() {
  const Movement* debit = AnyMovement([](const Movement& any) {
    return any.kind == MovementKind::kDebit && any.outcome == schema::Outcome::SUCCEEDED &&
           any.payer.find("mir") == std::string::npos;
  });
  if (debit == nullptr) return {};
  const int64_t count = random_.Percent(12) ? 3 : 1;
  Drafts drafts;
  for (int64_t i = 0; i < count; ++i) {
    std::string key = random_.Percent(97) ? debit->name.second : "otherkey";
    if (key.empty()) key = "standalone";
    Draft draft = Start(key, debit->name.first);
    auto refund = draft.refund();
    const Wide used = state_->RefundsOfDebit(debit->sequence, false) +
                      state_->RefundsOfDebit(debit->sequence, true);
    Wide most = debit->payees_amount() - used;
    if (count > 1) most /= 2;
    const int64_t amount = PartOf(most);
    const uint16_t currency = debit->payees_currency();
    const bool exchanges = debit->exchanges() != (HasRate(currency) && random_.Percent(2));
    SetAmount(refund, amount, exchanges ? currency : Currency(currency));
    if (exchanges) {
      const uint16_t counter = currency == 156 ? 840 : 156;
      SetCounter(refund, AtSomeRate(amount, currency, refund.initRate()), counter);
    }
    if (random_.Percent(35)) refund.setBasis(schema::Basis::REPORTED);
    refund.setOutcome(AnyOutcome());
    refund.setKind(random_.Pick({schema::RefundKind::REFUND, schema::RefundKind::PAYMENT_RETURN}));
    Refer(refund.initDebit(), IdentityOf(*debit));
    drafts.push_back(std::move(draft));
  }
  return drafts;
}

Generator::Drafts Generator::ResolveRefund() {
  const Movement* refund = AnyMovement([](const Movement& any) {
    return any.kind == MovementKind::kRefund && reference::InFlight(any.outcome);
  });
  if (refund == nullptr) return {};
  std::string key = random_.Percent(97) ? refund->name.second : "otherkey";
  if (key.empty()) key = "standalone";
  Draft draft = Start(key, refund->name.first);
  auto resolving = draft.refund();
  SetAmount(resolving, random_.Percent(96) ? refund->amount : PartOf(refund->amount),
            Currency(refund->currency));
  if (random_.Percent(60)) resolving.setBasis(schema::Basis::REPORTED);
  resolving.setOutcome(random_.Pick({schema::Outcome::SUCCEEDED, schema::Outcome::SUCCEEDED,
                                     schema::Outcome::FAILED, schema::Outcome::PENDING}));
  Refer(resolving.initResolves(), IdentityOf(*refund));
  Drafts drafts;
  drafts.push_back(std::move(draft));
  return drafts;
}

}  // namespace longmen::generator
