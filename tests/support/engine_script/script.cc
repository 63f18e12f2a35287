#include "tests/support/engine_script/script.h"

#include <fstream>

#include "events/base/check.h"
#include "tests/support/generator/generator.h"

namespace longmen::testing {
namespace {

void Keep(const std::vector<engine::Emitted>& emitted, Script& script) {
  for (const engine::Emitted& record : emitted) {
    script.records.emplace_back();
    AppendRecord(record.header, record.proposal.bytes(), script.records.back());
  }
}

template <typename Number>
void Put(std::ofstream& file, Number number) {
  file.write(reinterpret_cast<const char*>(&number), sizeof number);
}

template <typename Number>
Number Get(std::ifstream& file) {
  Number number{};
  file.read(reinterpret_cast<char*>(&number), sizeof number);
  return number;
}

}  // namespace

Script MakeScript(uint64_t seed, size_t steps) {
  Script script;
  engine::Ledger ledger;
  generator::Generator generator;
  generator::Random random(seed);
  // An engine whose clock follows its input begins at 0.
  std::vector<engine::Emitted> first;
  first.push_back(ledger.Begin(generator::kLedgerName, generator::kLedgerOffsetMinutes, 0));
  Keep(first, script);
  script.reference.Begin(generator::kLedgerName, generator::kLedgerOffsetMinutes, 0);
  Nanos now = 0;
  const auto play = [&](generator::Step step) {
    if (step.group.empty()) return;
    now = std::max(now, step.now);
    engine::Decided decided = ledger.Propose(step.group, now);
    script.reference.Propose(step.group, now);
    Keep(decided.records, script);
    script.steps.push_back(
        {std::move(step.group), now, ledger.last_sequence(), std::move(decided.answers)});
  };
  for (generator::Step& step : generator.SetUp()) play(std::move(step));
  while (script.steps.size() < steps) {
    play(generator.Next(random.Next(), script.reference.state()));
  }
  CHECK(script.reference.last_sequence() == ledger.last_sequence(), "script.reference");
  return script;
}

void WriteScript(const std::string& path, const Script& script) {
  std::ofstream file(path, std::ios::binary);
  Put(file, static_cast<uint64_t>(script.steps.size()));
  for (const ScriptStep& step : script.steps) {
    Put(file, step.now);
    Put(file, static_cast<uint64_t>(step.group.size()));
    for (const ProposalBytes& proposal : step.group) {
      const Bytes bytes = proposal.bytes();
      Put(file, static_cast<uint64_t>(bytes.size()));
      file.write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
    }
  }
  file.close();
  CHECK(file.good(), "script.write", path);
}

std::vector<ScriptStep> ReadScript(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<ScriptStep> steps(Get<uint64_t>(file));
  for (ScriptStep& step : steps) {
    step.now = Get<Nanos>(file);
    step.group.resize(Get<uint64_t>(file));
    for (ProposalBytes& proposal : step.group) {
      std::vector<uint8_t> bytes(Get<uint64_t>(file));
      file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
      proposal = ProposalBytes(bytes);
    }
  }
  CHECK(file.good(), "script.read", path);
  return steps;
}

bool SameAnswer(const engine::Answer& given, const engine::Answer& expected) {
  using engine::AnswerKind;
  engine::Answer a = given;
  engine::Answer b = expected;
  if (a.kind == AnswerKind::kDuplicate && b.kind == AnswerKind::kAccepted) {
    a.kind = AnswerKind::kAccepted;
    b.exception = Code::NONE;  // a repeat says where, and no more
  }
  if (a.kind == AnswerKind::kConflict && b.field.empty()) a.field.clear();
  return a == b;
}

}  // namespace longmen::testing
