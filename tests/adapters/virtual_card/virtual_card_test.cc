// Card numbers at the doors: refused, and nothing of them is kept anywhere.
#include "adapters/virtual_card/virtual_card.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <set>
#include <sstream>

#include "adapters/node/node.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::adapters {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNow = "2021-03-01T01:00:00Z";
const std::string kNumber = "6222021234567890128";  // Luhn's digit is right
const std::string kSpaced = "6222 0212 3456 7890 128";

// One whole record a step, every text field of it filled in.
const std::string kRecords[] = {
    R"("request":{"card":"c1","requestor":"li","funding":"icbc:chain","channels":["online"],)"
    R"("merchants":["mid-1"],"merchantCategories":["5734"],"purpose":"rent","invoice":"I-1"})",
    R"("approval":{"card":"c1","by":"wang","reason":"checked"})",
    R"("rejection":{"card":"c1","by":"wang","reason":"no budget"})",
    R"("controls":{"card":"c1","by":"wang","channels":["online"],"merchants":["mid-1"],)"
    R"("merchantCategories":["5734"]})",
    R"("status":{"card":"c1","status":"frozen","reason":"lost"})",
    R"("authorization":{"number":"a1","card":"c1","payee":"cmb:supplier","scheme":"unionpay",)"
    R"("amount":{"minor":"100","currency":"CNY"},"channel":"online","merchant":"mid-1",)"
    R"("merchantCategory":"5734","until":"2021-05-01T00:00:00Z","purpose":"rent","invoice":"I-1"})",
    R"("capture":{"number":"a1","reference":"k1","amount":{"minor":"100","currency":"CNY"}})",
    R"("forced":{"number":"f1","card":"c1","payee":"cmb:supplier","scheme":"unionpay",)"
    R"("amount":{"minor":"100","currency":"CNY"},"channel":"online","merchant":"mid-1",)"
    R"("merchantCategory":"5734","reference":"k1"})",
    R"("reversal":{"number":"a1","reason":"not in stock"})",
    R"("refund":{"number":"a1","reference":"r1","amount":{"minor":"100","currency":"CNY"},)"
    R"("capture":"k1","reason":"returned"})",
    R"("notified":{"number":"a1"})"};

std::string RecordText(const std::string& step, const std::string& id = "r1") {
  return fmt::format(R"({{"id":"{}","occurredAt":"{}",{}}})", id, kNow, step);
}

// The step with each of its texts replaced by `text`, one at a time.
std::vector<std::string> WithText(const std::string& step, const std::string& text) {
  static const std::set<std::string> kOthers = {"CNY", "frozen", "2021-05-01T00:00:00Z", "100"};
  std::vector<std::string> altered;
  for (size_t at = step.find('"'); at != std::string::npos;) {
    const size_t end = step.find('"', at + 1);
    const bool is_name = step[end + 1] == ':';
    const std::string value = step.substr(at + 1, end - at - 1);
    if (!is_name && !kOthers.contains(value)) {
      altered.push_back(step.substr(0, at + 1) + text + step.substr(end));
    }
    at = step.find('"', end + 1);
  }
  return altered;
}

TEST(VirtualCardDoor, TakesTheRecordsAsTheyAre) {
  for (const std::string& step : kRecords) {
    const auto record = MakeVirtualCard()->Parse(RecordText(step), Door{});
    EXPECT_TRUE(record.ok()) << step << " " << Describe(record.error());
  }
}

// Where the field has a shape of its own (a category, a token), that may be what is told first.
TEST(VirtualCardDoor, RefusesANumberInEveryTextOfEveryRecord) {
  size_t fields = 0;
  for (const std::string& step : kRecords) {
    for (const std::string& altered : WithText(step, kNumber)) {
      const auto record = MakeVirtualCard()->Parse(RecordText(altered), Door{});
      ASSERT_FALSE(record.ok()) << altered;
      EXPECT_EQ(record.error().code, Code::CARD_NUMBER) << altered;
      EXPECT_EQ(record.error().message.find(kNumber.substr(0, 8)), std::string::npos);
      ++fields;
    }
    for (const std::string& altered : WithText(step, kSpaced)) {
      EXPECT_FALSE(MakeVirtualCard()->Parse(RecordText(altered), Door{}).ok()) << altered;
    }
  }
  EXPECT_EQ(fields, 47u);
  const auto record = MakeVirtualCard()->Parse(RecordText(kRecords[0], kNumber), Door{});
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().field, "id");
}

