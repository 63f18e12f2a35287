#include "adapters/node/node.h"

#include <capnp/message.h>

#include <filesystem>
#include <future>
#include <map>
#include <mutex>

#include "adapters/node/backup.h"
#include "adapters/node/entries.h"
#include "adapters/node/keys.h"
#include "adapters/node/projector.h"
#include "adapters/port/ingest.h"
#include "engine/rocks_history/rocks_history.h"
#include "engine/rocks_writer/rocks_log.h"

namespace longmen::adapters {
namespace {

using engine::Answer;
using engine::AnswerKind;
using engine::Answers;

constexpr std::string_view kOperator = "operator";
// The operator's own clock is trusted this far; every order's expiry waits for it.
constexpr Nanos kOperatorBound = 5 * kNanosPerMinute;

std::string SnapshotDirectory(const std::string& directory) { return directory + "/snapshots"; }
std::string HistoryDirectory(const std::string& directory) { return directory + "/history"; }

ProposalBytes OperatorRegistration(std::string_view token, Nanos now) {
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  proposal.setOccurredAt(now);
  proposal.setSource(std::string(kOperator));
  proposal.setId("init");
  proposal.setKey(std::string(kOperator));
  auto source = proposal.getBody().initRegistration().initSource();
  source.setMaxLate(kOperatorBound);
  source.setMaxEarly(kOperatorBound);
  source.setAllParticipants(true);
  source.setAllSchemes(true);
  const auto kinds = capnp::Schema::from<schema::BodyKind>().getEnumerants();
  auto bodies = source.initBodies(kinds.size());
  for (uint32_t i = 0; i < kinds.size(); ++i) bodies.set(i, static_cast<schema::BodyKind>(i));
  const Digest256 hash = TokenHash(token);
  source.setTokenHash(capnp::Data::Reader(hash.data(), hash.size()));
  auto sealed = Canonicalize(proposal.asReader());
  CHECK(sealed.ok(), "node.operator");
  return std::move(*sealed);
}

class LocalNode final : public Node {
 public:
  LocalNode(std::unique_ptr<engine::RocksLog> log, std::unique_ptr<engine::History> history,
            std::unique_ptr<Projector> projector, std::unique_ptr<engine::Engine> engine,
            std::string token_key)
      : log_(std::move(log)),
        history_(std::move(history)),
        projector_(std::move(projector)),
        engine_(std::move(engine)),
        door_{std::move(token_key)} {
    engine_->OnDurable([this](const engine::DurableBlock& block) { ForgetTokensOf(block); });
  }
  ~LocalNode() override { Stop(); }

  void ProposeJson(std::string source, std::vector<std::vector<std::string>> groups,
                   Answered answered) override {
    auto entries = std::make_shared<std::vector<Entry>>();
    std::vector<engine::Job> jobs;
    for (const auto& members : groups) {
      engine::Job job;
      entries->push_back(ParseGroup(members, source, job));
      if (entries->back().submitted) jobs.push_back(std::move(job));
    }
    SubmitEntries(std::move(entries), std::move(jobs), false, std::move(answered));
  }

  void ProposeMessages(const std::string& source, const MessageBatch& batch, bool with_ids,
                       std::function<void(TakeAnswers)> answered) override {
    auto submission = std::make_shared<MessageSubmission>(source, batch, with_ids);
    engine_->Submit(submission->TakeJobs(),
                    [submission, answered = std::move(answered)](auto per_job) {
                      answered([submission, per_job = std::move(per_job)]() mutable {
                        return submission->Collect(std::move(per_job));
                      });
                    });
  }

