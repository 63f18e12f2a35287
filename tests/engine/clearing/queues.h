// Queues as the handbook writes them, and what must hold of any set that settles.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "engine/clearing/gridlock.h"

namespace longmen::engine {

// "A20 B10 C-5": by participant, in alphabetical order.
std::vector<int64_t> Amounts(const std::string& text);
// "A>B 100, B>C 110", in the order of the queue.
std::vector<QueuedPayment> Payments(const std::string& text);
PaymentQueue Queue(const std::string& liquidity, const std::string& payments);
// "A>B 100, B>C 110": of the queue, those.
std::string Text(const PaymentQueue& queue, const std::vector<uint32_t>& payments);
std::string Text(const PaymentQueue& queue, const std::vector<bool>& settles);
// "A20 B10 C-5"
std::string Text(const std::vector<__int128>& liquidity);

std::vector<__int128> After(const PaymentQueue& queue, const std::vector<bool>& settles);
bool MaySettle(const PaymentQueue& queue, const std::vector<bool>& settles);
__int128 ValueOf(const PaymentQueue& queue, const std::vector<bool>& settles);
// Expects of a resolution what holds whatever the queue.
void ExpectSound(const PaymentQueue& queue, const Resolution& resolution);

// A few participants, some below zero, and at most so many payments of amounts that often meet.
rc::Gen<PaymentQueue> AnyQueue(size_t payments_max);
// One of many payments, by its number; `per_mille` of the payments' value is there as liquidity.
PaymentQueue LargeQueue(uint64_t number, size_t participants, size_t payments, int64_t per_mille);

}  // namespace longmen::engine
