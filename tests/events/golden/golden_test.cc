// Golden files: one proposal of every body and action as JSON and as canonical bytes in hex, and a
// block of some of them. They decode for ever: a file here is added, never changed.
// LONGMEN_GOLDEN=add writes a .hex that is not there yet; nothing overwrites one that is.
#include <capnp/message.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "events/block/block.h"
#include "events/codec/codec.h"

namespace longmen {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = "tests/events/golden";

std::string ReadText(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string HexLines(Bytes bytes) {
  std::string lines;
  for (size_t at = 0; at < bytes.size(); at += 32) {
    lines += Hex(bytes.subspan(at, std::min<size_t>(32, bytes.size() - at))) + "\n";
  }
  return lines;
}

std::vector<uint8_t> FromHexLines(const std::string& lines) {
  std::string digits;
  for (char c : lines) {
    if (c != '\n') digits += c;
  }
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

void ExpectGolden(const fs::path& hex_path, Bytes bytes) {
  const char* mode = std::getenv("LONGMEN_GOLDEN");
  if (!fs::exists(hex_path) && mode != nullptr && std::string_view(mode) == "add") {
    std::ofstream(hex_path) << HexLines(bytes);
  }
  EXPECT_EQ(HexLines(bytes), ReadText(hex_path));
}

// What the engine writes itself has no source and never passes a door.
bool IsProposed(const fs::path& json) { return json.parent_path().filename() == "proposed"; }

Result<ProposalBytes> Encode(const fs::path& path) {
  const std::string json = ReadText(path);
  if (IsProposed(path)) return ProposalFromJson(json);
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  RETURN_IF_ERROR(FromJson(json, proposal));
  return Canonicalize(proposal.asReader());
}

std::vector<fs::path> JsonFiles() {
  std::vector<fs::path> files;
  for (const char* kind : {"proposed", "engine"}) {
    for (const auto& entry : fs::directory_iterator(kFolder / kind)) {
      if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

class Golden : public testing::TestWithParam<fs::path> {};

TEST_P(Golden, JsonGivesTheseBytes) {
  const fs::path hex_path = fs::path(GetParam()).replace_extension(".hex");
  const auto bytes = Encode(GetParam());
  ASSERT_TRUE(bytes.ok()) << Describe(bytes.error());
  ExpectGolden(hex_path, bytes->bytes());
}

TEST_P(Golden, TheseBytesGiveTheJson) {
  const ProposalBytes bytes(FromHexLines(ReadText(fs::path(GetParam()).replace_extension(".hex"))));
  const auto check = CheckCanonical(bytes.bytes());
  ASSERT_TRUE(check.ok()) << Describe(check.error());
  const ProposalReader reader(bytes.bytes());
  EXPECT_EQ(ToJson(reader.get()) + "\n", ReadText(GetParam()));
  EXPECT_EQ(CheckShape(reader.get()).ok(), IsProposed(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Files, Golden, testing::ValuesIn(JsonFiles()),
                         [](const auto& file) { return file.param.stem().string(); });

// A tick alone, then a group of two, one of them an exception.
TEST(GoldenBlock, IsThisOneAndReadsBack) {
  const fs::path kBlock = kFolder / "block.hex";
  const char* names[] = {"engine/settlement_opened", "proposed/debit_payment", "proposed/refund"};
  BlockBuilder builder;
  std::vector<ProposalBytes> proposals;
  for (uint16_t i = 0; i < 3; ++i) {
    proposals.push_back(*Encode(kFolder / (std::string(names[i]) + ".json")));
    RecordHeader header;
    header.sequence = 41 + i;
    header.recorded_at = 1614560400123456789;
    header.cycle = 41;
    header.book_date = 18687;
    header.rules_version = 1;
    header.exception = i == 2 ? Code::EXCEEDS_DEBIT : Code::NONE;
    header.group_index = i == 2 ? 1 : 0;
    header.group_size = i == 0 ? 1 : 2;
    builder.Add(header, proposals.back().bytes());
  }
  ExpectGolden(kBlock, builder.Finish(3, Sha256(AsBytes("the block before"))));

  const auto stored = FromHexLines(ReadText(kBlock));
  const auto words = AlignedCopy(stored);
  const auto view = BlockView::Parse(WordBytes(words, stored.size()));
  ASSERT_TRUE(view.ok()) << Describe(view.error());
  EXPECT_EQ(view->header().epoch, 3u);
  EXPECT_EQ(view->header().previous, Sha256(AsBytes("the block before")));
  ASSERT_EQ(view->records().size(), 3u);
  EXPECT_EQ(view->records()[2].header.sequence, 43u);
  EXPECT_EQ(view->records()[2].header.exception, Code::EXCEEDS_DEBIT);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(Hex(view->records()[i].proposal), Hex(proposals[i].bytes()));
  }
}

// A body or action that is added to the schema without a golden file is found here.
TEST(GoldenFiles, CoverEveryBodyActionAndDetail) {
  std::string all;
  for (const auto& file : JsonFiles()) all += ReadText(file);
  const auto covers = [&all](const std::string& key, capnp::EnumSchema names, bool skip_first) {
    for (auto enumerant : names.getEnumerants()) {
      if (skip_first && enumerant.getOrdinal() == 0) continue;
      const std::string name = SnakeCase(enumerant.getProto().getName().cStr());
      EXPECT_NE(all.find("\"" + key + "\":\"" + name + "\""), std::string::npos) << key << name;
    }
  };
  covers("action", capnp::Schema::from<schema::OrderAction>(), false);
  covers("action", capnp::Schema::from<schema::AuthorizationAction>(), true);
  covers("action", capnp::Schema::from<schema::SettlementAction>(), false);
  covers("action", capnp::Schema::from<schema::StatementAction>(), false);
  covers("outcome", capnp::Schema::from<schema::Outcome>(), true);
  const auto members = [&all](capnp::StructSchema schema) {
    for (auto field : schema.getUnionFields()) {
      const std::string name = field.getProto().getName().cStr();
      if (name == "none") continue;
      EXPECT_NE(all.find("\"" + name + "\":{"), std::string::npos) << name;
    }
  };
  const auto proposal = capnp::Schema::from<schema::Proposal>();
  members(proposal.getFieldByName("body").getType().asStruct());
  members(proposal.getFieldByName("details").getType().asStruct());
  members(capnp::Schema::from<schema::Registration>());
}

}  // namespace
}  // namespace longmen
