#include "tests/engine/engine_crash/run.h"

#include "replay/audit/verify.h"

namespace longmen::engine {
namespace {

using testing::Script;
using testing::ScriptStep;

Sequence LastIntended(const Script& script, const Progress& progress) {
  return progress.intended == 0 ? 1 : script.steps[progress.intended - 1].last;
}

// The proposals of the last answered steps are known as they were answered.
void CheckLookUps(const Ledger& ledger, const Script& script, const Progress& progress) {
  const size_t from = progress.acknowledged > 60 ? progress.acknowledged - 60 : 0;
  for (size_t i = from; i < progress.acknowledged; ++i) {
    const ScriptStep& step = script.steps[i];
    for (size_t member = 0; member < step.group.size(); ++member) {
      const Answer& answer = step.answers[member];
      if (answer.kind != AnswerKind::kAccepted && answer.kind != AnswerKind::kRefused) continue;
      const ProposalReader reader(step.group[member].bytes());
      const auto known =
          ledger.FindId(reader.get().getSource().cStr(), reader.get().getId().cStr());
      ASSERT_TRUE(known.has_value()) << "step " << i << " member " << member;
      EXPECT_EQ(known->sequence, answer.sequence);
      EXPECT_EQ(known->refused, answer.code);
      EXPECT_EQ(known->field, answer.field);
    }
  }
}

}  // namespace

std::unique_ptr<RocksHistory> OpenHistory(const std::string& directory, const LogReader& log) {
  auto opened = RocksHistory::Open(
      {.directory = directory, .window = kScriptWindow, .round_records = 24}, log);
  EXPECT_TRUE(opened.ok()) << Describe(opened.error());
  return opened.ok() ? std::move(*opened) : nullptr;
}

EngineOptions ScriptOptions(const std::string& snapshot_directory, uint64_t epoch,
                            History* history) {
  EngineOptions options;
  options.history = history;
  options.clock_follows_input = true;
  options.epoch = epoch;
  options.snapshot_directory = snapshot_directory;
  options.snapshot_interval = 40;
  options.block_bytes = 16u << 10;
  return options;
}

std::vector<Job> ScriptJob(const ScriptStep& step) {
  std::vector<Job> jobs(1);
  jobs[0].group = step.group;
  jobs[0].occurred_at = step.now;
  return jobs;
}

Digest256 CheckPromises(const LogReader& log, const Script& script, const Progress& progress) {
  Ledger ledger(kScriptWindow);
  const Status read = ForEachRecord(log, 1, [&](const RecordView& record) -> Status {
    const Sequence sequence = record.header.sequence;
    std::vector<uint8_t> bytes;
    AppendRecord(record.header, record.proposal, bytes);
    if (sequence > script.records.size() || bytes != script.records[sequence - 1]) {
      return Error{Code::CORRUPT, "log", fmt::format("nobody intended record {}", sequence)};
    }
    auto effects = ledger.Apply(record);
    if (!effects.ok()) return effects.error();
    return Ok();
  });
  EXPECT_TRUE(read.ok()) << Describe(read.error());
  EXPECT_GE(ledger.last_sequence(), progress.durable) << "what was answered is gone";
  EXPECT_LE(ledger.last_sequence(), LastIntended(script, progress));
  if (!::testing::Test::HasFailure()) CheckLookUps(ledger, script, progress);
  const auto report = replay::Verify({.log = &log});
  for (const auto& finding : report.findings) {
    ADD_FAILURE() << finding.name << " at " << finding.sequence << ", " << finding.place << ": "
                  << finding.detail;
  }
  EXPECT_EQ(report.decided, ledger.last_sequence());
  return ledger.StateDigest();
}

}  // namespace longmen::engine
