#include "tests/adapters/http/fake_node.h"

#include "events/codec/codec.h"

namespace longmen::adapters::http {

using engine::Answer;
using engine::AnswerKind;
using engine::Answers;

Answer MakeAnswer(AnswerKind kind, Sequence sequence, Code code, std::string field) {
  Answer answer;
  answer.kind = kind;
  answer.sequence = sequence;
  answer.code = code;
  answer.field = std::move(field);
  return answer;
}

void FakeLog::AddBlock(uint32_t records) {
  BlockBuilder builder;
  for (uint32_t i = 0; i < records; ++i) {
    ++last_;
    capnp::MallocMessageBuilder message;
    auto proposal = message.initRoot<schema::Proposal>();
    proposal.setSource("source-a");
    proposal.setId("id" + std::to_string(last_));
    proposal.setKey("k" + std::to_string(last_));
    proposal.setOccurredAt(kNanosPerSecond);
    proposal.getBody().initOrder().setPayee("shop");
    RecordHeader header;
    header.sequence = last_;
    header.recorded_at = 2 * kNanosPerSecond;
    header.rules_version = 1;
    builder.Add(header, Canonicalize(proposal.asReader())->bytes());
  }
  blocks_.push_back(builder.Finish(1, {}));
  lasts_.push_back(last_);
}

Result<std::vector<engine::StoredBlock>> FakeLog::Read(Sequence from, size_t max_bytes) const {
  std::vector<engine::StoredBlock> found;
  size_t bytes = 0;
  for (size_t i = 0; i < blocks_.size() && (found.empty() || bytes < max_bytes); ++i) {
    if (lasts_[i] < from) continue;
    found.emplace_back(Bytes(blocks_[i]));
    bytes += blocks_[i].size();
  }
  return found;
}

Result<std::vector<engine::StoredBlock>> FakeLog::Follow(Sequence after, size_t max_bytes,
                                                         Nanos) const {
  return Read(after + 1, max_bytes);
}

FakeNode::FakeNode() {
  judge = [this](const std::string&, const std::vector<std::string>& group) {
    std::vector<ItemAnswer> items;
    for (size_t i = 0; i < group.size(); ++i, ++next_) {
      items.push_back(
          {"p" + std::to_string(next_), {MakeAnswer(AnswerKind::kAccepted, next_)}, ""});
    }
    return items;
  };
  thread_ = std::thread([this] { Run(); });
}

FakeNode::~FakeNode() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void FakeNode::Hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void FakeNode::Release() {
  {
    const std::lock_guard lock(mutex_);
    held_ = false;
  }
  changed_.notify_all();
}

size_t FakeNode::waiting() {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

size_t FakeNode::answered() {
  const std::lock_guard lock(mutex_);
  return answered_;
}

void FakeNode::Forget() {
  std::vector<std::function<void()>> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(queue_);
}

void FakeNode::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ended_ || (!held_ && !queue_.empty()); });
    if (ended_) return;
    const auto jobs = std::exchange(queue_, {});
    lock.unlock();
    for (const auto& job : jobs) job();
    lock.lock();
    answered_ += jobs.size();
  }
}

void FakeNode::ProposeJson(std::string source, std::vector<std::vector<std::string>> groups,
                           Answered answered) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back([this, source = std::move(source), groups = std::move(groups),
                      answered = std::move(answered)] {
      std::vector<ItemAnswer> items;
      for (const auto& group : groups) {
        for (ItemAnswer& item : judge(source, group)) items.push_back(std::move(item));
      }
      answered(std::move(items));
    });
  }
  changed_.notify_all();
}

void FakeNode::ProposeMessages(const std::string& source, const MessageBatch& batch, bool with_ids,
                               std::function<void(TakeAnswers)> answered) {
  auto submission = std::make_shared<MessageSubmission>(source, batch, with_ids);
  std::vector<Answers> per_job;
  for (const engine::Job& job : submission->TakeJobs()) {
    auto& answers = per_job.emplace_back();
    for (size_t i = 0; i < job.group.size(); ++i) {
      answers.push_back(MakeAnswer(AnswerKind::kAccepted, next_++));
    }
  }
  answered([submission, per_job] { return submission->Collect(per_job); });
}

void FakeNode::IngestJson(std::string source, schema::Scenario, std::vector<std::string> records,
                          Answered answered) {
  std::vector<std::vector<std::string>> groups;
  for (std::string& record : records) {
    ingested.push_back(record);
    groups.push_back({std::move(record)});
  }
  ProposeJson(std::move(source), std::move(groups), std::move(answered));
}

Result<Answers> FakeNode::Lookup(std::string_view source, std::string_view id) {
  const auto found = known.find(std::string(source) + "/" + std::string(id));
  return found == known.end() ? Answers() : found->second;
}

Result<std::string> FakeNode::Authenticate(std::string_view token) {
  const auto found = tokens.find(std::string(token));
  if (found == tokens.end()) return Error{Code::UNAUTHORIZED, "", "no source has this token"};
  return found->second;
}

Status FakeNode::AwaitProjected(Sequence sequence) {
  if (projected < sequence) projected = sequence;
  return Ok();
}

engine::Engine& FakeNode::engine() { CheckFailed("engine", "fake_node.engine", " has none"); }

}  // namespace longmen::adapters::http