  void IngestJson(std::string source, schema::Scenario scenario, std::vector<std::string> records,
                  Answered answered) override {
    const ScenarioAdapter* adapter = FindScenario(scenario);
    auto entries = std::make_shared<std::vector<Entry>>();
    std::vector<engine::Job> jobs;
    for (const std::string& json : records) {
      Result<std::unique_ptr<Record>> parsed =
          adapter == nullptr ? Error{Code::UNKNOWN_RECORD, "scenario", "no such scenario"}
                             : adapter->Parse(json, door_);
      Entry& entry = entries->emplace_back();
      ItemAnswer& item = entry.items.emplace_back();
      if (!parsed.ok()) {
        item.answers.push_back(InvalidAnswer(parsed.error()));
        item.message = parsed.error().message;
        continue;
      }
      std::shared_ptr<const Record> record = std::move(*parsed);
      item.id = record->id;
      entry.submitted = true;
      engine::Job job;
      job.occurred_at = record->occurred_at;
      job.decide = [adapter, record, source](engine::Ledger& ledger, Nanos now) {
        return IngestRecord(ledger, *adapter, *record, source, now);
      };
      jobs.push_back(std::move(job));
    }
    SubmitEntries(std::move(entries), std::move(jobs), true, std::move(answered));
  }

  Result<Answers> Lookup(std::string_view source, std::string_view id) override {
    Answers answers;
    const Status read = engine_->Read([&](const engine::LedgerView& ledger) {
      if (const auto known = ledger.FindId(source, id)) {
        answers.push_back(AnswerOf(*known));
        return;
      }
      for (size_t i = 0; i < engine::kGroupProposalsMax; ++i) {
        const auto member = ledger.FindId(source, fmt::format("{}.{}", id, i));
        if (!member) break;
        answers.push_back(AnswerOf(*member));
      }
    });
    if (!read.ok()) return read.error();
    return answers;
  }

  Result<std::string> Authenticate(std::string_view token) override {
    const Digest256 hash = TokenHash(token);
    {
      std::lock_guard lock(tokens_mutex_);
      if (const auto it = tokens_.find(hash); it != tokens_.end()) return it->second;
    }
    std::optional<std::string> source;
    uint64_t generation = 0;
    const Status read = engine_->Read([&](const engine::LedgerView& ledger) {
      generation = token_generation_;
      source = ledger.FindSourceByToken(hash);
    });
    if (!read.ok()) return read.error();
    if (!source) return Error{Code::UNAUTHORIZED, "", "no registered source has this token"};
    std::lock_guard lock(tokens_mutex_);
    if (generation == token_generation_) tokens_[hash] = *source;
    return *source;
  }

  const projections::ReadStore& projections() const override { return projector_->Committed(); }
  Sequence ProjectedSequence() const override { return projector_->Applied(); }
  Status AwaitProjected(Sequence sequence) override { return projector_->Await(sequence); }
  const engine::LogReader& log() const override { return *log_; }
  engine::Engine& engine() override { return *engine_; }

  void Stop() override {
    engine_->Stop();
    projector_->Stop();
  }

 private:
  // A look-up tells what happened, not that it happened before.
  static Answer AnswerOf(const engine::KnownId& known) {
    if (known.refused == Code::NONE) {
      return {.kind = AnswerKind::kAccepted, .sequence = known.sequence};
    }
    return {.kind = AnswerKind::kRefused,
            .sequence = known.sequence,
            .code = known.refused,
            .field = known.field,
            .index = known.index};
  }

  void SubmitEntries(std::shared_ptr<std::vector<Entry>> entries, std::vector<engine::Job> jobs,
                     bool one_item_a_job, Answered answered) {
    engine_->Submit(std::move(jobs),
                    [entries, one_item_a_job, answered = std::move(answered)](auto per_job) {
                      answered(Collect(*entries, one_item_a_job, per_job));
                    });
  }

  // A registration of a source may change whose token is whose.
  void ForgetTokensOf(const engine::DurableBlock& block) {
    for (const engine::Emitted& emitted : *block.records) {
      const auto body = ReadCanonical(emitted.proposal.bytes()).getBody();
      if (!body.isRegistration() || !body.getRegistration().isSource()) continue;
      std::lock_guard lock(tokens_mutex_);
      ++token_generation_;
      tokens_.clear();
    }
  }

