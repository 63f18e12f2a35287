#include "adapters/reconciliation/import.h"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>

#include "adapters/reconciliation/statement_proposals.h"
#include "events/base/behind.h"
#include "events/base/hash.h"
#include "projections/matching/matching.h"

namespace longmen::adapters {
namespace {

constexpr size_t kBatchEvents = 64;
constexpr size_t kBatchesUnderWay = 4;

// What a file is known by. One without a line says nothing of whose it is, and is the same bytes
// every day.
std::string IdentityOf(const ImportedFile& file, const ImportOptions& options) {
  std::string content = Hex(file.content);
  if (file.lines > 0 || file.statements.empty()) return content;
  return Hex(Sha256(AsBytes(fmt::format("{}\n{}\n{}\n{}", content, options.issuer, options.channel,
                                        FormatBasicDate(file.statements.front().header.from)))));
}

std::string KeyOf(const StatementHeader& header, const std::string& identity, size_t statement) {
  std::string key = fmt::format("{}-{}-{}", header.format, FormatBasicDate(header.from),
                                std::string_view(identity).substr(0, 12));
  if (statement > 1) key += fmt::format(".{}", statement);
  return key;
}

Error At(const StatementFileLine& line, const Error& error) {
  return {error.code, fmt::format("line {}", line.at),
          fmt::format("{}{}{}", error.field, error.message.empty() ? "" : ": ", error.message)};
}

// The first reading: whatever could be wrong with a line is found before anything is proposed.
class Checking final : public StatementVisitor {
 public:
  explicit Checking(const ImportOptions& options)
      : proposals_(options.issuer, options.channel, std::string(Digest256{}.size(), '\0'),
                   options.received_at),
        date_(options.defaults.date) {
    proposals_.Begin({options.source, "file", "file-"});
  }

  Status Begin(const StatementHeader& header) override {
    statements.push_back({{}, header, {}});
    // Whoever states the day knows it better than the times of the lines do.
    if (date_) statements.back().header.from = statements.back().header.to = *date_;
    const auto proposal = proposals_.Header(header);
    if (!proposal.ok()) return proposal.error();
    return Ok();
  }
  Status Line(const StatementFileLine& line) override {
    ++lines;
    if (IsPlain(line)) return Ok();
    alone_.Clear();
    alone_.Add(line);
    const auto proposal = proposals_.Lines(alone_, statements.back().header.currency);
    if (!proposal.ok()) return At(line, proposal.error());
    return Ok();
  }
  Status End(const StatementTotals& totals) override {
    statements.back().totals = totals;
    return Ok();
  }

  std::vector<ImportedStatement> statements;
  uint64_t lines = 0;

 private:
  StatementProposals proposals_;
  LineBatch alone_;
  const std::optional<DayNumber> date_;
};

// What is still to be proposed of a statement.
struct Plan {
  std::string id_stem;
  uint32_t lines_there = 0;
  bool header = true;
  bool done = false;
};

// Where the ledger stands with a statement: its key is settled here.
Result<Plan> PlanOf(ImportedStatement& statement, size_t number, const std::string& identity,
                    const ImportOptions& options, const ImportLedger& ledger) {
  Plan plan;
  const std::string key = KeyOf(statement.header, identity, number);
  for (int generation = 1;; ++generation) {
    statement.key = generation == 1 ? key : fmt::format("{}~{}", key, generation);
    const auto found = projections::FindStatementFile(ledger.store, statement.key);
    if (!found.ok() && found.error().code != Code::NOT_FOUND) return found.error();
    if (!found.ok()) break;
    if (found->withdrawn != 0) continue;
    if (found->issuer != options.issuer || found->channel != options.channel) {
      return Error{Code::FILE_EXISTS, statement.key,
                   fmt::format("it was loaded as {}'s{}{}; withdraw it first", found->issuer,
                               found->channel.empty() ? "" : ", channel ", found->channel)};
    }
    plan.header = false;
    plan.lines_there = found->lines;
    plan.done = found->complete();
    break;
  }
  const std::string next = plan.header ? "h"
                           : plan.lines_there == statement.totals.count
                               ? "t"
                               : fmt::format("{}", plan.lines_there + 1);
  for (int attempt = 0;; ++attempt) {
    plan.id_stem =
        fmt::format("{}-{}.{}-", std::string_view(identity).substr(0, 16), number, attempt);
    if (plan.done || !ledger.has_id(plan.id_stem + next)) return plan;
  }
}

Result<std::vector<Plan>> PlansOf(ImportedFile& file, const ImportOptions& options,
                                  const ImportLedger& ledger) {
  const std::string identity = IdentityOf(file, options);
  std::vector<Plan> plans;
  for (size_t i = 0; i < file.statements.size(); ++i) {
    auto plan = PlanOf(file.statements[i], i + 1, identity, options, ledger);
    if (!plan.ok()) return plan.error();
    plans.push_back(std::move(*plan));
  }
  file.known = std::ranges::all_of(plans, &Plan::done);
  return plans;
}

// The second reading: has the proposals made, in order.
class Making : public StatementVisitor {
 public:
  Making(const ImportOptions& options, const ImportedFile& file, const std::vector<Plan>& plans)
      : file_(file),
        plans_(plans),
        proposals_(options.issuer, options.channel, AsText(file.content), options.received_at),
        source_(options.source),
        received_at_(options.received_at) {}

