// Bytes and texts from nowhere: whatever comes, there is an answer, soon, and no crash. What passes
// CheckCanonical can be read whole.
#include <capnp/message.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "events/block/record.h"
#include "events/codec/codec.h"
#include "tests/events/codec/random_proposal.h"

namespace longmen {
namespace {

using Words = std::vector<uint64_t>;

Bytes AsWords(const Words& words) {
  return {reinterpret_cast<const uint8_t*>(words.data()), words.size() * 8};
}

Words WordsOf(const ProposalBytes& bytes) {
  Words words(bytes.bytes().size() / 8);
  std::memcpy(words.data(), bytes.bytes().data(), bytes.bytes().size());
  return words;
}

// Everything that reads a proposal, on bytes that may be anything. True where they were let in.
bool ReadAllOf(Bytes bytes) {
  const bool canonical = CheckCanonical(bytes).ok();
  const ProposalReader reader(bytes);
  const ProposalReader other(bytes);
  const std::string json = ToJson(reader.get());
  const bool shaped = CheckShape(reader.get()).ok();
  const Hash128 hash = ContentHash(reader.get());
  EXPECT_EQ(FirstDifference(reader.get(), other.get()), std::nullopt);
  EXPECT_TRUE(hash == ContentHash(other.get()));
  (void)KindOf(reader.get());
  (void)ContentHash(bytes);
  if (!canonical) return false;
  // Let in means: readable whole, and the one byte string of its content.
  EXPECT_NE(json, "null");
  const auto again = Canonicalize(reader.get());
  EXPECT_TRUE(again.ok());
  if (again.ok()) {
    EXPECT_EQ(Hex(again->bytes()), Hex(bytes));
  }
  if (shaped) {
    const auto back = ProposalFromJson(json);
    EXPECT_TRUE(back.ok()) << json;
    if (back.ok()) {
      EXPECT_EQ(Hex(back->bytes()), Hex(bytes)) << json;
    }
  }
  return true;
}

TEST(HostileBytes, RandomWordsNeverPass) {
  SCOPED_TRACE(TestSeed());
  std::mt19937_64 random(TestSeed());
  for (int round = 0; round < 2'000; ++round) {
    Words words(random() % 60);
    for (uint64_t& word : words) word = random();
    // A root that points to something, so that more than its first word is looked at.
    if (!words.empty() && round % 2 == 0) words[0] = random() % 4 << 32 | (random() % 8) << 48;
    EXPECT_FALSE(ReadAllOf(AsWords(words)) && words.size() > 4);
  }
}

TEST(HostileBytes, MutationsOfWholeProposalsFailOrReadWhole) {
  SCOPED_TRACE(TestSeed());
  std::mt19937_64 random(TestSeed());
  int passed = 0;
  for (int round = 0; round < 4'000; ++round) {
    RandomProposal proposal(TestSeed() + static_cast<uint64_t>(round / 10));
    Words words = WordsOf(*Canonicalize(proposal.get()));
    const uint64_t changes = 1 + random() % 3;
    for (uint64_t change = 0; change < changes && !words.empty(); ++change) {
      uint64_t& word = words[random() % words.size()];
      switch (random() % 5) {
        case 0:
          word ^= uint64_t{1} << random() % 64;
          break;
        case 1:
          word = random();
          break;
        case 2:
          word = words[random() % words.size()];
          break;
        case 3:
          words.resize(random() % (words.size() + 1));
          break;
        default:
          words.insert(words.begin() + static_cast<std::ptrdiff_t>(random() % words.size()),
                       random() % 2 == 0 ? 0 : random());
      }
    }
    passed += ReadAllOf(AsWords(words)) ? 1 : 0;
  }
  // Flipped bits in numbers and texts give another proposal; if none did, this would test nothing.
  EXPECT_GT(passed, 100);
}

TEST(HostileBytes, EveryTruncationIsRefused) {
  RandomProposal proposal(7);
  const auto whole = *Canonicalize(proposal.get());
  ASSERT_GT(whole.bytes().size(), 64u);
  for (size_t size = 0; size < whole.bytes().size(); ++size) {
    EXPECT_FALSE(CheckCanonical(whole.bytes().first(size)).ok()) << size;
  }
}

TEST(HostileBytes, UnalignedBytesAreCheckedToo) {
  RandomProposal proposal(7);
  const auto whole = *Canonicalize(proposal.get());
  std::vector<uint8_t> shifted(whole.bytes().size() + 1);
  std::memcpy(shifted.data() + 1, whole.bytes().data(), whole.bytes().size());
  EXPECT_TRUE(CheckCanonical(Bytes(shifted).subspan(1)).ok());
  EXPECT_FALSE(CheckCanonical(Bytes(shifted)).ok());
}

std::string Complaint(const Words& words) {
  const auto status = CheckCanonical(AsWords(words));
  if (status.ok()) return "ok";
  // Nothing below may throw or hang either.
  ReadAllOf(AsWords(words));
  return Describe(status.error());
}

constexpr uint64_t Struct(int64_t offset, uint64_t data, uint64_t pointers) {
  return (static_cast<uint64_t>(offset) << 2 & 0xffffffff) | data << 32 | pointers << 48;
}
constexpr uint64_t List(int64_t offset, uint64_t code, uint64_t count) {
  return (static_cast<uint64_t>(offset) << 2 & 0xffffffff) | 1 | code << 32 | count << 35;
}

TEST(HostileBytes, ANestThatEatsItself) {
  // The root's first pointer (the source, a text) back at the root; then `body` as a registration.
  EXPECT_EQ(Complaint({Struct(0, 0, 1), Struct(-2, 0, 1)}),
            "malformed: a struct where none belongs");
  EXPECT_EQ(Complaint({Struct(0, 0, 4), 0, 0, 0, Struct(-5, 0, 4)}),
            "malformed: a struct out of place");
}

TEST(HostileBytes, OneContentPointedAtTwice) {
  const uint64_t text = 0x61;  // "a" and its NUL
  EXPECT_EQ(Complaint({Struct(0, 0, 2), List(1, 2, 2), List(0, 2, 2), text}),
            "malformed: a list out of place");
}

TEST(HostileBytes, AmplificationByElementsWithoutContent) {
  // Source permissions are a list of structs nowhere; splits of an order are: 2^29 empty ones.
  const auto order = [](uint64_t list, uint64_t tag) {
    return Words{Struct(0, 2, 4),
                 1,
                 uint64_t{1} << 16,
                 0,
                 0,
                 0,
                 Struct(0, 0, 7),
                 0,
                 0,
                 0,
                 0,
                 0,
                 0,
                 list,
                 tag};
  };
  EXPECT_EQ(Complaint(order(List(0, 7, 0), uint64_t{1} << 31)), "malformed: too many elements");
  EXPECT_EQ(Complaint(order(List(0, 7, 0), 3 << 2)), "ok");
  EXPECT_EQ(Complaint(order(List(0, 0, (uint64_t{1} << 29) - 1), 0)),
            "malformed: a list of other elements");
}

TEST(HostileBytes, DeepNestingUnderATagThatIsNotKnown) {
  // A body with an unknown tag may hold anything, so that it is followed without types.
  Words words{Struct(0, 2, 4), 1, uint64_t{77} << 16, 0, 0, 0};
  for (int depth = 0; depth < 1000; ++depth) words.push_back(Struct(0, 0, 1));
  words.push_back(Struct(-1, 0, 0));
  EXPECT_EQ(Complaint(words), "malformed: nested too deep");
  // Shallow, it is canonical, and the shape says what is wrong.
  words.resize(6);
  words.push_back(Struct(0, 1, 0));
  words.push_back(5);
  EXPECT_EQ(Complaint(words), "ok");
  EXPECT_EQ(CheckShape(ProposalReader(AsWords(words)).get()).error().code, Code::MISSING_FIELD);
}

TEST(HostileBytes, NamesWhatIsWrong) {
  const uint64_t text = 0x61;
  EXPECT_EQ(Complaint({}), "malformed: no root");
  EXPECT_EQ(Complaint({0}), "malformed: no root");
  EXPECT_EQ(Complaint({Struct(-1, 0, 0)}), "ok");
  EXPECT_EQ(Complaint({Struct(0, 0, 0)}), "malformed: no root");
  EXPECT_EQ(Complaint({Struct(1, 0, 0)}), "malformed: an empty struct with an address");
  EXPECT_EQ(Complaint({Struct(-1, 0, 0), 0}), "malformed: bytes after the message");
  EXPECT_EQ(Complaint({Struct(0, 1, 0)}), "malformed: a struct out of place");
  EXPECT_EQ(Complaint({Struct(1, 1, 0), 0, 1}), "malformed: a struct out of place");
  EXPECT_EQ(Complaint({Struct(0, 1, 0), 0}), "malformed: a struct with needless data");
  EXPECT_EQ(Complaint({Struct(0, 0, 1), 0}), "malformed: a struct with needless pointers");
  EXPECT_EQ(Complaint({Struct(0, 3, 0), 1, 1, 1}), "malformed: a struct of a newer schema");
  EXPECT_EQ(Complaint({Struct(0, 2, 0), 0, uint64_t{1} << 63}),
            "malformed: bits that no field owns");
  EXPECT_EQ(Complaint({2}), "malformed: a far pointer or a capability");
  EXPECT_EQ(Complaint({Struct(0, 0, 1), 3}), "malformed: a far pointer or a capability");
  EXPECT_EQ(Complaint({Struct(0, 0, 1), List(0, 2, 1), 0}),
            "malformed: an empty list or text that is not left out");
  EXPECT_EQ(Complaint({Struct(0, 0, 1), List(0, 2, 0)}),
            "malformed: an empty list or text that is not left out");
  EXPECT_EQ(Complaint({Struct(0, 0, 1), List(0, 2, 2), text}), "ok");
  EXPECT_EQ(Complaint({Struct(0, 0, 1), List(0, 2, 1), text}),
            "malformed: an empty list or text that is not left out");
  EXPECT_EQ(Complaint({Struct(0, 0, 1), List(0, 2, 2), 0x6161}),
            "malformed: a text without its final NUL");
  EXPECT_EQ(Complaint({Struct(0, 0, 1), List(0, 2, 2), 0x1000061}),
            "malformed: padding is not zero");
  EXPECT_EQ(Complaint({Struct(0, 0, 1), List(0, 3, 2), text}),
            "malformed: a list where a text or data belongs");
  EXPECT_EQ(Complaint({Struct(0, 0, 1), List(0, 2, (uint64_t{1} << 29) - 1), text}),
            "malformed: a list out of place");
}

TEST(HostileBytes, LargerThanARecordIsRefusedUnread) {
  const Words words((kProposalBytesMax + 8) / 8);
  EXPECT_EQ(CheckCanonical(AsWords(words)).error().code, Code::TOO_LARGE);
  EXPECT_EQ(CheckCanonical(AsWords(words).first(9)).error().code, Code::MALFORMED);
}

TEST(HostileJson, MutationsOfTextNeverCrash) {
  SCOPED_TRACE(TestSeed());
  std::mt19937_64 random(TestSeed());
  static constexpr char kTokens[] = "{}[]\",:\\0919eE.-+untrfals\x01\x80\xff ";
  int parsed = 0;
  for (int round = 0; round < 4'000; ++round) {
    RandomProposal proposal(TestSeed() + static_cast<uint64_t>(round / 20));
    std::string json = ToJson(proposal.get());
    const uint64_t changes = 1 + random() % 3;
    for (uint64_t change = 0; change < changes && !json.empty(); ++change) {
      const size_t at = random() % json.size();
      switch (random() % 4) {
        case 0:
          json[at] = kTokens[random() % (sizeof kTokens - 1)];
          break;
        case 1:
          json.erase(at, 1 + random() % 8);
          break;
        case 2:
          json.insert(at, json.substr(random() % json.size(), random() % 40));
          break;
        default:
          json.resize(at);
      }
    }
    capnp::MallocMessageBuilder message;
    const auto status = FromJson(json, message.initRoot<schema::Proposal>());
    (void)ProposalFromJson(json);
    if (status.ok()) {
      ++parsed;
      const auto bytes = Canonicalize(message.getRoot<schema::Proposal>().asReader());
      ASSERT_TRUE(bytes.ok());
      EXPECT_TRUE(CheckCanonical(bytes->bytes()).ok()) << json;
    }
  }
  EXPECT_GT(parsed, 40);
}

}  // namespace
}  // namespace longmen
