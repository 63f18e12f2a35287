#include "tests/bench/engine/rig.h"

#include <condition_variable>
#include <mutex>

#include "events/base/check.h"

namespace longmen::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kSetUpBatch = 8'000;
constexpr size_t kSetUpInFlight = 4;

// An answered batch, on its way from the engine's writer to the client.
struct AnsweredBatch {
  size_t batch;
  Clock::time_point at;
  std::vector<engine::Answers> answers;
};

class Client {
 public:
  Client(engine::Engine& engine, std::vector<ClientBatch> batches)
      : engine_(engine), batches_(std::move(batches)), submitted_(batches_.size()) {}

  LoadResult Run(size_t in_flight, double seconds_max) {
    const Clock::time_point start = Clock::now();
    last_answer_ = start;
    size_t next = 0;
    while (next < batches_.size() && Seconds(start, Clock::now()) < seconds_max) {
      while (next < batches_.size() && next - answered_ < in_flight) Submit(next++);
      TakeAnswers();
    }
    while (answered_ < next) TakeAnswers();
    result_.seconds = Seconds(start, last_answer_);
    return std::move(result_);
  }

 private:
  static double Seconds(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
  }

  void Submit(size_t batch) {
    submitted_[batch] = Clock::now();
    engine_.Submit(std::move(batches_[batch]), [this, batch](auto answers) {
      const std::lock_guard lock(mutex_);
      arrived_.push_back({batch, Clock::now(), std::move(answers)});
      arrival_.notify_one();
    });
  }

  // Waits for one answer and takes all that are there.
  void TakeAnswers() {
    std::vector<AnsweredBatch> taken;
    {
      std::unique_lock lock(mutex_);
      arrival_.wait(lock, [this] { return !arrived_.empty(); });
      taken.swap(arrived_);
    }
    for (const AnsweredBatch& batch : taken) {
      ++answered_;
      result_.batches.Add(Seconds(submitted_[batch.batch], batch.at));
      result_.stall = std::max(result_.stall, Seconds(last_answer_, batch.at));
      last_answer_ = batch.at;
      result_.events += batch.answers.size();
      for (const auto& job : batch.answers) {
        CHECK(job.size() == 1 && job[0].kind == engine::AnswerKind::kAccepted, "bench.answer",
              CodeName(job[0].code), job[0].field);
      }
    }
  }

  engine::Engine& engine_;
  std::vector<ClientBatch> batches_;
  std::vector<Clock::time_point> submitted_;
  LoadResult result_;
  Clock::time_point last_answer_;
  size_t answered_ = 0;

  std::mutex mutex_;  // guards the next two
  std::condition_variable arrival_;
  std::vector<AnsweredBatch> arrived_;
};

template <typename T>
T Sound(Result<T> result, const char* what) {
  CHECK(result.ok(), "bench.rig", what, result.error().message);
  return std::move(result).value();
}

}  // namespace

std::vector<ClientBatch> Cut(std::vector<ProposalBytes> events, size_t events_a_batch) {
  std::vector<ClientBatch> batches;
  for (size_t i = 0; i < events.size(); ++i) {
    if (i % events_a_batch == 0) {
      batches.emplace_back().reserve(std::min(events_a_batch, events.size() - i));
    }
    batches.back().emplace_back().group.push_back(std::move(events[i]));
  }
  return batches;
}

LoadResult Drive(engine::Engine& engine, std::vector<ClientBatch> batches, size_t in_flight,
                 double seconds_max) {
  return Client(engine, std::move(batches)).Run(in_flight, seconds_max);
}

Rig::Rig(const RigOptions& options, size_t next_payment)
    : mix_(options.accounts, options.ids, engine::SystemClock()()), next_payment_(next_payment) {
  if (options.projections) {
    adapters::NodeOptions node;
    node.directory = options.directory;
    node_ = Sound(adapters::Node::Open(std::move(node)), "node");
    return;
  }
  engine::RocksLogOptions log;
  log.directory = options.directory + "/log";
  log.compression = engine::Compression::kZstd;
  log_ = Sound(engine::RocksLog::OpenDirectory(log), "log");
  history_ = Sound(engine::RocksHistory::Open({.directory = options.directory + "/history"}, *log_),
                   "history");
  engine::EngineOptions engine;
  engine.clock = engine::SystemClock();
  engine.history = history_.get();
  engine_ = Sound(engine::Engine::Open(std::move(engine), *log_), "engine");
}

Rig::~Rig() { Stop(); }

std::unique_ptr<Rig> Rig::Make(const RigOptions& options) {
  Sound(adapters::Node::Init(options.directory, "bench", 480, engine::SystemClock()), "init");
  auto rig = Open(options, 0);
  Drive(rig->engine(),
        Cut(SetUp("operator", options.accounts, engine::SystemClock()()), kSetUpBatch),
        kSetUpInFlight, 1e9);
  return rig;
}

std::unique_ptr<Rig> Rig::Open(const RigOptions& options, size_t next_payment) {
  return std::unique_ptr<Rig>(new Rig(options, next_payment));
}

engine::Engine& Rig::engine() { return node_ ? node_->engine() : *engine_; }

adapters::Node& Rig::node() {
  CHECK(node_ != nullptr, "bench.rig", "no projections");
  return *node_;
}

std::vector<ProposalBytes> Rig::Next(size_t events) {
  const size_t payments = (events + kEventsAPayment - 1) / kEventsAPayment;
  const size_t first = next_payment_;
  next_payment_ += payments;
  return mix_.Payments(first, payments);
}

void Rig::Stop() {
  if (node_) node_->Stop();
  if (engine_) engine_->Stop();
}

}  // namespace longmen::bench
