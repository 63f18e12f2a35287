// FakeNode: a node whose answers the test decides, and when they come. For what the real one
// cannot be made to do at will: to be slow, to be full, to answer one thing after another.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "adapters/node/node.h"

namespace longmen::adapters::http {

class FakeLog final : public engine::LogReader {
 public:
  // Adds one block of orders "k1", "k2" … as records.
  void AddBlock(uint32_t records);

  Sequence AckedFrontier() const override { return last_; }
  Result<std::vector<engine::StoredBlock>> Read(Sequence from, size_t max_bytes) const override;
  Result<std::vector<engine::StoredBlock>> Follow(Sequence after, size_t max_bytes,
                                                  Nanos timeout) const override;

 private:
  std::vector<std::vector<uint8_t>> blocks_;
  std::vector<Sequence> lasts_;
  Sequence last_ = 0;
};

class FakeNode final : public Node {
 public:
  FakeNode();
  ~FakeNode() override;

  // What becomes of a group, one item a member, or of a record; accepted at the next sequences
  // unless the test says otherwise.
  using Judge = std::function<std::vector<ItemAnswer>(const std::string& source,
                                                      const std::vector<std::string>& group)>;
  Judge judge;
  std::map<std::string, std::string> tokens = {{"token-a", "source-a"}, {"token-b", "source-b"}};
  std::map<std::string, engine::Answers> known;  // by "source/id"
  std::vector<std::string> ingested;
  FakeLog fake_log;
  projections::MapStore store;
  Sequence projected = 0;

  // While held, proposals wait; Release lets them and all later ones go.
  void Hold();
  void Release();
  size_t waiting();
  size_t answered();  // how many submissions have been
  // Drops what waits without answering it.
  void Forget();

  void ProposeJson(std::string source, std::vector<std::vector<std::string>> groups,
                   Answered answered) override;
  // Accepts whatever can be read.
  void ProposeMessages(const std::string& source, const MessageBatch& batch, bool with_ids,
                       std::function<void(TakeAnswers)> answered) override;
  void IngestJson(std::string source, schema::Scenario scenario, std::vector<std::string> records,
                  Answered answered) override;
  Result<engine::Answers> Lookup(std::string_view source, std::string_view id) override;
  Result<std::string> Authenticate(std::string_view token) override;
  const projections::ReadStore& projections() const override { return store; }
  Sequence ProjectedSequence() const override { return projected; }
  Status AwaitProjected(Sequence sequence) override;
  const engine::LogReader& log() const override { return fake_log; }
  engine::Engine& engine() override;
  void Stop() override {}

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::function<void()>> queue_;
  size_t answered_ = 0;
  bool held_ = false;
  bool ended_ = false;
  Sequence next_ = 1;
  std::thread thread_;
};

engine::Answer MakeAnswer(engine::AnswerKind kind, Sequence sequence, Code code = Code::NONE,
                          std::string field = "");

}  // namespace longmen::adapters::http
