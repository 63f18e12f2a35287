// Outbox: what the outside has to be told or asked.
//
// A command's id is "<sequence>.<verb>", of the record that gave rise to it: fixed for ever, so a
// connector may send it as often as it likes and the other side can tell. It is open until a later
// record settles it; nothing here sends anything.
//
//   verb              given rise to by                            settled by
//   debit             a decided debit that is pending             the next outcome of that debit
//   query_debit       a debit unknown, or reported as pending     the next outcome of that debit
//   refund            a decided refund that is pending            the next outcome of that refund
//   query_refund      a refund unknown, or reported as pending    the next outcome of that refund
//   query_order       an answer about a B2B order is overdue      the next word about that order: a
//                                                                 later step, authorization, debit
//                                                                 or refund
//   request_approval  an order waiting for a level of approval    the order no longer waiting for
//                                                                 that level of that version
//   notify            a scenario's payment or refund succeeded    a progress of the order: B2B's
//                                                                 last notice, of campus one
//                                                                 without a stage, elsewhere any
//   remind            a school reminds of an unpaid bill          the same progress, or that it is
//                                                                 no longer unpaid
//
// A payment that waits in a queue is no command: the engine settles it itself.
// What is reported as pending has been sent by whoever reports it: sending it again could move the
// money twice, so it is asked about instead. A further answer that is overdue asks nothing new: the
// query is open. What is ours to say (an amendment, a cancellation, an expiry) answers no query.
#pragma once

#include <vector>

#include "projections/store/store.h"

namespace longmen::projections {

// The numbers are stored.
enum class Verb : uint8_t {
  kDebit,
  kQueryDebit,
  kRefund,
  kQueryRefund,
  kRequestApproval,
  kNotify,
  kQueryOrder,
  kRemind
};
std::string_view VerbName(Verb verb);  // "query_debit"

struct Command {
  Sequence sequence = 0;  // of the record that gave rise to it
  Verb verb = Verb::kNotify;
  Sequence done = 0;  // of the record that settled it; 0: open
  schema::Scenario scenario = schema::Scenario::NONE;
  std::string key;
  Sequence movement = 0;  // the debit or refund it is about, by its name; 0: an order
  Money amount;           // what leaves
  Money counter;          // what arrives in another currency; 0 of none: the amount
  std::string from_account;
  std::string to_account;
  std::string channel;
  std::string channel_reference;
  uint16_t order_version = 0;  // of request_approval: what is to be judged
  uint8_t level = 0;           // of request_approval: the level that is due

  std::string id() const;  // "17.query_debit"
  bool operator==(const Command&) const = default;
};

// Open commands after the command (sequence, verb) in that order, at most `limit`.
Result<std::vector<Command>> OpenCommands(const ReadStore& store,
                                          const std::optional<Command>& after = {},
                                          size_t limit = SIZE_MAX);

// By id; USAGE where it is not one, NOT_FOUND where there never was such a command.
Result<Command> FindCommand(const ReadStore& store, std::string_view id);

class OutboxProjection final : public Projection {
 public:
  std::string_view name() const override { return "outbox"; }
  std::string_view prefix() const override { return "outbox/"; }
  void Fold(const RecordView& record, schema::Proposal::Reader proposal, const Effects& effects,
            Store& store) const override;
};

}  // namespace longmen::projections
