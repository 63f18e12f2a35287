// The binary door of a real node: what is good, and what the ledger says to it.
#include <capnp/message.h>
#include <capnp/serialize.h>

#include "events/codec/codec.h"
#include "tests/adapters/http/frames.h"
#include "tests/adapters/http/live.h"
#include "tests/support/bad_input/bad_input.h"

namespace longmen::adapters::http {
namespace {

using Answers = std::vector<std::string>;
using testing::OrderText;

constexpr std::string_view kNdjson = "application/x-ndjson";

class Messages : public Live {
 protected:
  void SetUp() override {
    Live::SetUp();
    RegisterBanks({"A", "B"});
    base_ = frontier();
  }

  Received Post(std::string_view body, std::string_view accept = kAnswers) {
    Client client(server_->port());
    client.Send(RequestText("POST", "/v1/proposals", token_, body, kProposals, accept));
    return client.Receive().value_or(Received{});
  }
  Answers Propose(std::string_view body) {
    const Received received = Post(body);
    EXPECT_EQ(received.status, 200) << received.body;
    EXPECT_EQ(received.headers.at("content-type"), kAnswers);
    return ReadAnswers(received.body);
  }
  // "accepted" and the nth record since the banks were there.
  std::string Accepted(Sequence nth) { return fmt::format("accepted {}", base_ + nth); }

