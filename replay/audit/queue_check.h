// QueueCheck: whether what was settled from a queue may settle together, worked out a second time.
//
// The engine that decides again chooses the same set by the same program. This one knows only what
// the records did, keeps the queues and everybody's money from that, and asks of each resolution:
// does it leave anybody too little; in fifo, is it of every sender the first so many, and as many
// as can be; by value, is it worth at least that, and no more than the record says is possible. Of
// a deadlock in fifo: can really none settle.
#pragma once

#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "engine/ledger/ledger.h"
#include "replay/audit/finding.h"

namespace longmen::replay {

class QueueCheck {
 public:
  // The records in order, each with what it did.
  std::optional<Finding> See(const engine::Emitted& record);

 private:
  struct Payment {
    Name sender;
    Name receiver;
    int64_t minor = 0;
  };
  // Of one sender the first goes first: by 255 less its priority, rank, movement.
  using Place = std::tuple<int, int64_t, Sequence>;
  using Line = std::map<Place, Payment>;
  using QueueName = std::pair<Name, uint16_t>;
  // What one may still pay out; nothing where that is endless.
  using Money = std::optional<__int128>;

  std::optional<Finding> Judge(Sequence sequence, schema::Settlement::Reader settlement,
                               const Effects& effects) const;
  // The most payments of each sender, from its first on, that can settle together.
  std::map<Name, size_t> MostInOrder(const std::map<Name, Line>& queue, uint16_t currency) const;
  Money MoneyOf(const Name& participant, uint16_t currency) const;
  void Follow(const Effects& effects);

  std::map<QueueName, std::map<Name, Line>> queues_;  // what waits and is not held, by sender
  std::map<Sequence, std::tuple<QueueName, Name, Place>> places_;
  std::map<std::pair<Name, uint16_t>, Money> money_;
};

}  // namespace longmen::replay
