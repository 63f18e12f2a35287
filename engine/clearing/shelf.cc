#include "engine/clearing/shelf.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <tuple>

namespace longmen::engine {
namespace {

constexpr size_t kBits = 64;

}  // namespace

Shelf::Shelf(size_t participants, const std::vector<QueuedPayment>& payments, Side side)
    : begins_(participants + 1),
      order_(payments.size()),
      minors_(payments.size()),
      place_(payments.size()),
      taken_(payments.size() / kBits + 1) {
  const auto owner = [&](uint32_t p) {
    return side == Side::kSender ? payments[p].from : payments[p].to;
  };
  std::iota(order_.begin(), order_.end(), 0);
  std::ranges::sort(order_, {},
                    [&](uint32_t p) { return std::tuple(owner(p), payments[p].minor, p); });
  for (size_t place = 0; place < order_.size(); ++place) {
    place_[order_[place]] = place;
    minors_[place] = payments[order_[place]].minor;
    ++begins_[owner(order_[place]) + 1];
  }
  std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
}

void Shelf::Mark(uint32_t payment, bool taken) {
  const size_t place = place_[payment];
  const uint64_t bit = uint64_t{1} << place % kBits;
  taken_[place / kBits] = taken ? taken_[place / kBits] | bit : taken_[place / kBits] & ~bit;
}

size_t Shelf::FirstAbove(uint32_t participant, __int128 minor) const {
  const auto begin = minors_.begin();
  const auto found =
      std::upper_bound(begin + static_cast<ptrdiff_t>(begins_[participant]),
                       begin + static_cast<ptrdiff_t>(begins_[participant + 1]), minor);
  return static_cast<size_t>(found - begin);
}

size_t Shelf::AtLeast(uint32_t participant, __int128 minor, bool taken) const {
  return Upwards(FirstAbove(participant, minor - 1), begins_[participant + 1], taken);
}

size_t Shelf::AtMost(uint32_t participant, __int128 minor, bool taken) const {
  return Downwards(begins_[participant], FirstAbove(participant, minor), taken);
}

size_t Shelf::Upwards(size_t from, size_t end, bool taken) const {
  if (from >= end) return kNowhere;
  size_t word = from / kBits;
  uint64_t bits = Word(word, taken) & ~uint64_t{0} << from % kBits;
  while (bits == 0 && (word + 1) * kBits < end) bits = Word(++word, taken);
  const size_t place = word * kBits + static_cast<size_t>(std::countr_zero(bits));
  return bits != 0 && place < end ? place : kNowhere;
}

size_t Shelf::Downwards(size_t begin, size_t end, bool taken) const {
  if (begin >= end) return kNowhere;
  size_t word = (end - 1) / kBits;
  uint64_t bits = Word(word, taken) & ~uint64_t{0} >> (kBits - 1 - (end - 1) % kBits);
  while (bits == 0 && word * kBits > begin) bits = Word(--word, taken);
  if (bits == 0) return kNowhere;
  const size_t place = word * kBits + kBits - 1 - static_cast<size_t>(std::countl_zero(bits));
  return place >= begin ? place : kNowhere;
}

}  // namespace longmen::engine
