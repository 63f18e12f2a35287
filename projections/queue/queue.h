// Queue: what waits in the queue of a scheme, and what was done so that less does (domain B3, E5).
//
// A payment waits from the record that did not find it covered until one that settles it, alone or
// with others, or gives it back. What a resolution settles waits no longer, though each of its
// payments is booked by a record of its own right after.
//
// A resolution saves what its payments are worth less the nets of those who send more by them than
// they receive: one by one they would have taken the former, together they took the latter.
#pragma once

#include <vector>

#include "projections/positions/positions.h"
#include "projections/store/store.h"

namespace longmen::projections {

struct QueuedPayment {
  Sequence movement = 0;
  Name sender;  // participants
  Name receiver;
  Money amount;  // between these two: of a debit that is split a part may stay with the sender
  WaitingStatus status = WaitingStatus::kWaiting;  // or held
  uint8_t priority = 0;
  int64_t rank = 0;
  Nanos since = 0;  // recording time of the record that made it wait
  std::string key;
  std::string source;  // identity of the proposal that began it: how whoever holds, moves or
  std::string id;      // cancels it refers to it
  bool operator==(const QueuedPayment&) const = default;
};

struct SchemeQueue {
  // By currency number and sender; of a sender in the order in which they go.
  std::vector<QueuedPayment> payments;
  // What each would send and receive if all of it settled, by participant and currency number.
  std::vector<ParticipantPosition> participants;
};

// The numbers are stored.
enum class ResolutionResult : uint8_t {
  kSettled,      // these settled together
  kDeadlocked,   // no set of these could
  kWindowEnded,  // these were returned
};
std::string_view ResolutionResultName(ResolutionResult result);  // "settled"

struct QueueResolution {
  Sequence sequence = 0;
  Nanos recorded_at = 0;
  ResolutionResult result = ResolutionResult::kSettled;
  schema::ResolutionMode mode = schema::ResolutionMode::FIFO;  // of a window: of no meaning
  Currency currency;  // of a window: of what it returned, and none where it returned nothing
  uint64_t count = 0;
  int64_t value = 0;
  int64_t value_max = 0;  // no set that could settle was worth more
  int64_t saved = 0;      // of what settled
  bool operator==(const QueueResolution&) const = default;
};

// Both: NOT_FOUND where no scheme has the name.
Result<SchemeQueue> QueueOf(const ReadStore& store, std::string_view scheme);
// Of the records after one, to the end of the record that makes them `limit`; a window that
// returned something in several currencies gives one for each. Oldest first.
Result<std::vector<QueueResolution>> Resolutions(const ReadStore& store, std::string_view scheme,
                                                 Sequence after = 0, size_t limit = SIZE_MAX);

class QueueProjection final : public Projection {
 public:
  std::string_view name() const override { return "queue"; }
  std::string_view prefix() const override { return "queue/"; }
  void Fold(const RecordView& record, schema::Proposal::Reader proposal, const Effects& effects,
            Store& store) const override;
};

}  // namespace longmen::projections