  std::unique_ptr<engine::RocksLog> log_;
  std::unique_ptr<engine::History> history_;
  std::unique_ptr<Projector> projector_;
  std::unique_ptr<engine::Engine> engine_;  // its writer pushes to the projector
  const Door door_;
  std::mutex tokens_mutex_;
  std::map<Digest256, std::string> tokens_;
  std::atomic<uint64_t> token_generation_{0};
};

Result<std::unique_ptr<engine::RocksLog>> OpenLog(const std::string& directory) {
  RETURN_IF_ERROR(RefuseBackup(directory));
  engine::RocksLogOptions options;
  options.directory = directory + "/log";
  options.compression = engine::Compression::kZstd;
  return engine::RocksLog::OpenDirectory(std::move(options));
}

}  // namespace

Result<std::string> Node::Init(const std::string& directory, std::string_view name,
                               int utc_offset_minutes, const engine::Clock& clock,
                               const InitSecrets& secrets) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) return Error{Code::STORAGE_FAILED, "", directory + ": " + failure.message()};
  auto log = OpenLog(directory);
  if (!log.ok()) return log.error();
  // A ledger of one record has no operator yet: its making was cut short, and is finished here.
  const Sequence made = (*log)->AckedFrontier();
  if (made > 1) return Error{Code::USAGE, "", directory + " has a ledger already"};
  std::filesystem::remove(directory + "/keys/token.key", failure);
  RETURN_IF_ERROR(
      WriteTokenKey(directory, secrets.token_key.empty() ? NewToken() : secrets.token_key));
  engine::EngineOptions options;
  options.clock = clock;
  auto engine = engine::Engine::Open(std::move(options), **log);
  if (!engine.ok()) return engine.error();
  const auto unfinished = [](Error error) {
    error.message += ", and longmen init again goes on from there";
    return error;
  };
  if (made == 0) {
    const Status begun = (*engine)->Begin(name, utc_offset_minutes);
    if (!begun.ok()) return unfinished(begun.error());
  }
  std::string token = secrets.operator_token.empty() ? NewToken() : secrets.operator_token;
  std::vector<engine::Job> jobs(1);
  jobs[0].group.push_back(OperatorRegistration(token, clock()));
  const auto answers = (*engine)->SubmitAndWait(std::move(jobs));
  (*engine)->Stop();
  if (answers[0][0].kind != AnswerKind::kAccepted) {
    return unfinished(
        Error{answers[0][0].code, answers[0][0].field, "the operator could not be registered"});
  }
  return token;
}

Result<std::unique_ptr<Node>> Node::Open(NodeOptions options) {
  if (!std::filesystem::exists(options.directory + "/log")) {
    return Error{Code::NOT_FOUND, "", options.directory + " has no ledger: longmen init makes one"};
  }
  auto key = ReadTokenKey(options.directory);
  if (!key.ok()) return key.error();
  auto log = OpenLog(options.directory);
  if (!log.ok()) return log.error();
  if ((*log)->AckedFrontier() <= 1) {
    return Error{Code::NOT_FOUND, "", options.directory + " has no ledger: longmen init makes one"};
  }
  engine::EngineOptions engine_options;
  engine_options.clock = options.clock ? options.clock : engine::SystemClock();
  engine_options.clock_follows_input = options.clock_follows_input;
  engine_options.snapshot_directory = SnapshotDirectory(options.directory);
  auto history =
      engine::RocksHistory::Open({.directory = HistoryDirectory(options.directory)}, **log);
  if (!history.ok()) return history.error();
  engine_options.history = history->get();
  auto projector = Projector::Open(options.directory + "/derived", **log,
                                   SnapshotDirectory(options.directory), history->get());
  if (!projector.ok()) return projector.error();
  engine_options.on_durable = [to = projector->get()](const engine::DurableBlock& block) {
    to->Push(block);
  };
  auto engine = engine::Engine::Open(std::move(engine_options), **log);
  if (!engine.ok()) return engine.error();
  return std::unique_ptr<Node>(std::make_unique<LocalNode>(std::move(*log), std::move(*history),
                                                           std::move(*projector),
                                                           std::move(*engine), std::move(*key)));
}

}  // namespace longmen::adapters
