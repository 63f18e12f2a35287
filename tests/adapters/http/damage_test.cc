// Bodies of the binary door with random damage: whatever comes out of them is whole and sound, or
// is not there.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <random>

#include "adapters/http/batch.h"
#include "tests/adapters/http/frames.h"
#include "tests/support/proposals/proposals.h"

namespace longmen::adapters::http {
namespace {

using testing::OrderText;

uint64_t Given(const char* name, uint64_t otherwise) {
  const char* given = std::getenv(name);
  return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

// Ten proposals, three of them a group, one of them in several segments and one nobody's.
std::string GoodBody() {
  std::string body;
  const auto order = [](int i) {
    return OrderText("o" + std::to_string(i), "k" + std::to_string(i), "100");
  };
  for (int i = 0; i < 5; ++i) body += Message(order(i));
  body += GroupOf({Message(order(5)), Message(order(6)), Message(order(7))});
  body += Message(order(8), "");
  const std::string words = CanonicalWords(order(9));
  return body + Word(1, static_cast<uint32_t>(words.size() / 8)) + Word(1, 0) + words + Word(0, 0);
}

// One to three pieces of damage, near a word's edge more often than not: pointers are words.
std::string Damaged(std::string body, std::mt19937_64& random) {
  const auto below = [&](size_t count) { return static_cast<size_t>(random() % count); };
  for (size_t left = 1 + below(3); left > 0 && !body.empty(); --left) {
    const size_t at = below(2) == 0 ? below(body.size()) : below(body.size() / 8 + 1) * 8;
    if (at >= body.size()) continue;
    switch (below(5)) {
      case 0:
        body[at] = static_cast<char>(body[at] ^ 1 << below(8));
        break;
      case 1:
        body[at] = static_cast<char>(random());
        break;
      case 2:
        body.erase(at / 8 * 8, 8 * (1 + below(4)));
        break;
      case 3:
        body.insert(at / 8 * 8, body.substr(below(body.size()) / 8 * 8, 8 * (1 + below(4))));
        break;
      default:
        for (size_t i = at; i < std::min(body.size(), at + 4); ++i) body[i] = '\xff';
    }
  }
  return body;
}

// How many proposals went on.
size_t CheckWhatGoesOn(const std::string& body) {
  std::vector<uint64_t> words((body.size() + 7) / 8);
  std::memcpy(words.data(), body.data(), body.size());
  const Bytes bytes(reinterpret_cast<const uint8_t*>(words.data()), body.size());
  auto cut = CutMessages(bytes, {.items = 100, .messages = 1'000});
  if (!cut.ok()) return 0;
  MessageSubmission submission("operator", cut->messages, true);
  std::vector<engine::Answers> per_job;
  size_t went_on = 0;
  for (const engine::Job& job : submission.TakeJobs()) {
    for (const ProposalBytes& proposal : job.group) {
      EXPECT_TRUE(CheckCanonical(proposal.bytes()).ok());
      const ProposalReader reader(proposal.bytes());
      EXPECT_TRUE(CheckShape(reader.get()).ok());
      EXPECT_STREQ(reader.get().getSource().cStr(), "operator");
    }
    went_on += job.group.size();
    per_job.emplace_back(job.group.size(), engine::Answer{.kind = engine::AnswerKind::kAccepted});
  }
  const MessageAnswers answers = submission.Collect(std::move(per_job));
  EXPECT_EQ(answers.answers.size(), cut->messages.messages.size());
  size_t invalid = 0;
  for (const engine::Answer& answer : answers.answers) {
    EXPECT_NE(answer.kind, engine::AnswerKind::kUnavailable) << "not answered";
    invalid += answer.kind == engine::AnswerKind::kInvalid;
  }
  EXPECT_EQ(went_on + invalid, answers.answers.size());
  return went_on;
}

TEST(DamagedMessages, GoOnWholeOrNotAtAll) {
  const uint64_t seed = Given("LONGMEN_SEED", 20210301);
  std::cout << "LONGMEN_SEED=" << seed << std::endl;
  std::mt19937_64 random(seed);
  const std::string good = GoodBody();
  ASSERT_EQ(CheckWhatGoesOn(good), 10u);
  size_t went_on = 0;
  const uint64_t cases = Given("LONGMEN_CASES", 3'000);
  for (uint64_t i = 0; i < cases; ++i) went_on += CheckWhatGoesOn(Damaged(good, random));
  // Damage that refuses everything would show nothing.
  EXPECT_GT(went_on, cases);
  EXPECT_LT(went_on, cases * 10);
}

}  // namespace
}  // namespace longmen::adapters::http
