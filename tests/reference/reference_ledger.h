// A second, naive implementation of docs/rules.md, to compare the engine with.
//
// It shares the schema and the codec with the engine and nothing else. It is slow on purpose:
// sums are made over the whole history, and a group is undone by putting back a copy of the
// whole state. Where the two differ, the text of docs/rules.md decides who is wrong.
//
// Proposals have the right shape (CheckShape), as for the engine. One thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "events/codec/codec.h"
#include "tests/reference/state.h"

namespace longmen::reference {

enum class RefKind { kAccepted, kDuplicate, kConflict, kRefused, kInvalid };

struct RefAnswer {
  RefKind kind = RefKind::kAccepted;
  Sequence sequence = 0;
  Code code = Code::NONE;
  std::string field;
  uint16_t index = 0;
  Code exception = Code::NONE;
  bool operator==(const RefAnswer&) const = default;
};

// An order as the ledger leaves it: what is kept and what is summed.
struct RefOrder {
  OrderStatus status = OrderStatus::kOpen;
  int64_t amount = 0;
  Wide paid = 0, in_flight = 0, refunded = 0, refunding = 0;
  int64_t held = 0;
  Nanos valid_from = 0;
  Nanos valid_until = 0;
  uint16_t version = 0;
  uint8_t approved_level = 0, required_level = 0;
  bool operator==(const RefOrder&) const = default;
};

class ReferenceLedger {
 public:
  // The first record.
  void Begin(std::string_view name, int utc_offset_minutes, Nanos now);
  std::vector<RefAnswer> Propose(std::span<const ProposalBytes> group, Nanos now);
  void Tick(Nanos now);

  Sequence last_sequence() const { return state_.records.size(); }
  const std::vector<RefRecord>& records() const { return state_.records; }

  Wide Balance(const std::string& account) const { return state_.Balance(account); }
  Wide Held(const std::string& account) const { return state_.Held(account); }
  RefOrder OrderOf(const OrderKey& name) const;
  schema::Outcome OutcomeOf(const Identity& movement) const;
  Positions PositionsOf(const std::string& cycle) const;
  // Per pair of participants and currency: what the first owes the second, net, where positive.
  std::map<std::tuple<std::string, std::string, uint16_t>, Wide> Bilateral(
      const std::string& cycle) const;

  const State& state() const { return state_; }

 private:
  Nanos Later(Nanos now) const;
  bool AnswerKnown(std::span<const ProposalBytes> group, std::vector<RefAnswer>& answers) const;
  RefRecord& Append(Nanos now, std::string what, std::string key, Nanos occurred_at);
  bool FireEarliest(Nanos now);
  void OpenCycles(Nanos now);
  void WarnOfCaps(Nanos now);

  // Queues (queue.cc). Each gives whether there was something to do.
  bool BookSettled(Nanos now);
  bool WorkQueues(Nanos now);
  bool FireQueueTimer(Nanos now);
  bool Resolve(const std::string& scheme, uint16_t currency, schema::ResolutionMode mode, Nanos at,
               Nanos now);
  void ReleaseOne(Sequence movement, bool settles, Nanos now);
  struct QueueView {
    std::map<std::pair<std::string, uint16_t>, std::string> text;
    std::map<std::string, std::pair<int64_t, int64_t>> money;
  };
  QueueView ViewQueues() const;
  void FollowQueues(const QueueView& before, const std::string& registered, Nanos now);
  std::string NextCycleName(const std::string& scheme, Nanos now) const;

  State state_;
};

// The proposal as identity compares it: without the fields outside the comparison.
std::vector<uint8_t> ContentOf(const ProposalBytes& proposal);
// "order", "refusal" …; of what the engine writes itself, with the action: "order expired".
std::string WhatOf(schema::Proposal::Reader proposal);

}  // namespace longmen::reference
