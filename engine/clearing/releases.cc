#include "engine/clearing/releases.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "events/base/check.h"

namespace longmen::engine {
namespace {

// More than any payment is.
constexpr uint64_t kAbsent = std::numeric_limits<uint64_t>::max();

}  // namespace

Releases::Releases(std::span<const __int128> liquidity, std::span<const QueuedPayment> payments,
                   QueueOrder order)
    : payments_(payments),
      order_(order),
      liquidity_(liquidity.begin(), liquidity.end()),
      senders_(liquidity.size()),
      by_sender_(payments.size()),
      slot_of_(payments.size()),
      waiting_(payments.size()) {
  CHECK(payments.size() < kNone, "clearing.payments", payments.size());
  std::vector<size_t> count(liquidity.size());
  for (const auto& [from, to, minor] : payments) {
    CHECK(from < count.size() && to < count.size() && from != to && minor > 0, "clearing.payment",
          from, to, minor);
    ++count[from];
  }
  size_t slot = 0;
  size_t node = 0;
  for (size_t i = 0; i < senders_.size(); ++i) {
    senders_[i] = {
        .node = node, .width = std::bit_ceil(std::max<size_t>(count[i], 1)), .slot = slot};
    slot += count[i];
    node += 2 * senders_[i].width;
    count[i] = 0;
  }
  least_.assign(node, kAbsent);
  for (uint32_t p = 0; p < payments.size(); ++p) {
    const uint32_t from = payments[p].from;
    slot_of_[p] = static_cast<uint32_t>(count[from]++);
    by_sender_[senders_[from].slot + slot_of_[p]] = p;
  }
}

void Releases::SetLeaf(uint32_t payment, uint64_t minor) {
  const Sender& sender = senders_[payments_[payment].from];
  uint64_t* const tree = &least_[sender.node];
  size_t at = sender.width + slot_of_[payment];
  tree[at] = minor;
  for (at /= 2; at > 0; at /= 2) {
    const uint64_t least = std::min(tree[2 * at], tree[2 * at + 1]);
    if (tree[at] == least) break;
    tree[at] = least;
  }
}

uint32_t Releases::FirstOf(uint32_t sender) const {
  if (liquidity_[sender] <= 0) return kNone;
  const Sender& of = senders_[sender];
  const uint64_t* const tree = &least_[of.node];
  const auto covered = static_cast<uint64_t>(std::min<__int128>(liquidity_[sender], kAbsent - 1));
  const uint64_t at_most = order_ == QueueOrder::kFifo ? kAbsent - 1 : covered;
  if (tree[1] > at_most) return kNone;
  size_t at = 1;
  while (at < of.width) at = tree[2 * at] <= at_most ? 2 * at : 2 * at + 1;
  return tree[at] <= covered ? by_sender_[of.slot + at - of.width] : kNone;
}

void Releases::Offer(uint32_t sender) {
  const uint32_t first = FirstOf(sender);
  if (first == senders_[sender].offered) return;
  senders_[sender].offered = first;
  if (first != kNone) offers_.push(first);
}

void Releases::Join(uint32_t payment) {
  waiting_[payment] = 1;
  SetLeaf(payment, static_cast<uint64_t>(payments_[payment].minor));
  Offer(payments_[payment].from);
}

void Releases::Settle(uint32_t payment) {
  CHECK(waits(payment), "clearing.waits", payment);
  const auto& [from, to, minor] = payments_[payment];
  waiting_[payment] = 0;
  SetLeaf(payment, kAbsent);
  liquidity_[from] -= minor;
  liquidity_[to] += minor;
  Offer(from);
  Offer(to);
}

uint32_t Releases::SettleNext() {
  while (!offers_.empty()) {
    const uint32_t payment = offers_.top();
    offers_.pop();
    // An offer that its sender has taken back stays where it is until it comes up.
    if (senders_[payments_[payment].from].offered != payment) continue;
    Settle(payment);
    return payment;
  }
  return kNone;
}

}  // namespace longmen::engine
