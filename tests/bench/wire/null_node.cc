#include "tests/bench/wire/null_node.h"

#include <atomic>

#include "adapters/node/entries.h"
#include "engine/log/memory_log.h"

namespace longmen::bench {
namespace {

using adapters::ItemAnswer;
using engine::AnswerKind;
using engine::Answers;

class NullNode final : public adapters::Node {
 public:
  NullNode(std::string token, std::string source)
      : token_(std::move(token)), source_(std::move(source)) {}

  void ProposeJson(std::string source, std::vector<std::vector<std::string>> groups,
                   Answered answered) override {
    std::vector<adapters::Entry> entries;
    std::vector<engine::Job> jobs;
    for (const auto& members : groups) {
      engine::Job job;
      entries.push_back(adapters::ParseGroup(members, source, job));
      if (entries.back().submitted) jobs.push_back(std::move(job));
    }
    auto per_job = AcceptAll(jobs);
    answered(adapters::Collect(entries, false, per_job));
  }

  void ProposeMessages(const std::string& source, const adapters::MessageBatch& batch,
                       bool with_ids,
                       std::function<void(adapters::TakeAnswers)> answered) override {
    auto submission = std::make_shared<adapters::MessageSubmission>(source, batch, with_ids);
    answered([submission, per_job = AcceptAll(submission->TakeJobs())]() mutable {
      return submission->Collect(std::move(per_job));
    });
  }

  Result<std::string> Authenticate(std::string_view token) override {
    if (token != token_) return Error{Code::UNAUTHORIZED, "", "another token"};
    return source_;
  }

  void IngestJson(std::string, schema::Scenario, std::vector<std::string>, Answered) override {
    CHECK(false, "bench.null_node");
  }
  Result<Answers> Lookup(std::string_view, std::string_view) override { return Answers(); }
  const projections::ReadStore& projections() const override { return store_; }
  Sequence ProjectedSequence() const override { return 0; }
  Status AwaitProjected(Sequence) override { return Ok(); }
  const engine::LogReader& log() const override { return log_; }
  engine::Engine& engine() override { CheckFailed("engine", "bench.null_node", " has none"); }
  void Stop() override {}

 private:
  std::vector<Answers> AcceptAll(const std::vector<engine::Job>& jobs) {
    std::vector<Answers> per_job;
    per_job.reserve(jobs.size());
    for (const engine::Job& job : jobs) {
      auto& answers = per_job.emplace_back();
      for (size_t i = 0; i < job.group.size(); ++i) {
        answers.push_back({.kind = AnswerKind::kAccepted, .sequence = ++last_});
      }
    }
    return per_job;
  }

  const std::string token_;
  const std::string source_;
  std::atomic<Sequence> last_{0};
  engine::MemoryLog log_;
  projections::MapStore store_;
};

}  // namespace

std::unique_ptr<adapters::Node> MakeNullNode(std::string token, std::string source) {
  return std::make_unique<NullNode>(std::move(token), std::move(source));
}

}  // namespace longmen::bench
