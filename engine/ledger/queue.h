// Queues, inside: payments of a queued scheme that the sender's money at the central bank does not
// cover, or that come after such ones, wait (docs/rules.md, Queue).
//
// A payment that waits is a debit in flight: its money is held on the payer's account. The engine
// settles it, by itself once it is covered, or with others by a resolution; whoever sent it may
// hold, move or cancel it.
//
// Invariants: of a sender, the payment that can settle alone, if there is one, is in `releasable`;
// a resolution that is due for a queue, in `resolving`; and so for timers and windows. So what is
// to be done next is found at once.
#pragma once

#include <vector>

#include "engine/clearing/gridlock.h"
#include "engine/ledger/rules.h"

namespace longmen::engine {

// Of one queue, in one currency: as many payments, and as much money.
inline constexpr uint32_t kQueuedMax = 200'000;
inline constexpr int64_t kQueuedMinorMax = int64_t{1} << 61;

SchemeTimes TimesOf(const State& state, const SchemeRow& scheme);

// Null: it does not wait.
const QueuedRow* FindQueued(const State& state, const MovementRow& movement);
// Of a movement that is to succeed: it is not covered, or another of its sender is before it.
bool MustWait(const State& state, const MovementRow& movement, uint8_t priority, bool reported);
// Why one that must cannot wait. None: it can.
Code ObjectionToWaiting(const State& state, const MovementRow& movement);
// Whether no sum that its booking touches is anywhere near the end of 64 bits.
bool IsBookable(const State& state, const MovementRow& movement);

void Enqueue(Change& change, const MovementRow& movement, uint8_t priority, bool completes);
void Move(Change& change, const MovementRow& movement, schema::QueueAction action,
          uint8_t priority);
void LeaveQueue(Change& change, const MovementRow& movement);
// The scheme was registered anew: what waits goes by its new times.
void TermsChanged(State& state, Ref<SchemeRow> scheme, Nanos now);
// The balance, hold or floor of an account has changed.
void MoneyChanged(Change& change, Ref<AccountRow> account);

bool NothingWaits(const State& state, Ref<SchemeRow> scheme, uint16_t currency);
// What waits and is not held, in the order of the queue, by sender's name.
std::vector<QueuePlace> PlacesIn(const State& state, Ref<SchemeRow> scheme, uint16_t currency);
struct WaitingPayments {
  std::vector<QueuePlace> places;
  PaymentQueue queue;
};
WaitingPayments WaitingIn(const State& state, Ref<SchemeRow> scheme, uint16_t currency);

void AskResolution(State& state, Ref<SchemeRow> scheme, uint16_t currency,
                   schema::ResolutionMode mode);
void ApplyQueueSettled(Change& change, Ref<SchemeRow> scheme,
                       schema::Settlement::Reader settlement);
void ApplyDeadlocked(Change& change, Ref<SchemeRow> scheme, schema::Settlement::Reader settlement);
void ApplyWindowEnded(Change& change, Ref<SchemeRow> scheme);

// What the engine writes for queues, in this order after everything else that is due; but the
// payments of a set that was settled are booked before anything else.
std::optional<ProposalBytes> NextBooking(const State& state, Nanos now);
std::optional<ProposalBytes> NextOfQueues(const State& state, Nanos now);
// The earliest instant at which one of them has something.
std::optional<Nanos> QueuesDueAt(const State& state);

}  // namespace longmen::engine