std::string AllBytesUnder(const std::string& directory) {
  std::ostringstream bytes;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
  }
  return bytes.str();
}

// What a node with a directory of its own answers to records and proposals, and prints meanwhile.
class VirtualCardNode : public ::testing::Test {
 protected:
  void SetUp() override {
    const engine::Clock clock = [] { return *ParseInstant(kNow); };
    ASSERT_TRUE(Node::Init(directory_, "test", 480, clock).ok());
    NodeOptions options;
    options.directory = directory_;
    options.clock = clock;
    auto node = Node::Open(std::move(options));
    ASSERT_TRUE(node.ok()) << Describe(node.error());
    node_ = std::move(*node);
  }

  std::vector<ItemAnswer> Ingest(std::vector<std::string> records) {
    std::promise<std::vector<ItemAnswer>> done;
    node_->IngestJson("operator", schema::Scenario::VIRTUAL_CARD, std::move(records),
                      [&](std::vector<ItemAnswer> items) { done.set_value(std::move(items)); });
    return done.get_future().get();
  }
  std::vector<ItemAnswer> Propose(std::vector<std::vector<std::string>> groups) {
    std::promise<std::vector<ItemAnswer>> done;
    node_->ProposeJson("operator", std::move(groups),
                       [&](std::vector<ItemAnswer> items) { done.set_value(std::move(items)); });
    return done.get_future().get();
  }

  testing::TemporaryDirectory temporary_;
  std::string directory_ = temporary_.path() + "/node";
  std::unique_ptr<Node> node_;
};

TEST_F(VirtualCardNode, KeepsNoByteOfANumberThatCameToItsDoors) {
  std::vector<std::string> records;
  for (const std::string& step : kRecords) {
    for (const std::string& text : {kNumber, kSpaced}) {
      for (const std::string& altered : WithText(step, text)) {
        records.push_back(RecordText(altered, "r" + std::to_string(records.size())));
      }
    }
  }
  const std::string mandate = fmt::format(
      R"({{"id":"p1","key":"{}","occurredAt":"{}","registration":{{"mandate":{{"account":"a"}}}}}})",
      kNumber, kNow);
  const std::string details = fmt::format(
      R"({{"id":"p2","key":"o1","occurredAt":"{}","scenario":"virtual_card","order":{{"payee":"m",)"
      R"("amount":{{"minor":"1","currency":"CNY"}}}},"details":{{"virtualCard":{{"card":"{}"}}}}}})",
      kNow, kNumber);
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  auto items = Ingest(records);
  const auto proposed = Propose({{mandate}, {details}});
  items.insert(items.end(), proposed.begin(), proposed.end());
  // Something is written after them, so that what was in memory has gone to the disk.
  const auto last = Ingest({RecordText(kRecords[0], "last")});
  // The log as it is read, and every file as it lies there: what is compressed is in the first.
  std::string bytes;
  const Sequence end = node_->log().AckedFrontier();
  const auto blocks = node_->log().Read(1, 1 << 26);
  ASSERT_TRUE(blocks.ok() && end > 0);
  for (const engine::StoredBlock& block : *blocks) bytes += AsText(block.bytes());
  bytes += AllBytesUnder(directory_);
  node_->Stop();
  node_.reset();
  bytes += AllBytesUnder(directory_);
  const std::string printed =
      ::testing::internal::GetCapturedStdout() + ::testing::internal::GetCapturedStderr();
  for (const ItemAnswer& item : items) {
    ASSERT_EQ(item.answers.size(), 1u);
    EXPECT_EQ(item.answers[0].kind, engine::AnswerKind::kInvalid) << item.id;
    EXPECT_EQ(item.message.find(kNumber.substr(0, 8)), std::string::npos) << item.message;
  }
  EXPECT_EQ(last.at(0).answers.at(0).kind, engine::AnswerKind::kRefused);
  EXPECT_NE(bytes.find("icbc:chain"), std::string::npos) << "the search would find it";
  for (const std::string& part : {kNumber, kNumber.substr(0, 10), kNumber.substr(9), kSpaced}) {
    EXPECT_EQ(bytes.find(part), std::string::npos) << part;
    EXPECT_EQ(printed.find(part), std::string::npos) << printed;
  }
}

}  // namespace
}  // namespace longmen::adapters