  Status Begin(const StatementHeader&) override {
    return Do([this, at = at_] {
      const ImportedStatement& statement = file_.statements[at];
      lines_ += plans_[at].done ? statement.totals.count : plans_[at].lines_there;
      proposals_.Begin({source_, statement.key, plans_[at].id_stem});
      return plans_[at].header ? Make(proposals_.Header(statement.header)) : Ok();
    });
  }
  Status Line(const StatementFileLine& line) override {
    if (plan().done || line.number <= plan().lines_there || batch_.Add(line)) return Ok();
    RETURN_IF_ERROR(MakeLines());
    batch_.Add(line);
    return Ok();
  }
  Status End(const StatementTotals& totals) override {
    if (batch_.size() > 0) RETURN_IF_ERROR(MakeLines());
    const bool done = plan().done;
    ++at_;
    return done ? Ok() : Do([this, totals] { return Make(proposals_.Trailer(totals)); });
  }

 protected:
  using Work = Behind::Work;
  // Does it, now or behind what was asked before; an error of any ends the reading.
  virtual Status Do(Work work) = 0;
  virtual Status Take(ProposalBytes proposal) = 0;
  Nanos received_at() const { return received_at_; }
  // Of the file, that are there or were taken.
  uint64_t lines() const { return lines_; }

 private:
  const Plan& plan() const { return plans_[at_]; }
  Status MakeLines() {
    const Currency currency = file_.statements[at_].header.currency;
    return Do([this, currency, lines = std::exchange(batch_, {})] {
      lines_ += lines.size();
      return Make(proposals_.Lines(lines, currency));
    });
  }
  Status Make(Result<ProposalBytes> proposal) {
    return proposal.ok() ? Take(std::move(*proposal)) : Status(proposal.error());
  }

  const ImportedFile& file_;
  const std::vector<Plan>& plans_;
  StatementProposals proposals_;
  const std::string source_;
  const Nanos received_at_;
  size_t at_ = 0;
  LineBatch batch_;
  uint64_t lines_ = 0;
};

// Makes them behind the reading, hands them to the engine in batches and waits for the answers of
// the oldest where too many are under way.
class Proposing final : public Making {
 public:
  Proposing(const ImportOptions& options, const ImportedFile& file, const std::vector<Plan>& plans,
            engine::Engine& engine, const ImportProgress& progress)
      : Making(options, file, plans), engine_(engine), progress_(progress) {}
  ~Proposing() override {
    making_.Stop();
    (void)Await(0);
  }

  Status Finish() {
    making_.Add([this] { return Flush(); });
    making_.Stop();
    RETURN_IF_ERROR(making_.failure());
    return Await(0);
  }
  Sequence last() const { return last_; }