  Sequence base_ = 0;
};

TEST_F(Messages, AreAnsweredOneByOneInTheirOrder) {
  EXPECT_EQ(
      Propose(Message(OrderText("o1", "k1", "1")) +
              GroupOf({Message(OrderText("o2", "k2", "1")), Message(OrderText("o3", "k3", "1"))}) +
              Message(OrderText("o4", "k4", "1"))),
      (Answers{Accepted(1), Accepted(2), Accepted(3), Accepted(4)}));
  const auto records = Get(fmt::format("/v1/records?after={}", base_)).at("records").as_array();
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[2].at("groupSize").as_int64(), 2);
  EXPECT_EQ(records[3].at("proposal").at("id").as_string(), "o4");
}

TEST_F(Messages, MeanWhatTheSameJsonMeans) {
  Accept(OrderText("o1", "k1", "100"));
  EXPECT_EQ(Propose(Message(OrderText("o1", "k1", "100")) + Message(OrderText("o1", "k1", "101")) +
                    Message(OrderText("o2", "k2", "7"))),
            (Answers{fmt::format("duplicate {}", base_ + 1),
                     fmt::format("conflict [order.amount.minor] {}", base_ + 1), Accepted(2)}));
  EXPECT_EQ(Ask("POST", "/v1/proposals", OrderText("o2", "k2", "7")).status, 200);
}

TEST_F(Messages, ThatTheRulesRefuseAreRecorded) {
  const std::string group =
      GroupOf({Message(OrderText("o1", "k1", "1")), Message(OrderText("o2", "k1", "1"))});
  const Answers refused = Propose(Message(OrderText("o0", "k0", "1", "USD")) + group);
  EXPECT_EQ(refused, (Answers{fmt::format("refused currency_mismatch [order.payer] {}", base_ + 1),
                              fmt::format("refused order_exists [key] {} #1", base_ + 2),
                              fmt::format("refused order_exists [key] {} #1", base_ + 2)}));
  EXPECT_EQ(Propose(group), (Answers{refused[1], refused[2]}));
  EXPECT_EQ(frontier(), base_ + 2);
}

TEST_F(Messages, ThatAreBadCostOnlyTheirOwnItem) {
  EXPECT_EQ(
      Propose(Message(OrderText("o1", "k1", "1")) + Message(OrderText("o2", "k2", "0")) +
              GroupOf({Message(OrderText("o3", "k3", "1")), Message(OrderText("o4", "k4", "0")),
                       Message(OrderText("o5", "k5", "1"))}) +
              Message(OrderText("o6", "k6", "1"))),
      (Answers{Accepted(1), "invalid amount_not_positive [order.amount.minor]",
               "invalid malformed [group[1]]", "invalid amount_not_positive [order.amount.minor]",
               "invalid malformed [group[1]]", Accepted(2)}));
  EXPECT_EQ(frontier(), base_ + 2);
}

TEST_F(Messages, AreAnsweredAsLinesUnlessWordsAreAskedFor) {
  const auto body = [](const std::string& suffix) {
    const auto order = [&](const char* id, const char* minor) {
      return OrderText(id + suffix, "k" + suffix + id, minor);
    };
    return std::vector<std::string>{order("a", "1"), order("b", "0"), order("c", "1"),
                                    order("d", "0")};
  };
  const auto binary = body("x");
  const Received received = Post(
      Message(binary[0]) + Message(binary[1]) + GroupOf({Message(binary[2]), Message(binary[3])}),
      "application/json");
  EXPECT_EQ(received.status, 200);
  EXPECT_EQ(received.headers.at("content-type"), kNdjson);
  const auto json = body("y");
  std::string lines =
      Ask("POST", "/v1/proposals",
          json[0] + "\n" + json[1] + "\n{\"group\":[" + json[2] + "," + json[3] + "]}\n", kNdjson)
          .body;
  // The same but for the ids and the sequence.
  std::replace(lines.begin(), lines.end(), 'y', 'x');
  const std::string then = fmt::format("\"sequence\":\"{}\"", base_ + 2);
  lines.replace(lines.find(then), then.size(), fmt::format("\"sequence\":\"{}\"", base_ + 1));
  EXPECT_EQ(received.body, lines);
}

// What the libraries of other languages write: sections not cut, several segments, no source.
TEST_F(Messages, ThatAreNotCanonicalAreMadeSo) {
  capnp::MallocMessageBuilder message(16, capnp::AllocationStrategy::FIXED_SIZE);
  auto proposal = message.initRoot<schema::Proposal>();
  ASSERT_TRUE(FromJson(OrderText("o1", "k1", "100"), proposal).ok());
  proposal.setOriginalKeyId("");
  ASSERT_GT(message.getSegmentsForOutput().size(), 1u);
  const auto words = capnp::messageToFlatArray(message);
  const std::string several(reinterpret_cast<const char*>(words.asBytes().begin()),
                            words.asBytes().size());
  EXPECT_EQ(Propose(several), Answers{Accepted(1)});
  EXPECT_EQ(Propose(several + Message(OrderText("o1", "k1", "100"))),
            (Answers(2, fmt::format("duplicate {}", base_ + 1))));
  // What a library leaves behind when a field is set twice: words that nothing points at.
  EXPECT_EQ(Propose(Framed(CanonicalWords(OrderText("o1", "k1", "100")) + std::string(64, 'x'))),
            Answers{fmt::format("duplicate {}", base_ + 1)});
  // Canonical, but nobody's: the token says whose.
  EXPECT_EQ(Propose(Message(OrderText("o1", "k1", "100"), "")),
            Answers{fmt::format("duplicate {}", base_ + 1)});
}

TEST_F(Messages, WithoutContentAreWhatAnEmptyObjectIs) {
  EXPECT_EQ(Propose(Framed(std::string(8, '\0'))), Answers{"invalid missing_field [occurredAt]"});
}

TEST_F(Messages, ThatAreSignedStayAsTheyAreOrAreRefused) {
  const std::string text = testing::ProposalText(
      "p1", "C",
      R"("registration":{"participant":{}},"signatures":[{"bytes":"AAAA","keyId":"k"}])");
  EXPECT_EQ(Propose(Message(text, "")), Answers{"invalid malformed [signatures]"});
  EXPECT_EQ(Propose(Message(text)), Answers{Accepted(1)});
}

TEST_F(Messages, AreTheTokensOwn) {
  EXPECT_EQ(Propose(Message(OrderText("o1", "k1", "1"), "another")),
            Answers{"invalid not_permitted [source]"});
}

class EveryMessage : public Messages {
 protected:
  void SetUp() override {
    Live::SetUp();
    const Received received = Ask("POST", "/v1/proposals", testing::SetupLines(), kNdjson);
    ASSERT_EQ(received.body.find("\"code\""), std::string::npos) << received.body;
  }
};

// Both doors have one shape and one ladder: whatever JSON can say at all gets one answer.
TEST_F(EveryMessage, GetsTheCodeAndFieldThatItsJsonGets) {
  size_t compared = 0;
  for (const auto& input : testing::BadInputs()) {
    const std::string words = CanonicalWords(input.text);
    if (words.empty() || input.code == "not_permitted") continue;  // JSON's own mistakes; sources
    const Answers answers = Propose(Framed(words));
    ASSERT_EQ(answers.size(), 1u) << input.name;
    const std::string expected =
        fmt::format("{} {} [{}]", input.recorded ? "refused" : "invalid", input.code, input.field);
    EXPECT_EQ(answers[0].substr(0, expected.size()), expected) << input.name;
    ++compared;
  }
  EXPECT_GT(compared, 100u);
}

}  // namespace
}  // namespace longmen::adapters::http
