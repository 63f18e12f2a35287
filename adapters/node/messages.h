// Messages: proposals as Cap'n Proto on their way from a door to the engine and back.
//
// Nothing here is per event but the copy of a proposal's bytes that the engine keeps: the answers
// are flat, and ids are read only where somebody will write them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/sequencer/engine.h"

namespace longmen::adapters {

// A body cut into messages, each whole in Cap'n Proto's stream framing and 8-byte aligned. The
// bytes are somebody else's.
struct MessageBatch {
  std::vector<Bytes> messages;
  std::vector<uint32_t> group_sizes;  // members of each atomic group, in order; 1: alone
};

// One answer a message, in order.
struct MessageAnswers {
  engine::Answers answers;
  std::vector<std::string> ids;  // where they were asked for, and could be read
  // Of the invalid ones, for people: the message's place, and what is wrong.
  std::vector<std::pair<size_t, std::string>> remarks;
};

// What the engine's answers become: taken once, on a thread that has the time.
using TakeAnswers = std::function<MessageAnswers()>;

// One batch between its two halves.
class MessageSubmission {
 public:
  // Reads every message: canonical ones in place, others by way of ProposalFromMessage. `source`
  // as of Node::ProposeMessages.
  MessageSubmission(const std::string& source, const MessageBatch& batch, bool with_ids);

  // The groups of which every member can be read, once.
  std::vector<engine::Job> TakeJobs() { return std::move(jobs_); }

  // Puts the engine's answers, one list a job, among those that were given here.
  MessageAnswers Collect(std::vector<engine::Answers> per_job);

 private:
  void ReadGroup(const std::string& source, const MessageBatch& batch, size_t first, size_t count);
  // False where it is invalid, and answered so.
  bool ReadMember(const std::string& source, Bytes message, size_t at, engine::Job& job);
  void Invalidate(size_t at, const Error& error);

  const bool with_ids_;
  std::vector<engine::Job> jobs_;
  std::vector<std::pair<size_t, uint32_t>> submitted_;  // first message and size of each job
  MessageAnswers answers_;
};

}  // namespace longmen::adapters
