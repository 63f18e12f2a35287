// Bodies of the binary door that no honest client sends: each has its code and its field, and the
// log does not grow by more than what was sound.
#include "tests/adapters/http/frames.h"
#include "tests/adapters/http/live.h"
#include "tests/adapters/http/serving.h"

namespace longmen::adapters::http {
namespace {

using testing::OrderText;

class HostileMessages : public Live {
 protected:
  void SetUp() override {
    Live::SetUp();
    RegisterBanks({"A", "B"});
  }

  Received Post(std::string_view body) {
    Client client(server_->port());
    client.Send(RequestText("POST", "/v1/proposals", token_, body, kProposals, kAnswers));
    return client.Receive().value_or(Received{});
  }
};

TEST_F(HostileMessages, WithABrokenFrameAreRefusedWhole) {
  const std::string good = Message(OrderText("o1", "k1", "1"));
  const std::string words = CanonicalWords(OrderText("o2", "k2", "1"));
  const auto size = static_cast<uint32_t>(words.size() / 8);
  const struct {
    const char* name;
    std::string body;
    std::string field;
  } cases[] = {
      {"nothing", "", "body"},
      {"a byte too many", good + "x", "body"},
      {"a byte too few", good.substr(0, good.size() - 1), "body"},
      {"four bytes in front", std::string(4, '\0') + good + std::string(4, '\0'), "item[1]"},
      {"cut short by a word", good + good.substr(0, good.size() - 8), "item[1]"},
      {"a size past the end", good + Word(0, size + 1) + words, "item[1]"},
      {"the largest size", good + Word(0, 0xffffffff) + words, "item[1]"},
      {"more segments than bytes", good + Word(40, 0), "item[1]"},
      {"too many segments", good + Word(64, 0) + std::string(512, '\0'), "item[1]"},
      {"a number of segments that overflows", good + Word(0xfffffffe, 0), "item[1]"},
      {"two segments, the second past the end", good + Word(1, size) + Word(9, 0) + words,
       "item[1]"},
      {"a group of nobody", good + Word(0xffffffff, 0), "item[1]"},
      {"a group of more than there are", good + GroupOf({good, good, good}).replace(4, 1, "\x04"),
       "item[1]"},
      {"a group of as many as can be said", good + Word(0xffffffff, 0xffffffff), "item[1]"},
      {"a group in a group", good + GroupOf({good, GroupOf({good})}), "item[1]"},
  };
  const Sequence before = frontier();
  for (const auto& one : cases) {
    const Received received = Post(one.body);
    EXPECT_EQ(received.status, 400) << one.name;
    ASSERT_EQ(received.headers.at("content-type"), "application/problem+json") << one.name;
    const auto problem = boost::json::parse(received.body).as_object();
    EXPECT_EQ(problem.at("code").as_string(), "malformed") << one.name;
    EXPECT_EQ(problem.at("field").as_string(), one.field) << one.name << received.body;
  }
  EXPECT_EQ(frontier(), before);
}

TEST_F(HostileMessages, WithBrokenContentCostOnlyThemselves) {
  const std::string words = CanonicalWords(OrderText("o2", "k2", "1"));
  const auto with = [&](size_t at, std::string_view bytes) {
    std::string changed = words;
    return Framed(changed.replace(at, bytes.size(), bytes));
  };
  // One of the proposal's own pointers, behind its data, made to point at the proposal: a loop.
  uint16_t data = 0;
  std::memcpy(&data, words.data() + 4, 2);
  std::string loop = words;
  const size_t pointer = 8 + size_t{data} * 8;
  const int32_t back = (-static_cast<int32_t>(pointer / 8 - 1) - 1) * 4;
  std::memcpy(loop.data() + pointer, &back, 4);
  const std::pair<std::string, std::string> cases[] = {
      {"no words", Word(0, 0)},
      {"a root past the end", with(0, std::string_view("\xf0\xff\xff\x7f", 4))},
      {"a root before the beginning", with(0, std::string_view("\xf0\xff\xff\xff", 4))},
      {"a far root", with(0, std::string_view("\x02\x00\x00\x00\x07\x00\x00\x00", 8))},
      {"a capability", with(0, std::string_view("\x03\x00\x00\x00\x00\x00\x00\x00", 8))},
      {"a list for a root", with(0, std::string_view("\x01", 1))},
      {"nothing but ones", Framed(std::string(256, '\xff'))},
      {"more than a record holds", Framed(words + std::string(280'000, '\x11'))},
      {"a pointer back to where it is", Framed(loop)},
  };
  for (const auto& [name, message] : cases) {
    const Sequence before = frontier();
    const std::string id = fmt::format("g{}", before);
    const Received received =
        Post(Message(OrderText(id, id, "1")) + message + Message(OrderText(id, id, "1")));
    ASSERT_EQ(received.status, 200) << name << received.body;
    const auto answers = ReadAnswers(received.body);
    ASSERT_EQ(answers.size(), 3u) << name;
    EXPECT_EQ(answers[0], fmt::format("accepted {}", before + 1)) << name;
    EXPECT_TRUE(answers[1] == "invalid malformed [item]" ||
                answers[1] == "invalid too_large [item]")
        << name << ": " << answers[1];
    EXPECT_EQ(answers[2], fmt::format("duplicate {}", before + 1)) << name;
  }
}

TEST_F(HostileMessages, WithBitsThatNoFieldOwnsAreNotTaken) {
  // The highest bit of the union's tag word is no field's in any proposal of this schema.
  std::string words = CanonicalWords(OrderText("o2", "k2", "1"));
  words[8 + 8 + 7] = '\x80';
  EXPECT_EQ(ReadAnswers(Post(Framed(words)).body),
            std::vector<std::string>{"invalid malformed [item]"});
}

TEST_F(HostileMessages, OfAGroupThatIsTooLargeAreAllTold) {
  std::vector<std::string> messages;
  for (int i = 0; i < 1'001; ++i) {
    messages.push_back(Message(OrderText(fmt::format("o{}", i), fmt::format("k{}", i), "1")));
  }
  const Sequence before = frontier();
  const auto answers = ReadAnswers(Post(GroupOf(messages)).body);
  ASSERT_EQ(answers.size(), 1'001u);
  EXPECT_EQ(answers[0], "invalid group_too_large [group]");
  EXPECT_EQ(answers[1'000], "invalid group_too_large [group]");
  EXPECT_EQ(frontier(), before);
}

class BoundedMessages : public Serving {
 protected:
  const std::string message_ = Message(OrderText("o1", "k1", "1"), "source-a");
  Received Post(std::string_view body, std::string_view token = "token-a",
                std::string_view target = "/v1/proposals") {
    return Ask("POST", target, body, kProposals, token);
  }
  std::string Many(size_t count) {
    std::string body;
    for (size_t i = 0; i < count; ++i) body += message_;
    return body;
  }
};

TEST_F(BoundedMessages, AreAsManyAsTheLimitsSay) {
  ServerOptions options;
  options.batch_items_max = 3;
  options.body_bytes_max = 40 * message_.size();
  Start(options);
  EXPECT_EQ(Post(Many(3)).status, 200);
  const Received items = Post(Many(4));
  EXPECT_EQ(items.status, 413);
  EXPECT_EQ(Member(items, "code"), "too_large");
  EXPECT_EQ(Member(items, "field"), "body");
  // Ten proposals an item on average.
  EXPECT_EQ(Post(GroupOf(std::vector<std::string>(30, message_))).status, 200);
  const Received proposals = Post(GroupOf(std::vector<std::string>(31, message_)));
  EXPECT_EQ(proposals.status, 413);
  EXPECT_EQ(Member(proposals, "field"), "body");
  const Received bytes = Post(Many(41));
  EXPECT_EQ(bytes.status, 413);
  EXPECT_EQ(Member(bytes, "code"), "too_large");
}

TEST_F(BoundedMessages, NeedATokenAndTheRightDoor) {
  EXPECT_EQ(Post(message_, "").status, 401);
  EXPECT_EQ(Post(message_, "token-c").status, 401);
  const Received records = Post(message_, "token-a", "/v1/records/parking");
  EXPECT_EQ(records.status, 415);
  EXPECT_EQ(Member(records, "field"), "Content-Type");
  const Received as_json = Ask("POST", "/v1/proposals", message_, "application/octet-stream");
  EXPECT_EQ(as_json.status, 415);
  EXPECT_NE(Member(as_json, "detail").find(kProposals), std::string::npos);
}

TEST_F(BoundedMessages, AreCountedLikeAllAnswers) {
  EXPECT_EQ(Post(Many(2) + Word(0, 0)).status, 200);
  const std::string text = Ask("GET", "/metrics", "", "", "").body;
  EXPECT_NE(text.find("longmen_answers_total{code=\"none\",kind=\"accepted\"} 2"),
            std::string::npos);
  EXPECT_NE(text.find("longmen_answers_total{code=\"malformed\",kind=\"invalid\"} 1"),
            std::string::npos);
}

}  // namespace
}  // namespace longmen::adapters::http
