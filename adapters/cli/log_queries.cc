// Refusals, the outbox, answers and the log itself.
#include <charconv>
#include <set>

#include "adapters/cli/queries.h"
#include "engine/ledger/ledger.h"
#include "events/block/block.h"
#include "events/codec/codec.h"
#include "projections/exceptions/exceptions.h"
#include "projections/outbox/outbox.h"
#include "projections/queue/queue.h"
#include "projections/store/body.h"

namespace longmen::adapters::cli {
namespace {

using enum ColumnKind;
using engine::KnownId;

constexpr size_t kLogReadBytes = 4u << 20;

// Calls `visit` with the records after..last, at most `limit`.
Status ForRecords(const engine::LogReader& log, Sequence after, Sequence last, size_t limit,
                  const std::function<void(const RecordView&)>& visit) {
  size_t count = 0;
  while (after < last && count < limit) {
    const auto blocks = log.Read(after + 1, kLogReadBytes);
    if (!blocks.ok()) return blocks.error();
    const Sequence before = after;
    for (const engine::StoredBlock& stored : *blocks) {
      const auto block = BlockView::Parse(stored.bytes());
      if (!block.ok()) return block.error();
      for (const RecordView& record : block->records()) {
        if (record.header.sequence <= after || record.header.sequence > last) continue;
        if (count == limit) return Ok();
        visit(record);
        after = record.header.sequence;
        ++count;
      }
    }
    if (after == before) return Error{Code::CORRUPT, "log", "a record is missing"};
  }
  return Ok();
}

// "waiting" or "held"; empty: it is in no queue. Whose queue it would be in nothing says, so all of
// them are looked through.
Result<std::string_view> QueueStatusOf(const ReadStore& store, Sequence movement) {
  const auto cycles = projections::Cycles(store);
  if (!cycles.ok()) return cycles.error();
  std::set<std::string> schemes;
  for (const CycleState& cycle : *cycles) {
    if (cycle.method == schema::SettlementMethod::QUEUED) schemes.insert(cycle.scheme.text());
  }
  for (const std::string& scheme : schemes) {
    const auto queue = projections::QueueOf(store, scheme);
    if (!queue.ok()) return queue.error();
    for (const auto& payment : queue->payments) {
      if (payment.movement == movement) return WaitingStatusName(payment.status);
    }
  }
  return std::string_view();
}

// What became since of a movement that the proposal began: its outcome, and whether it waits.
struct Became {
  std::string outcome;
  std::string_view queue;
};

Result<Became> BecameOf(const engine::LedgerView& ledger, const ReadStore& store,
                        std::string_view source, std::string_view id) {
  const auto movement = ledger.FindMovement(source, id);
  if (!movement) return Became{};
  Became became{.outcome = projections::EnumName(movement->outcome), .queue = {}};
  if (movement->outcome != schema::Outcome::PENDING) return became;
  const auto queue = QueueStatusOf(store, movement->sequence);
  if (!queue.ok()) return queue.error();
  became.queue = *queue;
  return became;
}

Status AnswerRow(const engine::LedgerView& ledger, const ReadStore& store, std::string_view source,
                 std::string_view id, const KnownId& known, Table& table) {
  const bool refused = known.refused != Code::NONE;
  const auto became = BecameOf(ledger, store, source, id);
  if (!became.ok()) return became.error();
  table.Row({source, id, refused ? "refused" : "accepted", Cell::Number(known.sequence),
             became->outcome, became->queue, Cell::CodeOrNone(known.refused),
             refused ? CodeClassName(ClassOf(known.refused)) : std::string_view(), known.field,
             refused ? Cell::Number(known.index) : Cell("")});
  return Ok();
}

}  // namespace

Result<Sequence> SequenceOf(std::string_view text) {
  if (text.empty()) return Sequence{0};
  Sequence sequence = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sequence);
  if (error == std::errc() && end == text.data() + text.size() && sequence < UINT64_MAX) {
    return sequence;
  }
  return Error{Code::USAGE, "after", "a sequence"};
}

