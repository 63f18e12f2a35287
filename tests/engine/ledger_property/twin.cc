#include "tests/engine/ledger_property/twin.h"

#include <fmt/format.h>

#include <array>

namespace longmen::generator {
namespace {

using reference::RefKind;
using reference::RefRecord;
using reference::Wide;

engine::AnswerKind KindOf(RefKind kind) {
  switch (kind) {
    case RefKind::kAccepted:
      return engine::AnswerKind::kAccepted;
    case RefKind::kDuplicate:
      return engine::AnswerKind::kDuplicate;
    case RefKind::kConflict:
      return engine::AnswerKind::kConflict;
    case RefKind::kRefused:
      return engine::AnswerKind::kRefused;
    case RefKind::kInvalid:
      return engine::AnswerKind::kInvalid;
  }
  return engine::AnswerKind::kUnavailable;
}

engine::Answer Translated(const reference::RefAnswer& answer) {
  engine::Answer translated;
  translated.kind = KindOf(answer.kind);
  translated.sequence = answer.sequence;
  translated.code = answer.code;
  translated.field = answer.field;
  translated.index = answer.index;
  translated.exception = answer.exception;
  return translated;
}

std::string Text(const engine::Answer& answer) {
  return fmt::format("{} sequence {} {} [{}] index {} exception {}", AnswerKindName(answer.kind),
                     answer.sequence, CodeName(answer.code), answer.field, answer.index,
                     CodeName(answer.exception));
}

std::string Text(const RefRecord& record) {
  const RecordHeader& header = record.header;
  return fmt::format(
      "#{} {} '{}' occurred {} recorded {} cycle {} book {} rules {} exception {} "
      "group {}/{}",
      header.sequence, record.what, record.key, record.occurred_at, header.recorded_at,
      header.cycle, header.book_date, header.rules_version, CodeName(header.exception),
      header.group_index, header.group_size);
}

RefRecord Summary(const engine::Emitted& emitted) {
  ProposalReader reader(emitted.proposal.bytes());
  auto proposal = reader.get();
  RefRecord record;
  record.header = emitted.header;
  record.what = reference::WhatOf(proposal);
  if (record.what != "refusal") {
    record.key = proposal.getKey().cStr();
    record.occurred_at = proposal.getOccurredAt();
  }
  return record;
}

}  // namespace

std::vector<uint8_t> RecordBytes(const engine::Emitted& emitted) {
  std::vector<uint8_t> bytes;
  AppendRecord(emitted.header, emitted.proposal.bytes(), bytes);
  return bytes;
}

Twin::Twin(Sequence window)
    : window_(window),
      history_(window,
               [this](Sequence sequence) {
                 const engine::Emitted& record = records_[sequence - 1];
                 return RecordView{record.header, record.proposal.bytes(), {}};
               }),
      engine_(window) {
  engine_.Attach(history_);
  reference_.Begin(kLedgerName, kLedgerOffsetMinutes, kStart);
  records_.push_back(engine_.Begin(kLedgerName, kLedgerOffsetMinutes, kStart));
}

std::string Twin::Feed(const Step& step) {
  steps_.push_back(step);
  std::vector<engine::Emitted> records;
  std::string fault;
  if (step.group.empty()) {
    records = engine_.Tick(step.now);
    reference_.Tick(step.now);
    coverage.Count(step.label, {});
  } else {
    engine::Decided decided = engine_.Propose(step.group, step.now);
    const auto expected = reference_.Propose(step.group, step.now);
    coverage.Count(step.label, expected);
    fault = CompareAnswers(decided.answers, expected);
    records = std::move(decided.records);
  }
  for (engine::Emitted& record : records) {
    Fold(record.effects);
    records_.push_back(std::move(record));
  }
  if (fault.empty()) fault = CompareRecords(records_);
  if (fault.empty()) fault = effects_fault_;
  // Now and then nothing, a little or all there is.
  constexpr std::array<size_t, 4> kMost = {0, 3, 1'000, 9};
  engine_.PutAway(kMost[steps_.size() % kMost.size()]);
  return fault;
}

std::string Twin::CompareAnswers(const engine::Answers& ours,
                                 const std::vector<reference::RefAnswer>& theirs) const {
  if (ours.size() != theirs.size()) {
    return fmt::format("{} answers, should be {}", ours.size(), theirs.size());
  }
  for (size_t i = 0; i < ours.size(); ++i) {
    const engine::Answer expected = Translated(theirs[i]);
    if (ours[i] != expected) {
      return fmt::format("answer {}:\n  engine    {}\n  reference {}", i, Text(ours[i]),
                         Text(expected));
    }
  }
  return "";
}

std::string Twin::CompareRecords(const std::vector<engine::Emitted>& records) const {
  const auto& expected = reference_.records();
  if (records.size() != expected.size()) {
    return fmt::format("{} records, should be {}; the last: engine {}, reference {}",
                       records.size(), expected.size(), Text(Summary(records.back())),
                       Text(expected.back()));
  }
  // Earlier ones were compared when they were written.
  const size_t from = records.size() > 2'000 ? records.size() - 2'000 : 0;
  for (size_t i = records.size(); i > from; --i) {
    const RefRecord ours = Summary(records[i - 1]);
    if (ours == expected[i - 1]) {
      if (records.size() - i > 60) break;
      continue;
    }
    return fmt::format("record:\n  engine    {}\n  reference {}", Text(ours),
                       Text(expected[i - 1]));
  }
  return "";
}

void Twin::Fold(const Effects& effects) {
  std::map<std::pair<std::string, uint16_t>, __int128> books;
  for (const Posting& posting : effects.postings) {
    balances_[posting.account] += posting.amount.minor;
    books[{posting.participant, posting.amount.currency.numeric}] += posting.amount.minor;
  }
  for (const auto& [book, sum] : books) {
    if (sum != 0) effects_fault_ = "the book of " + book.first + " does not balance";
  }
  for (const HoldChange& hold : effects.holds) holds_[hold.account] += hold.amount.minor;
  if (effects.cycle && effects.cycle->carried_into != 0) flows_.erase(effects.cycle->cycle);
  for (const CycleItem& item : effects.removed) {
    auto& flows = flows_[item.cycle];
    const auto of = std::make_tuple(item.from.text(), item.to.text(), item.amount.currency.numeric);
    flows[of] -= item.amount.minor;
    if (flows[of] == 0) flows.erase(of);
    if (flows.empty()) flows_.erase(item.cycle);
  }
  for (const CycleItem& item : effects.items) {
    flows_[item.cycle][{item.from, item.to, item.amount.currency.numeric}] += item.amount.minor;
  }
  for (const AccountState& account : effects.accounts) {
    if (account.balance.minor != balances_[account.account] ||
        account.held.minor != holds_[account.account]) {
      effects_fault_ = "effects of account " + account.account +
                       " are not what its postings and holds add up to";
    }
  }
}

std::string Twin::Reload() {
  const Digest256 before = engine_.StateDigest();
  engine_.PutAway(SIZE_MAX);
  if (engine_.StateDigest() != before) return "another digest after putting away";
  const std::vector<uint8_t> bytes = engine_.Save();
  Result<engine::Ledger> loaded = engine::Ledger::Load(bytes);
  if (!loaded.ok()) return "Load: " + Describe(loaded.error());
  if (loaded->StateDigest() != before) return "another digest after Save and Load";
  if (loaded->Save() != bytes) return "other bytes after Save and Load";
  engine_ = std::move(*loaded);
  engine_.Attach(history_);
  return "";
}

void Twin::Snapshot() { saved_ = engine_.Save(); }

std::string Twin::RollForward() {
  if (saved_.empty()) return "";
  engine_.PutAway(SIZE_MAX);  // the history must have all that was left out then
  for (const bool reader : {true, false}) {
    engine::Ledger ledger = std::move(*engine::Ledger::Load(saved_));
    ledger.Attach(history_);
    history_.set_read_only(reader);
    for (Sequence next = ledger.last_sequence() + 1; next <= records_.size(); ++next) {
      const engine::Emitted& record = records_[next - 1];
      const auto effects = ledger.Apply({record.header, record.proposal.bytes(), {}});
      if (!effects.ok()) return "rolling forward: " + Describe(effects.error());
      if (*effects != record.effects)
        return fmt::format("rolling forward #{}: other effects", next);
      ledger.PutAway(next % 3 == 0 ? SIZE_MAX : 2);
    }
    history_.set_read_only(false);
    if (ledger.StateDigest() != engine_.StateDigest())
      return "another digest after rolling forward";
  }
  return "";
}

std::string Twin::Replay() {
  engine::Ledger applied(window_);
  applied.KeepForComparing();
  for (const engine::Emitted& record : records_) {
    const std::vector<uint8_t> bytes = RecordBytes(record);
    const Result<RecordView> view = ReadRecord(bytes);
    if (!view.ok()) return "record: " + Describe(view.error());
    const Result<Effects> effects = applied.Apply(view.value());
    if (!effects.ok()) {
      return fmt::format("Apply of #{}: {}", record.header.sequence, Describe(effects.error()));
    }
    if (effects.value() != record.effects) {
      return fmt::format("Apply of #{}: other effects", record.header.sequence);
    }
  }
  if (applied.StateDigest() != engine_.StateDigest()) return "another digest after replay";
  if (const Status same = applied.Compare(history_); !same.ok()) {
    return "history: " + Describe(same.error());
  }

  engine::Ledger fresh(window_);
  std::vector<engine::Emitted> again;
  again.push_back(fresh.Begin(kLedgerName, kLedgerOffsetMinutes, kStart));
  for (const Step& step : steps_) {
    std::vector<engine::Emitted> records =
        step.group.empty() ? fresh.Tick(step.now) : fresh.Propose(step.group, step.now).records;
    for (engine::Emitted& record : records) again.push_back(std::move(record));
  }
  if (again.size() != records_.size()) return "another number of records when decided again";
  for (size_t i = 0; i < again.size(); ++i) {
    if (again[i].header != records_[i].header || again[i].proposal != records_[i].proposal ||
        again[i].effects != records_[i].effects) {
      return fmt::format("#{} is another when decided again", records_[i].header.sequence);
    }
  }
  return "";
}

std::string Twin::CheckNextDue() const {
  const std::optional<Nanos> due = engine_.NextDue();
  if (!due) return "";
  const std::vector<uint8_t> bytes = engine_.Save();
  if (*due > engine_.last_recorded_at()) {
    engine::Ledger before = std::move(*engine::Ledger::Load(bytes));
    if (!before.Tick(*due - 1).empty()) return "something falls due before NextDue";
  }
  engine::Ledger at = std::move(*engine::Ledger::Load(bytes));
  if (at.Tick(*due).empty()) return "nothing falls due at NextDue";
  return "";
}

}  // namespace longmen::generator
