#include <capnp/message.h>
#include <capnp/serialize-packed.h>
#include <capnp/serialize.h>
#include <kj/io.h>

#include <cstring>

#include "events/codec/codec.h"
#include "layouts.h"
#include "proposal_fields.h"

namespace longmen::layouts {
namespace {

using capnp::word;

const capnp::ReaderOptions kNoLimit{.traversalLimitInWords = UINT64_MAX, .nestingLimit = 64};

// Whose canonical form; nobody's are the words as they were built (A0).
enum class By { kNobody, kCapnp, kCodec };

// A and C differ in the schema, and so in who makes them canonical: events/codec knows only A's.
template <typename P, By kBy>
class Canonical final : public Layout {
 public:
  explicit Canonical(std::string_view name) : name_(name) {}
  std::string_view name() const override { return name_; }

  void Encode(std::span<const Fact> facts, std::vector<uint8_t>& out) override {
    for (const Fact& fact : facts) {
      capnp::MallocMessageBuilder message(kj::arrayPtr(scratch_, std::size(scratch_)));
      auto root = message.initRoot<P>();
      Fill<P>(root, fact, names_);
      if constexpr (kBy == By::kCodec) {
        AppendRecord(fact.header, Canonicalize(root.asReader()).value().bytes(), out);
      } else if constexpr (kBy == By::kCapnp) {
        const auto words = capnp::canonicalize(root.asReader());
        AppendRecord(fact.header, {words.asBytes().begin(), words.asBytes().size()}, out);
      } else {
        const auto bytes = message.getSegmentsForOutput()[0].asBytes();
        AppendRecord(fact.header, {bytes.begin(), bytes.size()}, out);
      }
    }
  }
  void Decode(Bytes block, Sink& sink) override {
    while (!block.empty()) {
      const auto record = ReadRecord(block);
      const Bytes bytes = record.value().proposal;
      sink.Header(record->header);
      const kj::ArrayPtr<const word> segment(reinterpret_cast<const word*>(bytes.data()),
                                             bytes.size() / sizeof(word));
      capnp::SegmentArrayMessageReader message({&segment, 1}, kNoLimit);
      Read<P>(message.getRoot<P>(), sink, names_);
      block = block.subspan(record->leaf.size());
    }
  }

 private:
  std::string_view name_;
  Names names_;
  word scratch_[512] = {};  // a builder leaves it zeroed
};

// The packed bytes have no alignment, hence a 40-byte header written by hand before each.
class Packed final : public Layout {
 public:
  std::string_view name() const override { return "B packed"; }

  void Encode(std::span<const Fact> facts, std::vector<uint8_t>& out) override {
    for (const Fact& fact : facts) {
      capnp::MallocMessageBuilder message(kj::arrayPtr(scratch_, std::size(scratch_)));
      auto root = message.initRoot<schema::Proposal>();
      Fill<schema::Proposal>(root, fact, names_);
      const auto words = capnp::canonicalize(root.asReader());
      kj::ArrayOutputStream output({packed_, sizeof packed_});
      capnp::_::PackedOutputStream stream(output);
      stream.write(words.asBytes().begin(), words.asBytes().size());
      const auto bytes = output.getArray();
      const size_t start = out.size();
      AppendRecord(fact.header, {}, out);  // its size field is of the words to unpack
      const uint32_t sizes[2] = {static_cast<uint32_t>(words.size()),
                                 static_cast<uint32_t>(bytes.size())};
      std::memcpy(out.data() + start + 24, &sizes[0], 4);
      out.resize(out.size() + 4);
      std::memcpy(out.data() + out.size() - 4, &sizes[1], 4);
      out.insert(out.end(), bytes.begin(), bytes.end());
    }
  }
  void Decode(Bytes block, Sink& sink) override {
    while (!block.empty()) {
      uint32_t words = 0, size = 0;
      uint8_t header[kRecordHeaderBytes];
      std::memcpy(header, block.data(), sizeof header);
      std::memcpy(&words, block.data() + 24, 4);
      std::memset(header + 24, 0, 4);
      std::memcpy(&size, block.data() + kRecordHeaderBytes, 4);
      sink.Header(ReadRecord(header)->header);
      kj::ArrayInputStream input({block.data() + kRecordHeaderBytes + 4, size});
      capnp::_::PackedInputStream unpack(input);
      unpack.read(unpacked_, words * sizeof(word));
      const kj::ArrayPtr<const word> segment(unpacked_, words);
      capnp::SegmentArrayMessageReader message({&segment, 1}, kNoLimit);
      Read<schema::Proposal>(message.getRoot<schema::Proposal>(), sink, names_);
      block = block.subspan(kRecordHeaderBytes + 4 + size);
    }
  }

