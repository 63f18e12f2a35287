// Answers: what became of a proposal.
#pragma once

#include <string>

#include "events/base/code.h"
#include "events/base/short_text.h"
#include "events/block/record.h"

namespace longmen::engine {

enum class AnswerKind : uint8_t {
  kAccepted,     // recorded at `sequence`
  kDuplicate,    // the same content was accepted before, at `sequence`
  kConflict,     // the id is taken by other content, at `sequence`; `field` differs first
  kRefused,      // the rules said no; recorded at `sequence`, and the same id stays refused
  kInvalid,      // malformed; not recorded
  kUnavailable,  // nothing promised; ask again
};
std::string_view AnswerKindName(AnswerKind kind);  // "accepted"

struct Answer {
  AnswerKind kind = AnswerKind::kUnavailable;
  Sequence sequence = 0;
  Code code = Code::NONE;       // of a refusal, an invalid or an unavailable
  std::string field;            // dotted path, where one is at fault
  uint16_t index = 0;           // of a group's refusal: the member at fault
  Code exception = Code::NONE;  // of an accepted report: what a rule would have said

  bool operator==(const Answer&) const = default;
};

// One a proposal of a group, in order. Nearly always one: made by the thousand on one thread and
// let go on another, an allocation each would be dear.
using Answers = FewOf<Answer, 1>;

}  // namespace longmen::engine
