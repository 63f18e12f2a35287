// The port: what a scenario adapter sees. A typed record in, a read-only view of the ledger,
// proposals out. No clock, no I/O, no truth of its own.
//
// Identity of a record is (source, id) like a proposal's; the proposals of its translation are
// one atomic group under the ids "<record id>.0", ".1" … The first carries the record as evidence
// (`original`), so that a repeat is recognised before it is translated again.
#pragma once

#include <capnp/message.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger/view.h"
#include "events/base/hash.h"
#include "events/codec/codec.h"

namespace longmen::adapters {

inline constexpr size_t kRecordIdBytesMax = 31;  // leaves room for ".999"

// What Parse gets besides the bytes.
struct Door {
  std::string token_key;  // for the tokens of payer codes, plates and other personal facts
};
// What stands for a personal fact in the ledger and in the evidence: its HMAC. The kind, "plate",
// keeps the tokens of unlike facts in the same words apart.
Digest256 TokenOf(std::string_view kind, std::string_view fact, const Door& door);
inline capnp::Data::Reader AsData(const Digest256& digest) {
  return {digest.data(), digest.size()};
}

// A scenario's record, parsed: each scenario derives its own.
struct Record {
  virtual ~Record() = default;
  std::string id;
  Nanos occurred_at = 0;
  std::string evidence;  // what the log keeps of the record: the JSON as it came, less what must
                         // never be kept (payer codes, card numbers)
};

// What a scenario makes of a record: one group of proposals, or a refusal.
class Translation {
 public:
  // The next proposal of the group: source, id, occurredAt, scenario and evidence are filled in.
  schema::Proposal::Builder Add();
  // No proposal: the record itself is refused, and that is recorded (not re-decided on replay).
  // `key` names the order it is about, where there is one.
  void Refuse(Code code, std::string field, std::string key = "");

  Translation(std::string source, const Record& record, schema::Scenario scenario);
  // The group, canonical and of checked shape; or the one refusal body.
  Result<std::vector<ProposalBytes>> Finish();
  bool refused() const { return refused_; }
  schema::Scenario scenario() const { return scenario_; }

 private:
  std::string source_;
  const Record& record_;
  schema::Scenario scenario_;
  std::vector<std::unique_ptr<capnp::MallocMessageBuilder>> messages_;
  bool refused_ = false;
};

// What the functions of a scenario's steps share, where it has several.
struct Step {
  Nanos occurred_at;
  const engine::LedgerView& ledger;
  Translation& out;
};

class ScenarioAdapter {
 public:
  virtual ~ScenarioAdapter() = default;
  virtual schema::Scenario scenario() const = 0;
  // One record from JSON. Errors name the field; nothing is recorded then.
  virtual Result<std::unique_ptr<Record>> Parse(std::string_view json, const Door& door) const = 0;
  // Runs between two decisions of the engine: it sees every proposal accepted before it.
  virtual void Translate(const Record& record, std::string_view source,
                         const engine::LedgerView& ledger, Translation& out) const = 0;
};

}  // namespace longmen::adapters