 private:
  Names names_;
  word scratch_[512] = {};
  word unpacked_[512];
  kj::byte packed_[sizeof scratch_ * 2];
};

// All headers, then one message. There are no bytes of one record to hash or to hand over.
class WholeBlock final : public Layout {
 public:
  std::string_view name() const override { return "D block message"; }

  void Encode(std::span<const Fact> facts, std::vector<uint8_t>& out) override {
    const auto count = static_cast<uint32_t>(facts.size());
    out.resize(out.size() + 8);
    std::memcpy(out.data(), &count, sizeof count);
    for (const Fact& fact : facts) AppendRecord(fact.header, {}, out);
    // One segment, as large as the texts could need.
    capnp::MallocMessageBuilder message(count * 200 + 1024, capnp::AllocationStrategy::FIXED_SIZE);
    auto list = message.initRoot<Block>().initProposals(count);
    for (uint32_t i = 0; i < count; ++i) Fill<schema::Proposal>(list[i], facts[i], names_);
    const auto segments = message.getSegmentsForOutput();
    CHECK(segments.size() == 1, "layouts.segments", segments.size());
    const auto bytes = segments[0].asBytes();
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  void Decode(Bytes block, Sink& sink) override {
    uint32_t count = 0;
    std::memcpy(&count, block.data(), sizeof count);
    for (uint32_t i = 0; i < count; ++i) {
      sink.Header(ReadRecord(block.subspan(8 + i * kRecordHeaderBytes))->header);
    }
    const Bytes bytes = block.subspan(8 + count * kRecordHeaderBytes);
    const kj::ArrayPtr<const word> segment(reinterpret_cast<const word*>(bytes.data()),
                                           bytes.size() / sizeof(word));
    capnp::SegmentArrayMessageReader message({&segment, 1}, kNoLimit);
    for (auto proposal : message.getRoot<Block>().getProposals()) {
      Read<schema::Proposal>(proposal, sink, names_);
    }
  }

 private:
  Names names_;
};

}  // namespace

std::unique_ptr<Layout> CapnProto() {
  return std::make_unique<Canonical<schema::Proposal, By::kCodec>>("A canonical");
}
std::unique_ptr<Layout> CapnProtoByCapnp() {
  return std::make_unique<Canonical<schema::Proposal, By::kCapnp>>("A canonical");
}
std::unique_ptr<Layout> PlainCapnProto() {
  return std::make_unique<Canonical<schema::Proposal, By::kNobody>>("A0 as built");
}
std::unique_ptr<Layout> InternedCapnProto() {
  return std::make_unique<Canonical<Interned, By::kCapnp>>("C interned");
}
std::unique_ptr<Layout> PackedCapnProto() { return std::make_unique<Packed>(); }
std::unique_ptr<Layout> BlockCapnProto() { return std::make_unique<WholeBlock>(); }

bool AllCanonical(Bytes block) {
  while (!block.empty()) {
    const auto record = ReadRecord(block);
    if (!CheckCanonical(record.value().proposal).ok()) return false;
    block = block.subspan(record->leaf.size());
  }
  return true;
}

Evolution TryEvolution() {
  capnp::MallocMessageBuilder old_message, new_message;
  auto before = old_message.initRoot<Before>();
  before.setMinor(1'200);
  before.setName("6222020200112233");
  auto after = new_message.initRoot<After>();
  after.setMinor(before.getMinor());
  after.setName(before.getName());
  const auto old_words = capnp::canonicalize(before.asReader());
  const auto new_words = capnp::canonicalize(after.asReader());
  const kj::ArrayPtr<const word> segment = old_words;
  capnp::SegmentArrayMessageReader reader({&segment, 1});
  const auto read = reader.getRoot<After>();
  return {.before = old_words.asBytes().size(),
          .after = new_words.asBytes().size(),
          .reads = read.getMinor() == 1'200 && read.getRate() == 0 && !read.hasNote() &&
                   read.getName() == before.getName() &&
                   old_words.asBytes() == new_words.asBytes()};
}

}  // namespace longmen::layouts