Tables QueryRefusals(const ReadStore& store, const Page& page) {
  const auto after = SequenceOf(page.after);
  if (!after.ok()) return after.error();
  const auto items = projections::Exceptions(store, *after + 1, UINT64_MAX);
  if (!items.ok()) return items.error();
  Table table{"refusals",
              {{"sequence", kNumber},
               {"index", kNumber},
               {"atFault", kFlag},
               {"kind"},
               {"code"},
               {"class"},
               {"field"},
               {"bookDate"},
               {"recordedAt"},
               {"body"},
               {"scenario"},
               {"key"},
               {"source"},
               {"id"}},
              {}};
  Sequence last = 0;
  for (const auto& item : *items) {
    if (table.rows.size() >= page.limit && item.sequence != last) break;
    last = item.sequence;
    table.Row({Cell::Number(item.sequence), Cell::Number(item.index), Cell::Flag(item.at_fault),
               projections::ExceptionKindName(item.kind), CodeName(item.code),
               CodeClassName(ClassOf(item.code)), item.field, FormatDate(item.book_date),
               FormatInstant(item.recorded_at), projections::BodyName(item.body),
               projections::EnumName(item.scenario), item.key, item.source, item.id});
  }
  return std::vector{std::move(table)};
}

Tables QueryOutbox(const ReadStore& store, const Page& page) {
  std::optional<projections::Command> after;
  if (!page.after.empty()) {
    auto found = projections::FindCommand(store, page.after);
    if (!found.ok()) return Error{found.error().code, "after", found.error().message};
    after = std::move(*found);
  }
  const auto commands = projections::OpenCommands(store, after, page.limit);
  if (!commands.ok()) return commands.error();
  Table table{"outbox",
              {{"id"},
               {"verb"},
               {"sequence", kNumber},
               {"scenario"},
               {"key"},
               {"movement", kNumber},
               {"currency"},
               {"amount", kAmount},
               {"fromAccount"},
               {"toAccount"},
               {"channel"},
               {"channelReference"},
               {"orderVersion", kNumber},
               {"level", kNumber},
               {"counterCurrency"},
               {"counterAmount", kAmount}},
              {}};
  for (const auto& command : *commands) {
    const Currency currency = command.amount.currency;
    table.Row({command.id(), projections::VerbName(command.verb), Cell::Number(command.sequence),
               projections::EnumName(command.scenario), command.key,
               Cell::NumberOrNone(command.movement), currency.alphabetic(),
               Cell::Amount(command.amount.minor, currency), command.from_account,
               command.to_account, command.channel, command.channel_reference,
               Cell::NumberOrNone(command.order_version), Cell::NumberOrNone(command.level),
               Cell::CurrencyOrNone(command.counter), Cell::AmountOrNone(command.counter)});
  }
  return std::vector{std::move(table)};
}

Tables QueryAnswer(const engine::LedgerView& ledger, const ReadStore& store,
                   std::string_view source, std::string_view id) {
  Table table{"answer",
              {{"source"},
               {"id"},
               {"answer"},
               {"sequence", kNumber},
               {"outcome"},
               {"queue"},
               {"code"},
               {"class"},
               {"field"},
               {"index", kNumber}},
              {}};
  if (const auto known = ledger.FindId(source, id)) {
    RETURN_IF_ERROR(AnswerRow(ledger, store, source, id, *known, table));
  } else {
    for (size_t i = 0; i < engine::kGroupProposalsMax; ++i) {
      const std::string member = fmt::format("{}.{}", id, i);
      const auto known_member = ledger.FindId(source, member);
      if (!known_member) break;
      RETURN_IF_ERROR(AnswerRow(ledger, store, source, member, *known_member, table));
    }
  }
  if (table.rows.empty()) return Error{Code::NOT_FOUND, "id", "this id was never recorded"};
  return std::vector{std::move(table)};
}

Tables QueryRecords(const engine::LogReader& log, Sequence after, Sequence last, size_t limit) {
  Table table{"records",
              {{"sequence", kNumber},
               {"recordedAt"},
               {"bookDate"},
               {"body"},
               {"scenario"},
               {"key"},
               {"source"},
               {"id"},
               {"exception"}},
              {}};
  const Status read = ForRecords(log, after, last, limit, [&](const RecordView& record) {
    const ProposalReader reader(record.proposal);
    const auto proposal = reader.get();
    table.Row({Cell::Number(record.header.sequence), FormatInstant(record.header.recorded_at),
               FormatDate(record.header.book_date),
               projections::BodyName(projections::BodyOf(proposal)),
               projections::EnumName(proposal.getScenario()), View(proposal.getKey()),
               View(proposal.getSource()), View(proposal.getId()),
               Cell::CodeOrNone(record.header.exception)});
  });
  if (!read.ok()) return read.error();
  return std::vector{std::move(table)};
}

Result<std::string> RecordsJson(const engine::LogReader& log, Sequence after, Sequence last,
                                size_t limit) {
  std::string out;
  const Status read = ForRecords(log, after, last, limit,
                                 [&](const RecordView& record) { out += ToJson(record) + "\n"; });
  if (!read.ok()) return read.error();
  return out;
}

}  // namespace longmen::adapters::cli
