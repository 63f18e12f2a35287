// Node: a running ledger in one directory. The composition root of `longmen`: the engine, its log,
// the derived store with all projections, and the registered scenarios, behind one front.
//
// On disk: DIR/log (the truth: RocksDB, its HEAD that anchors the tail, its LOCK), DIR/derived
// (RocksDB, projections), DIR/snapshots, DIR/keys/token.key. All but log and keys can be deleted.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/node/messages.h"
#include "adapters/port/port.h"
#include "engine/sequencer/engine.h"
#include "projections/store/store.h"

namespace longmen::adapters {

struct NodeOptions {
  std::string directory;
  bool clock_follows_input = false;  // for files of the past: recordedAt follows occurredAt
  engine::Clock clock;               // default: the system's
};

// One record or proposal of a batch, and what became of it.
struct ItemAnswer {
  std::string id;           // of the record or proposal, where it could be read
  engine::Answers answers;  // one a proposal; one for a refused or invalid record
  std::string message;      // of an invalid item, for people
};

// The secrets of a new ledger. Empty, which is right everywhere else: drawn at random. Given, by a
// run that must write the same bytes again (the demo).
struct InitSecrets {
  std::string operator_token;
  std::string token_key;  // 64 characters
};

class Node {
 public:
  // Creates the directory's ledger: the first record, a token key, and a source "operator" that
  // may do everything. Returns the operator's bearer token: shown once, never stored.
  // Error where there is a ledger already; one whose making a crash or a full disk cut short is
  // finished. storage_full, with nothing made, where a new one would have no room to grow.
  static Result<std::string> Init(const std::string& directory, std::string_view name,
                                  int utc_offset_minutes, const engine::Clock& clock,
                                  const InitSecrets& secrets = {});

  static Result<std::unique_ptr<Node>> Open(NodeOptions options);
  virtual ~Node() = default;

  // Proposals as JSON, one atomic group an entry. `source` is who authenticated: a proposal that
  // names another is not_permitted; one that names none gets it. Empty: trusted (the CLI).
  using Answered = std::function<void(std::vector<ItemAnswer>)>;
  virtual void ProposeJson(std::string source, std::vector<std::vector<std::string>> groups,
                           Answered answered) = 0;
  // Proposals as Cap'n Proto, read in place before this returns; `source` as above. The answers
  // can be taken from any thread.
  virtual void ProposeMessages(const std::string& source, const MessageBatch& batch, bool with_ids,
                               std::function<void(TakeAnswers)> answered) = 0;
  // Scenario records as JSON, decided in order, each by itself.
  virtual void IngestJson(std::string source, schema::Scenario scenario,
                          std::vector<std::string> records, Answered answered) = 0;

  // What became of (source, id), waiting until it is durable: of a proposal, or of all the
  // proposals of a record. Empty: never seen.
  virtual Result<engine::Answers> Lookup(std::string_view source, std::string_view id) = 0;

  // The source whose bearer token this is.
  virtual Result<std::string> Authenticate(std::string_view token) = 0;

  // Projections. `AwaitProjected` returns once they include `sequence`.
  virtual const projections::ReadStore& projections() const = 0;
  virtual Sequence ProjectedSequence() const = 0;
  virtual Status AwaitProjected(Sequence sequence) = 0;

  virtual const engine::LogReader& log() const = 0;
  virtual engine::Engine& engine() = 0;

  // Answers or refuses all that was accepted, then closes.
  virtual void Stop() = 0;
};

// Every scenario of this build: adding one is one line in scenarios.cc.
const std::vector<std::unique_ptr<ScenarioAdapter>>& Scenarios();
const ScenarioAdapter* FindScenario(schema::Scenario scenario);

}  // namespace longmen::adapters