 private:
  Status Do(Work work) override {
    making_.Add(std::move(work));
    return making_.failed() ? making_.failure() : Ok();
  }
  Status Take(ProposalBytes proposal) override {
    engine::Job& job = jobs_.emplace_back();
    job.group.push_back(std::move(proposal));
    job.occurred_at = received_at();
    return jobs_.size() < kBatchEvents ? Ok() : Flush();
  }
  Status Flush() {
    if (jobs_.empty()) return Ok();
    RETURN_IF_ERROR(Await(kBatchesUnderWay - 1));
    {
      const std::lock_guard lock(mutex_);
      ++under_way_;
    }
    engine_.Submit(std::exchange(jobs_, {}),
                   [this](const std::vector<engine::Answers>& answers) { Answered(answers); });
    jobs_.reserve(kBatchEvents);
    if (progress_) progress_(lines());
    return Ok();
  }
  void Answered(const std::vector<engine::Answers>& per_job) {
    const std::lock_guard lock(mutex_);
    for (const engine::Answers& answers : per_job) {
      const engine::Answer& answer = answers.front();
      if (answer.kind == engine::AnswerKind::kAccepted) {
        last_ = std::max(last_, answer.sequence);
      } else if (status_.ok()) {
        status_ = Error{answer.code == Code::NONE ? Code::FILE_EXISTS : answer.code, answer.field,
                        "the ledger did not take the file"};
      }
    }
    --under_way_;
    changed_.notify_all();
  }
  // Until at most so many batches are under way; the first thing that went wrong.
  Status Await(size_t batches) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return under_way_ <= batches; });
    return status_;
  }

  engine::Engine& engine_;
  const ImportProgress& progress_;
  std::vector<engine::Job> jobs_;
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t under_way_ = 0;
  Status status_ = Ok();
  Sequence last_ = 0;
  Behind making_;
};

class Giving final : public Making {
 public:
  Giving(const ImportOptions& options, const ImportedFile& file, const std::vector<Plan>& plans,
         const std::function<Status(const ProposalBytes&)>& take)
      : Making(options, file, plans), take_(take) {}

 private:
  Status Do(Work work) override { return work(); }
  Status Take(ProposalBytes proposal) override { return take_(proposal); }

  const std::function<Status(const ProposalBytes&)>& take_;
};

// The digest is only needed for names, so it is taken beside the first reading.
Result<ImportedFile> Check(std::string_view bytes, const ImportOptions& options) {
  auto digest = std::async(std::launch::async, [bytes] { return Sha256(AsBytes(bytes)); });
  ImportedFile file;
  file.format = options.format;
  if (file.format.empty()) {
    auto format = FormatOf(bytes, options.defaults);
    if (!format.ok()) return format.error();
    file.format = std::move(*format);
  }
  Checking checking(options);
  RETURN_IF_ERROR(ReadStatementFile(bytes, options.defaults, checking, file.format));
  file.lines = checking.lines;
  file.content = digest.get();
  file.statements = std::move(checking.statements);
  const std::string identity = IdentityOf(file, options);
  for (size_t i = 0; i < file.statements.size(); ++i) {
    file.statements[i].key = KeyOf(file.statements[i].header, identity, i + 1);
  }
  return file;
}

}  // namespace

Result<ImportedFile> CheckStatementFile(std::string_view bytes, const ImportOptions& options) {
  return Check(bytes, options);
}

Result<ImportedFile> ImportStatementFile(std::string_view bytes, const ImportOptions& options,
                                         const ImportLedger& ledger, engine::Engine& engine,
                                         const ImportProgress& progress) {
  auto file = Check(bytes, options);
  if (!file.ok()) return file;
  const auto plans = PlansOf(*file, options, ledger);
  if (!plans.ok()) return plans.error();
  if (file->known) return file;
  Proposing proposing(options, *file, *plans, engine, progress);
  RETURN_IF_ERROR(ReadStatementFile(bytes, options.defaults, proposing, file->format));
  RETURN_IF_ERROR(proposing.Finish());
  file->last = proposing.last();
  return file;
}

Result<ImportedFile> EachProposalOf(std::string_view bytes, const ImportOptions& options,
                                    const ImportLedger& ledger,
                                    const std::function<Status(const ProposalBytes&)>& take) {
  auto file = Check(bytes, options);
  if (!file.ok()) return file;
  const auto plans = PlansOf(*file, options, ledger);
  if (!plans.ok()) return plans.error();
  if (file->known) return file;
  Giving giving(options, *file, *plans, take);
  RETURN_IF_ERROR(ReadStatementFile(bytes, options.defaults, giving, file->format));
  return file;
}

}  // namespace longmen::adapters
