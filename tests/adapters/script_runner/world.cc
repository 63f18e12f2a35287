#include "tests/adapters/script_runner/world.h"

#include <fmt/format.h>

#include <utility>

#include "tests/adapters/script_runner/fill.h"

namespace longmen::script {
namespace {

Error Broken(const std::string& what) { return Error{Code::CORRUPT, "", what}; }

// Every participant's book balances by itself, per currency, in every record.
Status CheckBalanced(const engine::Emitted& record) {
  std::map<std::pair<std::string, uint16_t>, WideSum> books;
  for (const Posting& posting : record.effects.postings) {
    books[{posting.participant, posting.amount.currency.numeric}].Add(posting.amount.minor);
  }
  for (const auto& [book, sum] : books) {
    if (sum.value() == 0) continue;
    return Broken(fmt::format("record {}: the book of {} is off by {}", record.header.sequence,
                              book.first, sum.Format(Currency{book.second})));
  }
  return Ok();
}

}  // namespace

World::World() : date("2021-03-01") {
  now = *ParseTime("00:00", date);
  happened_.records.push_back(ledger_.Begin("script", kOffsetMinutes, now));
  CHECK(Observe().ok(), "script.begin");
}

Status World::Propose(const std::vector<ProposalBytes>& group) {
  auto decided = ledger_.Propose(group, now);
  happened_ = {std::move(decided.answers), std::move(decided.records)};
  return Observe();
}

Status World::Ingest(const adapters::ScenarioAdapter& adapter, const std::string& json,
                     const std::string& source) {
  auto record = adapter.Parse(json, adapters::Door{.token_key = "a key of this test"});
  if (!record) {
    Invalid(record.error());
    return Ok();
  }
  auto decided = adapters::IngestRecord(ledger_, adapter, **record, source, now);
  happened_ = {std::move(decided.answers), std::move(decided.records)};
  return Observe();
}

Status World::Tick() {
  happened_ = {{}, ledger_.Tick(now)};
  return Observe();
}

void World::Invalid(const Error& error) {
  happened_ = {{{.kind = engine::AnswerKind::kInvalid, .code = error.code, .field = error.field}},
               {}};
}

Status World::Observe() {
  for (const engine::Emitted& record : happened_.records) {
    if (record.header.sequence != last_ + 1) {
      return Broken(fmt::format("record {} after {}", record.header.sequence, last_));
    }
    last_ = record.header.sequence;
    RETURN_IF_ERROR(CheckBalanced(record));
    const auto& cycle = record.effects.cycle;
    if (cycle && cycle->status == CycleStatus::kAborted) items_.erase(cycle->cycle);
    Recast(record);
    for (const CycleItem& item : record.effects.items) items_[item.cycle].push_back(item);
  }
  return ledger_.CheckInvariants();
}

// What is taken out of a cycle that is recast is among the record's items, in another cycle.
void World::Recast(const engine::Emitted& record) {
  const auto body = ReadCanonical(record.proposal.bytes()).getBody();
  if (!body.isSettlement()) return;
  const auto settlement = body.getSettlement();
  if (settlement.getAction() != schema::SettlementAction::RECAST) return;
  std::erase_if(items_[record.header.cycle], [&](const CycleItem& item) {
    return item.from == settlement.getWithout().cStr() || item.to == settlement.getWithout().cStr();
  });
}

std::vector<CycleItem> World::Items(const std::string& cycle) const {
  const auto found = ledger_.FindCycle(cycle);
  if (!found) return {};
  const auto items = items_.find(found->cycle);
  return items == items_.end() ? std::vector<CycleItem>{} : items->second;
}

World::ByParticipant World::Positions(const std::string& cycle) const {
  ByParticipant positions;
  for (const CycleItem& item : Items(cycle)) {
    Position& from = positions[{item.from, item.amount.currency.numeric}];
    from.out += item.amount.minor;
    ++from.out_count;
    Position& to = positions[{item.to, item.amount.currency.numeric}];
    to.in += item.amount.minor;
    ++to.in_count;
  }
  return positions;
}

}  // namespace longmen::script
