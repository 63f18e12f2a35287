// longmen-bench-wire: what the HTTP door costs, beside the engine behind it, in one run.
//
// Server and load generator share the machine and this process. Rounds of each kind take turns, so
// that what else the machine does hits all of them; figures are medians. Prints a table and, with
// --json, one object a figure; --door leaves the engine out. LONGMEN_BENCH_PAYMENTS sets the size
// of all rounds of one kind (default 100,000 payments of three events), the first argument that is
// not a flag the directory.
#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "adapters/http/server.h"
#include "tests/bench/common/timing.h"
#include "tests/bench/common/workload.h"
#include "tests/bench/wire/bodies.h"
#include "tests/bench/wire/client.h"
#include "tests/bench/wire/null_node.h"

namespace longmen::bench {
namespace {

namespace fs = std::filesystem;
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

struct Figure {
  std::string name;
  double value;
  std::string unit;
  std::string beside;  // the limit measured in the same run
  double ratio;        // value to limit, as a rate or a time; 0: none
};

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double ResidentBytes() {
  size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
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

class Bench {
 public:
  Bench(std::string directory, size_t payments)
      : directory_(std::move(directory)),
        now_(engine::SystemClock()()),
        mix_(kAccounts, IdOrder::kMixed, now_, kSource),
        a_round_(std::max(kBatchPayments, payments / kRounds)) {}

  std::vector<Figure> Run(bool door_only) {
    Idleness();  // while this process has no memory of something else to reuse
    Doors();
    if (!door_only) Rates();
    return figures_;
  }

 private:
  void Add(std::string name, double value, std::string unit, std::string beside = "-",
           double ratio = 0) {
    figures_.push_back({std::move(name), value, std::move(unit), std::move(beside), ratio});
    std::fprintf(stderr, "\r%zu figures", figures_.size());
  }

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

  // The door alone: processor time of the server, with nobody behind it.
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
      Add(binary ? "door_binary" : "door_ndjson", Median(nanos), "ns/event");
    }
    server->Stop();
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

  // What connections cost that say nothing: memory, and the processor's time in a second.
  void Idleness() {
    auto node = MakeNullNode("token", kSource);
    auto server = Serve(*node);
    const double before = ResidentBytes();
    const auto few = mix_.Payments(0, 200);
    const auto clients = Connect(server->port(), Request("token", few, true));
    // The other ends are in this process too: a descriptor and an empty buffer each.
    Add("idle_memory", (ResidentBytes() - before) / static_cast<double>(kIdle), "B/conn");
    const double start = ProcessorSeconds(CLOCK_PROCESS_CPUTIME_ID);
    std::this_thread::sleep_for(std::chrono::seconds(1));
    Add("idle_cpu", (ProcessorSeconds(CLOCK_PROCESS_CPUTIME_ID) - start) * 1e3, "ms/s");
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
    Add("engine_batches", Median(engine_rates), "events/s");
    Add("wire_binary", Median(binary_rates), "events/s", "the engine in process",
        Median(binary_ratios));
    Add("wire_ndjson", Median(line_rates), "events/s", "the engine in process",
        Median(line_ratios));
    Add("wire_binary_1000_idle", Median(idle_rates), "events/s", "without idle connections",
        Median(idle_ratios));
    Singles(in_process, binary);
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
    Add("engine_single_p50", engine * 1e6, "us");
    Add("wire_single_p50", Median(wire_seconds) * 1e6, "us", "the engine in process",
        Median(wire_seconds) / engine);
  }

  const std::string directory_;
  const Nanos now_;
  const PaymentMix mix_;
  const size_t a_round_;  // payments
  std::vector<Figure> figures_;
};

void Print(const std::vector<Figure>& figures, bool json) {
  std::fprintf(stderr, "\r                    \r");
  for (const Figure& figure : figures) {
    if (json) {
      fmt::print(R"({{"figure":"{}","value":{:.3f},"unit":"{}","beside":"{}","ratio":{:.3f}}})"
                 "\n",
                 figure.name, figure.value, figure.unit, figure.beside, figure.ratio);
    } else {
      fmt::print("{:<22} {:>14.1f} {:<9}", figure.name, figure.value, figure.unit);
      if (figure.ratio != 0) fmt::print(" {:>8.2f} x {}", figure.ratio, figure.beside);
      fmt::print("\n");
    }
  }
}

// Both ends of every idle connection are here.
void AllowManyFiles() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace
}  // namespace longmen::bench

int main(int argc, char** argv) {
  bool json = false;
  bool door_only = false;
  std::string directory = std::filesystem::temp_directory_path() / "longmen-bench-wire";
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) {
      json = true;
    } else if (std::strcmp(argv[i], "--door") == 0) {
      door_only = true;
    } else {
      directory = argv[i];
    }
  }
  longmen::bench::AllowManyFiles();
  const char* size = std::getenv("LONGMEN_BENCH_PAYMENTS");
  const size_t payments = size == nullptr ? 100'000 : std::strtoull(size, nullptr, 10);
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  longmen::bench::Print(longmen::bench::Bench(directory, payments).Run(door_only), json);
  std::filesystem::remove_all(directory);
  return 0;
}
