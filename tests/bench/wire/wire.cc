#include "tests/bench/wire/wire.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "adapters/http/server.h"
#include "tests/bench/common/memory.h"
#include "tests/bench/common/timing.h"
#include "tests/bench/common/workload.h"
#include "tests/bench/wire/bodies.h"
#include "tests/bench/wire/client.h"
#include "tests/bench/wire/null_node.h"

namespace longmen::bench {
namespace {

using adapters::Node;
using adapters::http::Server;

constexpr size_t kAccounts = 10'000;
constexpr size_t kBatchPayments = 8'000 / kEventsAPayment;
constexpr size_t kRounds = 5;
constexpr size_t kInFlight = 3;  // batches: one being read, one decided, one written
constexpr size_t kSingles = 300;
constexpr size_t kIdle = 1'000;
constexpr const char* kSource = "operator";
constexpr const char* kMessages = "application/vnd.longmen.proposals";
constexpr const char* kAnswers = "application/vnd.longmen.answers";
constexpr const char* kNdjson = "application/x-ndjson";

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Does `act` with every number below `count` on kInFlight threads, each with a state of its own.
// Gives the seconds it took; what the threads themselves used of the processor goes to `used`.
template <typename Make, typename Act>
double InParallel(size_t count, Make make, Act act, double* used = nullptr) {
  std::atomic<size_t> next{0};
  std::atomic<int64_t> nanos{0};
  std::vector<std::thread> threads;
  const double start = Now();
  for (size_t i = 0; i < kInFlight; ++i) {
    threads.emplace_back([&] {
      auto state = make();
      for (size_t at; (at = next++) < count;) act(state, at);
      nanos += static_cast<int64_t>(ProcessorSeconds() * 1e9);
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (used != nullptr) *used = static_cast<double>(nanos) * 1e-9;
  return Now() - start;
}

// A ledger with its accounts, and a server in front of it.
struct Ledger {
  std::string token;
  std::unique_ptr<Node> node;
  std::unique_ptr<Server> server;
  size_t payments = 0;  // made so far

  Ledger() = default;
  Ledger(Ledger&&) = default;
  ~Ledger() {
    if (server != nullptr) server->Stop();
    if (node != nullptr) node->Stop();
  }
};

std::vector<engine::Job> JobsOf(std::vector<ProposalBytes> proposals) {
  std::vector<engine::Job> jobs(proposals.size());
  for (size_t i = 0; i < proposals.size(); ++i) jobs[i].group.push_back(std::move(proposals[i]));
  return jobs;
}

void SubmitAll(engine::Engine& engine, std::vector<engine::Job> jobs) {
  for (const auto& answers : engine.SubmitAndWait(std::move(jobs))) {
    CHECK(answers[0].kind == engine::AnswerKind::kAccepted, "bench.answer",
          CodeName(answers[0].code), answers[0].field);
  }
}

size_t PaymentsARound() {
  const char* all = std::getenv("LONGMEN_BENCH_PAYMENTS");
  const size_t payments = all == nullptr ? 100'000 : std::strtoull(all, nullptr, 10);
  return std::max(kBatchPayments, payments / kRounds);
}

class Bench {
 public:
  Bench(Table& table, std::string directory)
      : table_(table),
        directory_(std::move(directory)),
        now_(engine::SystemClock()()),
        mix_(kAccounts, IdOrder::kMixed, now_, kSource),
        a_round_(PaymentsARound()) {}

  // Processor time of the server.
  void Doors() {
    auto node = MakeNullNode("token", kSource);
    auto server = Serve(*node);
    for (const bool binary : {true, false}) {
      std::vector<double> nanos;
      Ledger numbers;
      for (size_t round = 0; round < kRounds; ++round) {
        const auto batches = NextRound(numbers);
        std::vector<std::string> requests;
        for (const auto& batch : batches) requests.push_back(Request("token", batch, binary));
        const double start = ProcessorSeconds(CLOCK_PROCESS_CPUTIME_ID);
        double clients = 0;
        Send(server->port(), requests, binary, &clients);
        const double used = ProcessorSeconds(CLOCK_PROCESS_CPUTIME_ID) - start - clients;
        nanos.push_back(used / EventsOf(batches) * 1e9);
      }
      table_.Add({binary ? "door_binary" : "door_ndjson", Median(nanos), "ns/event", {}, {}});
    }
    server->Stop();
  }

  // What connections cost that say nothing: memory, and the processor's time in a second.
  void Idleness() {
    auto node = MakeNullNode("token", kSource);
    auto server = Serve(*node);
    const double before = ResidentBytes();
    const auto few = mix_.Payments(0, 200);
    const auto clients = Connect(server->port(), Request("token", few, true));
    // The other ends are in this process too: a descriptor and an empty buffer each.
    const double bytes = (ResidentBytes() - before) / static_cast<double>(kIdle);
    table_.Add({"idle_memory", bytes, "B/conn", {}, {}});
    const double start = ProcessorSeconds(CLOCK_PROCESS_CPUTIME_ID);
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const double used = ProcessorSeconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    table_.Add({"idle_cpu", used * 1e3, "ms/s", {"1,000 connections", 0}, {AtMost(10)}});
    server->Stop();
  }

  void Rates() {
    Ledger in_process = Open("engine");
    Ledger binary = Open("binary");
    Ledger lines = Open("ndjson");
    std::vector<double> engine_rates, binary_rates, line_rates, idle_rates;
    std::vector<double> binary_ratios, line_ratios, idle_ratios;
    for (size_t round = 0; round < kRounds; ++round) {
      engine_rates.push_back(EngineRate(in_process));
      binary_rates.push_back(WireRate(binary, true));
      line_rates.push_back(WireRate(lines, false));
      {
        const auto clients =
            Connect(binary.server->port(), "GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n");
        idle_rates.push_back(WireRate(binary, true));
      }
      binary_ratios.push_back(binary_rates.back() / engine_rates.back());
      line_ratios.push_back(line_rates.back() / engine_rates.back());
      idle_ratios.push_back(idle_rates.back() / binary_rates.back());
    }
    AddRate("wire_engine", engine_rates, "", {}, {});
    AddRate("wire_binary", binary_rates, "the engine in process", binary_ratios,
            {RatioAtLeast(0.6)});
    AddRate("wire_ndjson", line_rates, "the engine in process", line_ratios, {AtLeast(150'000)});
    AddRate("wire_binary_1000_idle", idle_rates, "without idle connections", idle_ratios,
            {RatioAtLeast(0.95)});
    Singles(in_process, binary);
  }

 private:
  std::unique_ptr<Server> Serve(Node& node) {
    adapters::http::ServerOptions options;
    options.connections_max = 2 * kIdle;
    auto server = Server::Start(options, node);
    CHECK(server.ok(), "bench.server");
    return std::move(*server);
  }

  Ledger Open(const std::string& name) {
    const engine::Clock clock = [now = now_] { return now; };
    Ledger ledger;
    const std::string path = directory_ + "/" + name;
    auto token = Node::Init(path, name, 480, clock);
    CHECK(token.ok(), "bench.init", token.error().message);
    ledger.token = *token;
    adapters::NodeOptions options;
    options.directory = path;
    options.clock = clock;
    auto node = Node::Open(std::move(options));
    CHECK(node.ok(), "bench.open", node.error().message);
    ledger.node = std::move(*node);
    SubmitAll(ledger.node->engine(), JobsOf(SetUp(kSource, kAccounts, now_)));
    ledger.server = Serve(*ledger.node);
    return ledger;
  }

  // The next round's batches of a ledger.
  std::vector<std::vector<ProposalBytes>> NextRound(Ledger& ledger) const {
    std::vector<std::vector<ProposalBytes>> batches;
    for (size_t made = 0; made < a_round_; made += kBatchPayments) {
      batches.push_back(mix_.Payments(ledger.payments, kBatchPayments));
      ledger.payments += kBatchPayments;
    }
    return batches;
  }
  static double EventsOf(const std::vector<std::vector<ProposalBytes>>& batches) {
    return static_cast<double>(batches.size() * kBatchPayments * kEventsAPayment);
  }

  static void Settle(Ledger& ledger) {
    CHECK(ledger.node->AwaitProjected(ledger.node->engine().DurableSequence()).ok(), "bench.await");
  }

  double EngineRate(Ledger& ledger) const {
    auto batches = NextRound(ledger);
    const double events = EventsOf(batches);
    std::vector<std::vector<engine::Job>> jobs;
    for (auto& batch : batches) jobs.push_back(JobsOf(std::move(batch)));
    const double seconds = InParallel(
        jobs.size(), [] { return 0; },
        [&](int, size_t at) { SubmitAll(ledger.node->engine(), std::move(jobs[at])); });
    Settle(ledger);
    return events / seconds;
  }

  static std::string Request(const std::string& token, const std::vector<ProposalBytes>& batch,
                             bool binary) {
    return binary ? Post(token, kMessages, kAnswers, AsMessages(batch))
                  : Post(token, kNdjson, kNdjson, AsLines(batch));
  }

  // Every answer is looked at as a client would.
  static void CheckAnswers(std::string_view body, size_t events, bool binary) {
    size_t accepted = 0;
    if (binary) {
      for (size_t at = 8; at + 16 <= body.size(); at += 16) accepted += body[at + 10] == 0;
    } else {
      for (size_t at = 0; (at = body.find("\"accepted\"", at)) != body.npos; ++at) ++accepted;
    }
    CHECK(accepted == events, "bench.accepted", accepted, events, body.substr(0, 200));
  }

  static double Send(uint16_t port, const std::vector<std::string>& requests, bool binary,
                     double* used = nullptr) {
    return InParallel(
        requests.size(), [port] { return Client(port); },
        [&](Client& client, size_t at) {
          CheckAnswers(client.Ask(requests[at]), kBatchPayments * kEventsAPayment, binary);
        },
        used);
  }

  double WireRate(Ledger& ledger, bool binary) const {
    const auto batches = NextRound(ledger);
    std::vector<std::string> requests;
    for (const auto& batch : batches) requests.push_back(Request(ledger.token, batch, binary));
    const double seconds = Send(ledger.server->port(), requests, binary);
    Settle(ledger);
    return EventsOf(batches) / seconds;
  }

  // Connections that have sent this once and then say nothing.
  static std::vector<Client> Connect(uint16_t port, const std::string& request) {
    std::vector<Client> clients;
    for (size_t i = 0; i < kIdle; ++i) {
      clients.emplace_back(port).Ask(request);
      clients.back().Rest();
    }
    return clients;
  }

  // The median rate; beside it the peer whose ratio to it is the median of the rounds' ratios.
  void AddRate(const std::string& name, const std::vector<double>& rates, const std::string& peer,
               const std::vector<double>& ratios, std::vector<Target> targets) {
    const double rate = Median(rates);
    const Peer beside = peer.empty() ? Peer{} : Peer{peer, rate / Median(ratios)};
    table_.Add({name + "_events_per_s", rate, "events/s", beside, std::move(targets)});
  }

  // One event a request, one client.
  void Singles(Ledger& in_process, Ledger& served) {
    const auto proposals = [&](Ledger& ledger) {
      auto made = mix_.Payments(ledger.payments, kSingles);
      made.resize(kSingles);
      return made;
    };
    auto direct = proposals(in_process);
    const auto sent = proposals(served);
    Client client(served.server->port());
    std::vector<double> engine_seconds, wire_seconds;
    for (size_t i = 0; i < kSingles; ++i) {
      std::vector<engine::Job> job(1);
      job[0].group.push_back(std::move(direct[i]));
      double start = Now();
      SubmitAll(in_process.node->engine(), std::move(job));
      engine_seconds.push_back(Now() - start);
      const std::string request = Request(served.token, {sent[i]}, true);
      start = Now();
      CheckAnswers(client.Ask(request), 1, true);
      wire_seconds.push_back(Now() - start);
    }
    const double engine = Median(engine_seconds);
    table_.Add({"wire_single_p50",
                Median(wire_seconds) * 1e6,
                "us",
                {"the engine in process", engine * 1e6},
                {}});
  }

  Table& table_;
  const std::string directory_;
  const Nanos now_;
  const PaymentMix mix_;
  const size_t a_round_;  // payments
};

// Both ends of every idle connection are here.
void AllowManyFiles() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

void MeasureDoor(Table& table, const std::string& directory) {
  AllowManyFiles();
  table.Subject("the HTTP door with nobody behind it");
  Bench bench(table, directory);
  bench.Idleness();
  bench.Doors();
}

void MeasureWire(Table& table, const std::string& directory) {
  AllowManyFiles();
  table.Subject("the wire: batches through HTTP by turns with the same in process, whole node");
  Bench(table, directory).Rates();
}

}  // namespace longmen::bench
