#include <algorithm>

#include "tests/support/generator/generator.h"

namespace longmen::generator {

using reference::Wide;

Draft Generator::Start(const std::string& key, schema::Scenario scenario) {
  source_ = AnySource();
  return Draft(source_, NewId(), AnyInstant(), key, scenario);
}

std::string Generator::AnySource() {
  const size_t choice = random_.Below(100);
  if (choice < 91) return "op";
  if (choice < 95) return "icbc";
  if (choice < 97) return "south";
  if (choice < 98) return "files";
  return choice < 99 ? "shut" : "nobody";
}

Nanos Generator::AnyInstant() {
  const size_t choice = random_.Below(100);
  if (choice < 40) return now_;
  if (choice < 80) return now_ - random_.Between(0, 60) * kNanosPerSecond;
  if (choice < 92) return now_ - random_.Between(0, 119) * kNanosPerMinute;
  if (choice < 96) return now_ + random_.Between(0, 59) * kNanosPerMinute;
  // At the bounds of "op", and past them.
  return random_.Pick({now_ - 120 * kNanosPerMinute, now_ - 120 * kNanosPerMinute - 1,
                       now_ + 60 * kNanosPerMinute, now_ + 60 * kNanosPerMinute + 1,
                       now_ - kNanosPerDay});
}

std::string Generator::Person() {
  return random_.Pick<const char*>({"alice", "anna", "bob", "carol", "dan"});
}

int64_t Generator::Amount() {
  const size_t choice = random_.Below(100);
  if (choice < 5) return random_.Between(1, 3);
  if (choice < 70) return random_.Between(100, 3'000);
  if (choice < 95) return random_.Between(3'000, 9'000);
  return random_.Between(20'000, 90'000);
}

int64_t Generator::PartOf(Wide most) {
  const auto limit = static_cast<int64_t>(std::clamp<Wide>(most, 1, 1'000'000));
  const size_t choice = random_.Below(100);
  if (choice < 30) return limit;
  if (choice < 92) return random_.Between(1, limit);
  return limit + random_.Between(1, 500);
}

uint16_t Generator::Currency(uint16_t right) {
  if (random_.Percent(97)) return right;
  return random_.Pick<uint16_t>({156, 840, 978});
}

std::string Generator::AnyAccount(const std::function<bool(const reference::Account&)>& wanted) {
  if (random_.Percent(1)) return "ghost";
  std::vector<std::string> names;
  const bool any = random_.Percent(3);
  for (const auto& [name, account] : state_->accounts) {
    if (any || wanted(account)) names.push_back(name);
  }
  return names.empty() ? "ghost" : random_.Pick(names);
}

std::string Generator::CustomerOrMerchant(uint16_t currency) {
  using enum schema::AccountKind;
  const bool pending_too = random_.Percent(10);
  const bool clearing_too = random_.Percent(2);
  return AnyAccount([&](const reference::Account& account) {
    return account.currency == currency &&
           (account.kind == CUSTOMER || account.kind == MERCHANT || account.kind == WALLET ||
            (pending_too && account.kind == PENDING) || (clearing_too && account.kind == CLEARING));
  });
}

// A scheme for a route between two participants; usually none inside one.
std::string Generator::SchemeFor(const std::string& from, const std::string& to) {
  const auto a = state_->accounts.find(from);
  const auto b = state_->accounts.find(to);
  const bool across = a == state_->accounts.end() || b == state_->accounts.end() ||
                      a->second.participant != b->second.participant;
  if (!across && random_.Percent(80)) return "";
  const size_t choice = random_.Below(100);
  if (choice < 45) return "nu";
  if (choice < 65) return "pk";
  if (choice < 72) return "rt";
  if (choice < 80) return "cv";
  if (choice < 88) return "qu";
  if (choice < 92) return "qv";
  if (choice < 97) return "";
  return choice < 99 ? "bare" : "noscheme";
}

const reference::Order* Generator::AnyOrder(
    const std::function<bool(const reference::Order&)>& wanted) {
  std::vector<const reference::Order*> orders;
  std::vector<const reference::Order*> others;
  for (const auto& [name, order] : state_->orders) {
    (wanted(order) ? orders : others).push_back(&order);
  }
  if ((orders.empty() || random_.Percent(10)) && !others.empty()) return random_.Pick(others);
  return orders.empty() ? nullptr : random_.Pick(orders);
}

const reference::Movement* Generator::AnyMovement(
    const std::function<bool(const reference::Movement&)>& wanted) {
  std::vector<const reference::Movement*> movements;
  const bool any = random_.Percent(6);
  for (const auto& [sequence, movement] : state_->movements) {
    if (any || wanted(movement)) movements.push_back(&movement);
  }
  return movements.empty() ? nullptr : random_.Pick(movements);
}

reference::Identity Generator::IdentityOf(const reference::Movement& movement) const {
  for (const auto& [identity, sequence] : state_->began) {
    if (sequence == movement.sequence) return identity;
  }
  return {};
}

// Names a movement; the source is left out where it is the one that refers, now and then.
void Generator::Refer(schema::Reference::Builder reference, const reference::Identity& identity) {
  reference.setId(random_.Percent(97) ? identity.second : "nothing");
  if (identity.first != source_ || random_.Percent(50)) reference.setSource(identity.first);
}

SplitList Generator::SplitsFor(uint16_t currency, int64_t amount) {
  SplitList splits;
  int64_t left = amount;
  const int64_t count = random_.Between(1, 3);
  for (int64_t i = 0; i < count && left > 0; ++i) {
    const int64_t part = random_.Percent(10) ? left : random_.Between(1, left);
    splits.emplace_back(CustomerOrMerchant(currency), part);
    left -= part;
  }
  return splits;
}

// Some of the order's own splits, for a part of it.
SplitList Generator::SplitsOf(const reference::Order& order, int64_t amount) {
  SplitList splits;
  int64_t left = amount;
  for (const reference::Part& split : order.splits) {
    if (left == 0 || random_.Percent(20)) continue;
    const int64_t part = std::min(left, PartOf(split.minor));
    splits.emplace_back(split.account, part);
    left -= part;
  }
  return splits;
}

schema::Outcome Generator::AnyOutcome() {
  const size_t choice = random_.Below(100);
  if (choice < 62) return schema::Outcome::SUCCEEDED;
  if (choice < 80) return schema::Outcome::PENDING;
  if (choice < 92) return schema::Outcome::UNKNOWN;
  return schema::Outcome::FAILED;
}

}  // namespace longmen::generator
