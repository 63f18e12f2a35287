#include "adapters/reconciliation/import.h"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>

#include "adapters/reconciliation/statement_proposals.h"
#include "events/base/hash.h"
#include "projections/matching/matching.h"

namespace longmen::adapters {
namespace {

constexpr size_t kBatchEvents = 64;
constexpr size_t kBatchesUnderWay = 4;

Digest256 HashOf(std::string_view bytes) {
  return Sha256({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

// What a file is known by. One without a line says nothing of whose it is, and is the same bytes
// every day.
std::string IdentityOf(const ImportedFile& file, const ImportOptions& options) {
  if (file.lines > 0 || file.statements.empty()) return file.content;
  return Hex(HashOf(fmt::format("{}\n{}\n{}\n{}", file.content, options.issuer, options.channel,
                                FormatBasicDate(file.statements.front().header.from))));
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

// Both readings: what a file's statements are called, and what they hold.
class Naming : public StatementVisitor {
 public:
  Naming(const ImportOptions& options, const std::string& content, const std::string& identity)
      : identity_(identity),
        proposals_(options.issuer, options.channel, Unhex(content), options.received_at),
        source_(options.source),
        received_at_(options.received_at) {}

  Status Begin(const StatementHeader& header) override {
    imported_.push_back({KeyOf(header, identity_, imported_.size() + 1), header, {}});
    proposals_.Begin(
        {source_, imported_.back().key,
         fmt::format("{}-{}-", std::string_view(identity_).substr(0, 20), imported_.size())});
    return Ok();
  }
  Status Line(const StatementFileLine&) override {
    ++lines_;
    return Ok();
  }
  Status End(const StatementTotals& totals) override {
    imported_.back().totals = totals;
    return Ok();
  }

  std::vector<ImportedStatement> TakeStatements() { return std::move(imported_); }
  uint64_t lines() const { return lines_; }

 protected:
  StatementProposals& proposals() { return proposals_; }
  const ImportedStatement& current() const { return imported_.back(); }
  Nanos received_at() const { return received_at_; }

 private:
  static std::string Unhex(const std::string& hex) {
    std::string bytes;
    for (size_t i = 0; i + 1 < hex.size(); i += 2) {
      bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    return bytes;
  }

  const std::string identity_;
  StatementProposals proposals_;
  const std::string source_;
  const Nanos received_at_;
  std::vector<ImportedStatement> imported_;
  uint64_t lines_ = 0;
};

// The first reading: whatever could be wrong with a line is found before anything is proposed.
class Checking final : public Naming {
 public:
  using Naming::Naming;
  Status Begin(const StatementHeader& header) override {
    RETURN_IF_ERROR(Naming::Begin(header));
    const auto proposal = proposals().Header(header);
    if (!proposal.ok()) return proposal.error();
    return Ok();
  }
  Status Line(const StatementFileLine& line) override {
    RETURN_IF_ERROR(Naming::Line(line));
    if (IsPlain(line)) return Ok();
    proposals().Add(line);
    const auto proposal = proposals().TakeLines(current().header.currency);
    if (!proposal.ok()) return At(line, proposal.error());
    return Ok();
  }
};

// The second: makes the proposals.
class Making : public Naming {
 public:
  using Naming::Naming;

  Status Begin(const StatementHeader& header) override {
    RETURN_IF_ERROR(Naming::Begin(header));
    return Make(proposals().Header(header));
  }
  Status Line(const StatementFileLine& line) override {
    RETURN_IF_ERROR(Naming::Line(line));
    if (proposals().Add(line)) return Ok();
    RETURN_IF_ERROR(TakeLines());
    proposals().Add(line);
    return Ok();
  }
  Status End(const StatementTotals& totals) override {
    RETURN_IF_ERROR(Naming::End(totals));
    if (proposals().has_lines()) RETURN_IF_ERROR(TakeLines());
    return Make(proposals().Trailer(totals));
  }

 protected:
  virtual Status Take(ProposalBytes proposal) = 0;

 private:
  Status TakeLines() { return Make(proposals().TakeLines(current().header.currency)); }
  Status Make(Result<ProposalBytes> proposal) {
    return proposal.ok() ? Take(std::move(*proposal)) : Status(proposal.error());
  }
};

// Hands them to the engine in batches and waits for the answers of the oldest where too many are
// under way.
class Proposing final : public Making {
 public:
  Proposing(const ImportOptions& options, const ImportedFile& file, engine::Engine& engine,
            const ImportProgress& progress)
      : Making(options, file.content, IdentityOf(file, options)),
        engine_(engine),
        progress_(progress) {}
  ~Proposing() override { (void)Await(0); }

  Status Finish() {
    RETURN_IF_ERROR(Flush());
    return Await(0);
  }
  Sequence last() const { return last_; }
  bool added() const { return added_; }

 private:
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
      const bool accepted = answer.kind == engine::AnswerKind::kAccepted;
      if (accepted || answer.kind == engine::AnswerKind::kDuplicate) {
        added_ = added_ || accepted;
        last_ = std::max(last_, answer.sequence);
      } else if (status_.ok()) {
        status_ = answer.kind == engine::AnswerKind::kConflict
                      ? Error{Code::FILE_EXISTS, answer.field,
                              "its lines are in the ledger as another day's, channel's or issuer's"}
                      : Error{answer.code, answer.field, "the ledger did not take the file"};
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
  bool added_ = false;
};

class Giving final : public Making {
 public:
  Giving(const ImportOptions& options, const ImportedFile& file,
         const std::function<Status(const ProposalBytes&)>& take)
      : Making(options, file.content, IdentityOf(file, options)), take_(take) {}

 private:
  Status Take(ProposalBytes proposal) override { return take_(proposal); }

  const std::function<Status(const ProposalBytes&)>& take_;
};

// The digest is only needed for names, so it is taken beside the first reading.
Result<ImportedFile> Check(std::string_view bytes, const ImportOptions& options) {
  auto digest = std::async(std::launch::async, [bytes] { return HashOf(bytes); });
  ImportedFile file;
  file.format = options.format;
  if (file.format.empty()) {
    auto format = FormatOf(bytes, options.defaults);
    if (!format.ok()) return format.error();
    file.format = std::move(*format);
  }
  const std::string unnamed(2 * Digest256{}.size(), '0');
  Checking checking(options, unnamed, unnamed);
  RETURN_IF_ERROR(ReadStatementFile(bytes, options.defaults, checking, file.format));
  file.lines = checking.lines();
  file.content = Hex(digest.get());
  file.statements = checking.TakeStatements();
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
                                         engine::Engine& engine,
                                         const projections::ReadStore& store,
                                         const ImportProgress& progress) {
  auto file = Check(bytes, options);
  if (!file.ok()) return file;
  file->known = std::ranges::all_of(file->statements, [&store](const ImportedStatement& each) {
    const auto found = projections::FindStatementFile(store, each.key);
    return found.ok() && found->complete();
  });
  if (file->known) return file;
  Proposing proposing(options, *file, engine, progress);
  RETURN_IF_ERROR(ReadStatementFile(bytes, options.defaults, proposing, file->format));
  RETURN_IF_ERROR(proposing.Finish());
  file->known = !proposing.added();
  file->last = proposing.last();
  return file;
}

Result<ImportedFile> EachProposalOf(std::string_view bytes, const ImportOptions& options,
                                    const std::function<Status(const ProposalBytes&)>& take) {
  auto file = Check(bytes, options);
  if (!file.ok()) return file;
  Giving giving(options, *file, take);
  RETURN_IF_ERROR(ReadStatementFile(bytes, options.defaults, giving, file->format));
  return file;
}

}  // namespace longmen::adapters
