#include "tests/adapters/script_runner/expect.h"

#include <fmt/format.h>

#include "tests/adapters/script_runner/fill.h"

namespace longmen::script {
namespace {

using engine::Answer;
using engine::AnswerKind;

std::string_view OutcomeName(schema::Outcome outcome) {
  switch (outcome) {
    case schema::Outcome::SUCCEEDED:
      return "succeeded";
    case schema::Outcome::PENDING:
      return "pending";
    case schema::Outcome::UNKNOWN:
      return "unknown";
    case schema::Outcome::FAILED:
      return "failed";
    case schema::Outcome::UNSTATED:
      break;
  }
  return "unstated";
}

std::string DescribeAnswer(const Answer& answer) {
  std::string text(AnswerKindName(answer.kind));
  if (answer.code != Code::NONE) text += fmt::format(" {}", CodeName(answer.code));
  if (!answer.field.empty()) text += " in " + answer.field;
  if (answer.exception != Code::NONE)
    text += fmt::format(" exception {}", CodeName(answer.exception));
  return text;
}

// "prepaid", "fee", "debit" or "refund": parking calls its two kinds of debit by name.
std::string MovementWord(const MovementState& movement) {
  if (movement.kind == MovementKind::kRefund) return "refund";
  if (movement.scenario != schema::Scenario::PARKING) return "debit";
  return movement.key.view().ends_with("/cap") ? "prepaid" : "fee";
}

std::string DescribeMovement(const MovementState& movement) {
  std::string text = fmt::format("{} {}", MovementWord(movement),
                                 FormatMinor(movement.amount.minor, movement.amount.currency));
  if (movement.counter.currency.numeric != 0) text += " for " + Format(movement.counter);
  if (movement.outcome != schema::Outcome::SUCCEEDED) {
    text += fmt::format(" {}", OutcomeName(movement.outcome));
  }
  return text;
}

std::string DescribeHappened(const World::Happened& happened) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  const Answer* last = nullptr;
  for (const Answer& answer : happened.answers) {
    if (last == nullptr || DescribeAnswer(*last) != DescribeAnswer(answer)) {
      add(DescribeAnswer(answer));
    }
    last = &answer;
  }
  for (const auto& record : happened.records) {
    if (record.effects.movement) add(DescribeMovement(*record.effects.movement));
  }
  return text.empty() ? fmt::format("{} records", happened.records.size()) : text;
}

// Walks the clauses.
class Expectation {
 public:
  Expectation(const World& world, const std::vector<std::string>& words)
      : happened_(world.happened()), words_(words) {}

  std::optional<std::string> Run() {
    while (next_ < words_.size()) {
      const std::string clause = words_[next_++];
      if (auto wrong = One(clause)) return wrong;
    }
    // A tick alone has no answer.
    if (words_.empty() && happened_.answers.empty()) return std::nullopt;
    if (!answered_) return Answered(AnswerKind::kAccepted, "accepted", false);
    return std::nullopt;
  }

 private:
  std::optional<std::string> One(const std::string& clause) {
    if (clause == "accepted") return Answered(AnswerKind::kAccepted, clause, false);
    if (clause == "duplicate") return Answered(AnswerKind::kDuplicate, clause, false);
    if (clause == "conflict") return Answered(AnswerKind::kConflict, clause, false);
    if (clause == "refused") return Answered(AnswerKind::kRefused, clause, true);
    if (clause == "invalid") return Answered(AnswerKind::kInvalid, clause, true);
    if (clause == "exception") return Exception();
    if (clause == "nothing") return Count(0);
    if (clause == "ticks") {
      answered_ = true;
      return Count(std::stoul(Take()));
    }
    if (clause == "no") return None(Take());
    if (clause == "prepaid" || clause == "fee" || clause == "debit" || clause == "refund") {
      return Moved(clause);
    }
    return "no such expectation: " + clause;
  }

  std::string Take() { return next_ < words_.size() ? words_[next_++] : ""; }

  std::string Unlike(const std::string& expected) const {
    return fmt::format("expected {}, actual {}", expected, DescribeHappened(happened_));
  }

  std::optional<std::string> Answered(AnswerKind kind, const std::string& word, bool has_code) {
    answered_ = true;
    std::string expected = word;
    const std::string code = has_code ? Take() : "";
    if (has_code) expected += " " + code;
    std::string field;
    if (next_ < words_.size() && words_[next_] == "in") {
      ++next_;
      field = Take();
      expected += " in " + field;
    }
    if (happened_.answers.empty()) return Unlike(expected);
    for (const Answer& answer : happened_.answers) {
      if (answer.kind != kind || (has_code && CodeName(answer.code) != code) ||
          (!field.empty() && answer.field != field)) {
        return Unlike(expected);
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> Exception() {
    const std::string code = Take();
    for (const Answer& answer : happened_.answers) {
      if (answer.kind == AnswerKind::kAccepted && CodeName(answer.exception) == code) {
        return std::nullopt;
      }
    }
    return Unlike("exception " + code);
  }

  std::optional<std::string> Count(size_t records) {
    answered_ = true;
    if (happened_.records.size() == records) return std::nullopt;
    return fmt::format("expected {} records, actual {}", records, happened_.records.size());
  }

  std::optional<std::string> None(const std::string& word) {
    for (const Answer& answer : happened_.answers) {
      if (word == "exception" && answer.exception != Code::NONE) return Unlike("no exception");
    }
    for (const auto& record : happened_.records) {
      if (record.effects.movement && MovementWord(*record.effects.movement) == word) {
        return Unlike("no " + word);
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> Moved(const std::string& word) {
    std::string expected = word + " " + Take();
    if (next_ < words_.size() && words_[next_] == "for") {
      for (int i = 0; i < 3; ++i) expected += " " + Take();
    }
    if (next_ < words_.size() &&
        (words_[next_] == "pending" || words_[next_] == "unknown" || words_[next_] == "failed")) {
      expected += " " + Take();
    }
    for (const auto& record : happened_.records) {
      if (record.effects.movement && DescribeMovement(*record.effects.movement) == expected) {
        return std::nullopt;
      }
    }
    return Unlike(expected);
  }

  const World::Happened& happened_;
  const std::vector<std::string>& words_;
  size_t next_ = 0;
  bool answered_ = false;
};

}  // namespace

std::optional<std::string> CheckExpected(const World& world,
                                         const std::vector<std::string>& expected) {
  return Expectation(world, expected).Run();
}

}  // namespace longmen::script
