#include "tests/support/generated_log/generated_log.h"

#include "tests/reference/reference_ledger.h"
#include "tests/support/generator/generator.h"

namespace longmen::generator {
namespace {

constexpr uint64_t kEpoch = 1;

}  // namespace

std::vector<engine::Emitted> GenerateRecords(uint64_t seed, size_t steps) {
  engine::Ledger ledger;
  reference::ReferenceLedger naive;
  Generator generator;
  std::vector<engine::Emitted> records;
  records.push_back(ledger.Begin(kLedgerName, kLedgerOffsetMinutes, kStart));
  naive.Begin(kLedgerName, kLedgerOffsetMinutes, kStart);
  const auto feed = [&](const Step& step) {
    if (step.group.empty()) return;
    for (auto& record : ledger.Propose(step.group, step.now).records) {
      records.push_back(std::move(record));
    }
    naive.Propose(step.group, step.now);
  };
  for (const Step& step : generator.SetUp()) feed(step);
  Random seeds(seed);
  for (size_t i = 0; i < steps; ++i) feed(generator.Next(seeds.Next(), naive.state()));
  return records;
}

std::unique_ptr<engine::MemoryLog> LogOf(const std::vector<engine::Emitted>& records,
                                         size_t records_a_block) {
  auto log = std::make_unique<engine::MemoryLog>();
  engine::LogHead head = log->Open(kEpoch).value();
  BlockBuilder builder;
  const auto append = [&] {
    if (builder.empty()) return;
    const Sequence next = head.next_sequence + builder.count();
    const auto block = builder.Finish(kEpoch, head.previous);
    CHECK(log->Append(kEpoch, head, block) == engine::AppendOutcome::kOk, "generated_log.append");
    head = {next, Sha256(block)};
  };
  for (const engine::Emitted& record : records) {
    builder.Add(record.header, record.proposal.bytes());
    const bool group_ends = record.header.group_index + 1 == record.header.group_size;
    if (group_ends && builder.count() >= records_a_block) append();
  }
  append();
  return log;
}

}  // namespace longmen::generator
