#include "projections/outbox/outbox.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "projections/store/body.h"
#include "projections/store/encoding.h"

namespace longmen::projections {

template <typename Archive>
static void Fields(Archive& archive, Command& command) {
  archive(command.sequence, command.verb, command.done, command.scenario, command.key);
  archive(command.movement, command.amount, command.from_account, command.to_account);
  archive(command.channel, command.channel_reference, command.order_version, command.level);
  archive(command.counter);
}

namespace {

constexpr std::string_view kCommands = "outbox/c";   // sequence, verb -> Command
constexpr std::string_view kOpen = "outbox/o";       // sequence, verb -> nothing
constexpr std::string_view kMovements = "outbox/m";  // movement -> its open command
constexpr std::string_view kApprovals = "outbox/a";  // scenario, key -> its open request
constexpr std::string_view kQueries = "outbox/q";    // scenario, key -> its open query
constexpr std::string_view kReminders = "outbox/r";  // scenario, key -> its open reminder
constexpr std::string_view kNotices = "outbox/n";  // scenario, key -> sequences of its open notices

constexpr std::array kVerbs = {Verb::kDebit,       Verb::kQueryDebit,      Verb::kRefund,
                               Verb::kQueryRefund, Verb::kRequestApproval, Verb::kNotify,
                               Verb::kQueryOrder,  Verb::kRemind};

KeyWriter CommandKey(std::string_view prefix, Sequence sequence, Verb verb) {
  return std::move(KeyWriter(prefix).Number(sequence).Small(static_cast<uint16_t>(verb)));
}

void PutOpen(const Command& command, Store& store) {
  store.Put(CommandKey(kCommands, command.sequence, command.verb), Encode(command));
  store.Put(CommandKey(kOpen, command.sequence, command.verb), "");
}

void PutDone(Command command, Sequence by, Store& store) {
  command.done = by;
  store.Put(CommandKey(kCommands, command.sequence, command.verb), Encode(command));
  store.Delete(CommandKey(kOpen, command.sequence, command.verb));
}

// Opens a command and remembers it under `index`, where the record that settles it will look.
void Open(const Command& command, std::string_view index, Store& store) {
  PutOpen(command, store);
  store.Put(index, Encode(command));
}

// Settles the command that `index` remembers, if there is one.
void Settle(std::string_view index, Sequence by, Store& store) {
  const auto bytes = store.Get(index);
  if (!bytes) return;
  auto command = Decode<Command>(*bytes);
  CHECK(command.ok(), "projections.value", index);
  PutDone(std::move(*command), by, store);
  store.Delete(index);
}

// A key may have several open notices, which are settled together.
KeyWriter NoticesOf(schema::Scenario scenario, std::string_view key) {
  return std::move(KeyWriter(kNotices).Scenario(scenario).Text(key));
}

Command ForMovement(const MovementState& movement, Sequence sequence, Verb verb) {
  Command command;
  command.sequence = sequence;
  command.verb = verb;
  command.scenario = movement.scenario;
  command.key = movement.key;
  command.movement = movement.sequence;
  command.amount = movement.amount;
  command.counter = movement.counter;
  command.from_account = movement.from_account;
  command.to_account = movement.to_account;
  command.channel = movement.channel;
  command.channel_reference = movement.channel_reference;
  return command;
}

bool IsDecided(schema::Proposal::Reader proposal) {
  const auto body = proposal.getBody();
  const auto basis = body.isDebit() ? body.getDebit().getBasis() : body.getRefund().getBasis();
  return basis == schema::Basis::DECIDED;
}

// The payer hears of payments and refunds, not of the books' own movements.
bool IsToldOutside(schema::Proposal::Reader proposal) {
  if (proposal.getScenario() == schema::Scenario::NONE) return false;
  const auto body = proposal.getBody();
  return body.isRefund() || body.getDebit().getKind() == schema::DebitKind::PAYMENT;
}

void FoldMovement(Sequence sequence, schema::Proposal::Reader proposal,
                  const MovementState& movement, bool waits, Store& store) {
  const KeyWriter index = std::move(KeyWriter(kMovements).Number(movement.sequence));
  // Nothing is open about what begins here.
  if (movement.sequence != sequence) Settle(index, sequence, store);
  // What waits in a queue the engine settles itself.
  if (waits) return;
  const bool refund = movement.kind == MovementKind::kRefund;
  switch (movement.outcome) {
    case schema::Outcome::PENDING:
      // A later "still pending" answers a question that was asked; the money was sent before it.
      if (IsDecided(proposal) && movement.sequence == sequence) {
        Open(ForMovement(movement, sequence, refund ? Verb::kRefund : Verb::kDebit), index, store);
        return;
      }
      [[fallthrough]];
    case schema::Outcome::UNKNOWN:
      Open(ForMovement(movement, sequence, refund ? Verb::kQueryRefund : Verb::kQueryDebit), index,
           store);
      return;
    case schema::Outcome::SUCCEEDED:
      if (IsToldOutside(proposal)) {
        PutOpen(ForMovement(movement, sequence, Verb::kNotify), store);
        AppendEncoded(store, NoticesOf(movement.scenario, movement.key), sequence);
      }
      return;
    case schema::Outcome::FAILED:
    case schema::Outcome::UNSTATED:  // of no movement that was recorded
      return;
  }
}

void FoldApproval(Sequence sequence, const OrderState& order, Store& store) {
  const bool waits = order.status == OrderStatus::kPendingAuthorization;
  // Its first version waits for nobody and needs no level: nothing can be open about it.
  if (!waits && order.version <= 1 && order.required_level == 0) return;
  const KeyWriter index = std::move(KeyWriter(kApprovals).Scenario(order.scenario).Text(order.key));
  const auto level = static_cast<uint8_t>(order.approved_level + 1);
  const Command asked = LoadOr(store, index, Command{});
  if (waits && asked.sequence != 0 && asked.order_version == order.version &&
      asked.level == level) {
    return;
  }
  Settle(index, sequence, store);
  if (!waits) return;
  Command command;
  command.sequence = sequence;
  command.verb = Verb::kRequestApproval;
  command.scenario = order.scenario;
  command.key = order.key;
  command.amount = order.amount;
  command.counter = order.counter;
  command.from_account = order.payer;
  command.to_account = order.payee;
  command.channel = order.channel;
  command.order_version = order.version;
  command.level = level;
  Open(command, index, store);
}

schema::B2bStage StageOf(schema::Proposal::Reader proposal) {
  const auto details = proposal.getDetails();
  return details.isB2bGateway() ? details.getB2bGateway().getStage() : schema::B2bStage::UNSTATED;
}

// Did somebody outside say something about the order? A step that only tells of an overdue answer
// is none, nor is what the engine wrote itself when a hold was over.
bool IsWord(schema::Proposal::Reader proposal) {
  const auto body = proposal.getBody();
  if (body.isOrder()) {
    return body.getOrder().getAction() == schema::OrderAction::PROGRESSED &&
           StageOf(proposal) != schema::B2bStage::ANSWER_OVERDUE;
  }
  if (body.isAuthorization()) {
    return body.getAuthorization().getAction() != schema::AuthorizationAction::EXPIRED;
  }
  return body.isDebit() || body.isRefund();
}

// Everything that could be asked about it is known. (A cancelled or expired order may have been
// debited all the same.)
bool IsAnswered(const OrderState& order) {
  return order.status == OrderStatus::kPaid || order.status == OrderStatus::kCompleted ||
         order.status == OrderStatus::kDeclined;
}

// A1.6: no answer means asking about the same order number, never a second order.
void FoldQuery(Sequence sequence, schema::Proposal::Reader proposal, const Effects& effects,
               Store& store) {
  if (proposal.getScenario() != schema::Scenario::B2B_GATEWAY) return;
  const KeyWriter index =
      std::move(KeyWriter(kQueries).Scenario(proposal.getScenario()).Text(View(proposal.getKey())));
  if (IsWord(proposal)) return Settle(index, sequence, store);
  const auto body = proposal.getBody();
  if (!body.isOrder() || StageOf(proposal) != schema::B2bStage::ANSWER_OVERDUE) return;
  if (store.Get(index) || (effects.order && IsAnswered(*effects.order))) return;
  Command command;
  command.sequence = sequence;
  command.verb = Verb::kQueryOrder;
  command.scenario = proposal.getScenario();
  command.key = View(proposal.getKey());
  if (effects.order) {
    command.amount = effects.order->amount;
    command.counter = effects.order->counter;
    command.from_account = effects.order->payer;
    command.to_account = effects.order->payee;
    command.channel = effects.order->channel;
  }
  Open(command, index, store);
}

// Does this progress tell that the outside has heard?
bool IsNotice(schema::Proposal::Reader proposal) {
  const auto body = proposal.getBody();
  if (!body.isOrder() || body.getOrder().getAction() != schema::OrderAction::PROGRESSED) {
    return false;
  }
  const auto details = proposal.getDetails();
  if (details.isCampus()) return details.getCampus().getStage() == schema::CampusStage::UNSTATED;
  return !proposal.getDetails().isB2bGateway() ||
         StageOf(proposal) == schema::B2bStage::ACCEPTING_BANK_NOTIFIED;
}

bool IsReminder(schema::Proposal::Reader proposal) {
  const auto body = proposal.getBody();
  const auto details = proposal.getDetails();
  return body.isOrder() && body.getOrder().getAction() == schema::OrderAction::PROGRESSED &&
         details.isCampus() && details.getCampus().getStage() == schema::CampusStage::REMINDED;
}

// A5.2 rule 6: whoever has not paid is reminded. One that is open need not be asked for again.
void FoldReminder(Sequence sequence, schema::Proposal::Reader proposal, const OrderState& order,
                  Store& store) {
  const KeyWriter index = std::move(KeyWriter(kReminders).Scenario(order.scenario).Text(order.key));
  if (!IsLive(order.status) || IsNotice(proposal)) return Settle(index, sequence, store);
  if (!IsReminder(proposal) || store.Get(index)) return;
  Command command;
  command.sequence = sequence;
  command.verb = Verb::kRemind;
  command.scenario = order.scenario;
  command.key = order.key;
  command.amount = order.amount;
  command.to_account = order.payee;
  Open(command, index, store);
}

void FoldNotice(Sequence sequence, schema::Proposal::Reader proposal, Store& store) {
  const KeyWriter index = NoticesOf(proposal.getScenario(), View(proposal.getKey()));
  const auto bytes = store.Get(index);
  if (!bytes) return;
  const auto open = DecodeSeries<Sequence>(*bytes);
  CHECK(open.ok(), "projections.value", std::string_view(index));
  for (const Sequence notice : *open) {
    PutDone(LoadOr(store, CommandKey(kCommands, notice, Verb::kNotify), Command{}), sequence,
            store);
  }
  store.Delete(index);
}

}  // namespace

std::string_view VerbName(Verb verb) {
  switch (verb) {
    case Verb::kDebit:
      return "debit";
    case Verb::kQueryDebit:
      return "query_debit";
    case Verb::kRefund:
      return "refund";
    case Verb::kQueryRefund:
      return "query_refund";
    case Verb::kRequestApproval:
      return "request_approval";
    case Verb::kNotify:
      return "notify";
    case Verb::kQueryOrder:
      return "query_order";
    case Verb::kRemind:
      return "remind";
  }
  return "unknown";
}

std::string Command::id() const { return fmt::format("{}.{}", sequence, VerbName(verb)); }

Result<std::vector<Command>> OpenCommands(const ReadStore& store,
                                          const std::optional<Command>& after, size_t limit) {
  const std::string from =
      after ? CommandKey(kOpen, after->sequence, after->verb).bytes() : std::string();
  return ReadAll<Command>(
      store, kOpen, from, limit, [&](std::string_view key, auto) -> Result<Command> {
        KeyReader reader(key, kOpen);
        const Sequence sequence = reader.Number();
        const auto verb = static_cast<Verb>(reader.Small());
        if (!reader.done()) return CorruptKey();
        return Read<Command>(store, CommandKey(kCommands, sequence, verb), "such command");
      });
}

Result<Command> FindCommand(const ReadStore& store, std::string_view id) {
  Sequence sequence = 0;
  const auto [end, failure] = std::from_chars(id.data(), id.data() + id.size(), sequence);
  const std::string_view rest = id.substr(static_cast<size_t>(end - id.data()));
  const auto verb = std::ranges::find_if(
      kVerbs, [&](Verb each) { return rest == fmt::format(".{}", VerbName(each)); });
  if (failure != std::errc() || verb == kVerbs.end()) {
    return Error{Code::USAGE, "id", "an id is <sequence>.<verb>"};
  }
  return Read<Command>(store, CommandKey(kCommands, sequence, *verb), "such command");
}

void OutboxProjection::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                            const Effects& effects, Store& store) const {
  const Sequence sequence = record.header.sequence;
  const Body body = BodyOf(proposal);
  if (effects.movement && (body == Body::kDebit || body == Body::kRefund)) {
    const bool waits = std::ranges::any_of(effects.waiting, [&effects](const WaitingState& one) {
      return one.movement == effects.movement->sequence && one.status != WaitingStatus::kGone;
    });
    FoldMovement(sequence, proposal, *effects.movement, waits, store);
  }
  if (effects.order) FoldApproval(sequence, *effects.order, store);
  FoldQuery(sequence, proposal, effects, store);
  if (effects.order && effects.order->scenario == schema::Scenario::CAMPUS) {
    FoldReminder(sequence, proposal, *effects.order, store);
  }
  if (IsNotice(proposal)) FoldNotice(sequence, proposal, store);
}

}  // namespace longmen::projections
