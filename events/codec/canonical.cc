#include <capnp/any.h>
#include <kj/exception.h>

#include <array>
#include <cstring>
#include <span>

#include "events/block/record.h"
#include "events/codec/canonical_writer.h"
#include "events/codec/codec.h"

namespace longmen {
namespace {

using codec::CanonicalWriter;
using codec::PointerKind;
using codec::PointerType;
using codec::StructLayout;

// A record's room. One buffer a thread: the sequencer and the doors write proposals all day.
using Buffer = std::array<uint64_t, kProposalBytesMax / sizeof(uint64_t)>;
thread_local Buffer buffer;

// A reader charges every visit of a field, and a record may be read a thousand times while it is
// held; canonical bytes point at nothing twice, so that this bounds repetition, not amplification.
constexpr uint64_t kTraversalWordsMax = uint64_t{64} << 20;

// One segment without a table. Cap'n Proto's own class for arrays of segments would need the
// array to live somewhere.
class SegmentReader final : public capnp::MessageReader {
 public:
  SegmentReader(kj::ArrayPtr<const capnp::word> segment, capnp::ReaderOptions limits)
      : MessageReader(limits), segment_(segment) {}
  kj::ArrayPtr<const capnp::word> getSegment(unsigned id) override {
    return id == 0 ? segment_ : nullptr;
  }

 private:
  kj::ArrayPtr<const capnp::word> segment_;
};

struct Written {
  Bytes bytes;
  bool threw = false;
  bool ok = false;
};

Written Write(schema::Proposal::Reader proposal, bool compared_only) {
  Written written;
  const auto exception = kj::runCatchingExceptions([&] {
    CanonicalWriter writer(buffer, compared_only);
    written.ok = writer.WriteRoot(capnp::toAny(proposal), codec::ProposalLayout());
    written.bytes = {reinterpret_cast<const uint8_t*>(writer.words().data()),
                     writer.words().size_bytes()};
  });
  written.threw = exception != nullptr;
  if (written.threw) written.ok = false;
  return written;
}

// Does the struct that the pointer at `at` leads to hold a field outside the comparison? It looks
// only where the schema has one. True also where the words are not what they should be: whoever
// asks then takes the long way.
bool CarriesOutside(std::span<const uint64_t> words, size_t at, const StructLayout& layout,
                    int depth) {
  if (at >= words.size() || depth > codec::kDepthMax) return true;
  const uint64_t pointer = words[at];
  const int64_t offset = static_cast<int32_t>(static_cast<uint32_t>(pointer)) >> 2;
  const size_t data = (pointer >> 32) & 0xffff;
  const size_t pointers = pointer >> 48;
  const int64_t target = static_cast<int64_t>(at) + 1 + offset;
  if ((pointer & 3) != 0 || target < 0 ||
      static_cast<uint64_t>(target) + data + pointers > words.size()) {
    return true;
  }
  const size_t start = static_cast<size_t>(target);
  const auto* bytes = reinterpret_cast<const uint8_t*>(words.data() + start);
  for (size_t i = 0; i < pointers; ++i) {
    const size_t place = start + data + i;
    if (words[place] == 0) continue;
    const PointerType& type = layout.TypeOf(i, bytes, data * 8);
    if (type.outside_comparison) return true;
    if (type.nested == nullptr || !type.nested->reaches_outside) continue;
    if (type.kind != PointerKind::kStruct) return true;
    if (CarriesOutside(words, place, *type.nested, depth + 1)) return true;
  }
  return false;
}

// Which pointer of a proposal a text is.
size_t PointerOf(const char* name) {
  return capnp::Schema::from<schema::Proposal>()
      .getFieldByName(name)
      .getProto()
      .getSlot()
      .getOffset();
}

// Where the word at `at` points to; far pointers are in no canonical segment.
const uint64_t* Target(const uint64_t* at) {
  return at + 1 + (static_cast<int32_t>(static_cast<uint32_t>(*at)) >> 2);
}

}  // namespace

ProposalBytes::ProposalBytes(Bytes bytes) {
  if (bytes.size() % 8 == 0 && reinterpret_cast<uintptr_t>(bytes.data()) % 8 == 0) {
    // Copied without being zeroed first.
    const auto* words = reinterpret_cast<const uint64_t*>(bytes.data());
    words_.assign(words, words + bytes.size() / 8);
    return;
  }
  words_.resize((bytes.size() + 7) / 8);
  if (!bytes.empty()) std::memcpy(words_.data(), bytes.data(), bytes.size());
}

ProposalReader::ProposalReader(Bytes bytes) {
  CHECK(reinterpret_cast<uintptr_t>(bytes.data()) % alignof(capnp::word) == 0, "codec.alignment");
  capnp::ReaderOptions options;
  options.traversalLimitInWords = kTraversalWordsMax;
  options.nestingLimit = codec::kDepthMax;
  message_ = std::make_unique<SegmentReader>(
      kj::arrayPtr(reinterpret_cast<const capnp::word*>(bytes.data()),
                   bytes.size() / sizeof(capnp::word)),
      options);
  // Bytes that nobody checked may lack even a root; they read as a proposal without content.
  kj::runCatchingExceptions([&] { root_ = message_->getRoot<schema::Proposal>(); });
}

schema::Proposal::Reader ReadCanonical(Bytes bytes) {
  return capnp::readMessageUnchecked<schema::Proposal>(
      reinterpret_cast<const capnp::word*>(bytes.data()));
}

ProposalNames ReadNames(Bytes canonical) {
  static const size_t source = PointerOf("source");
  static const size_t id = PointerOf("id");
  static const size_t key = PointerOf("key");
  const auto* root = reinterpret_cast<const uint64_t*>(canonical.data());
  const size_t data = (*root >> 32) & 0xffff;
  const size_t pointers = *root >> 48;
  const uint64_t* first = Target(root) + data;
  const auto text = [&](size_t index) -> std::string_view {
    if (index >= pointers || first[index] == 0) return {};
    const size_t with_zero = first[index] >> 35;  // a list of bytes, the last of them a zero
    return {reinterpret_cast<const char*>(Target(first + index)), with_zero - 1};
  };
  return {text(source), text(id), text(key)};
}

Result<ProposalBytes> Canonicalize(schema::Proposal::Reader proposal) {
  const Written written = Write(proposal, false);
  if (written.threw) return Error{Code::MALFORMED, "", "the proposal cannot be read"};
  if (!written.ok) {
    return Error{Code::TOO_LARGE, "",
                 fmt::format("more than {} canonical bytes", kProposalBytesMax)};
  }
  return ProposalBytes(written.bytes);
}

Hash128 ContentHash(schema::Proposal::Reader proposal) {
  // What cannot be written whole was never accepted; it hashes as what could be read of it.
  return Xxh3(Write(proposal, true).bytes);
}

Hash128 ContentHash(Bytes canonical) {
  const std::span<const uint64_t> words{reinterpret_cast<const uint64_t*>(canonical.data()),
                                        canonical.size() / sizeof(uint64_t)};
  if (!CarriesOutside(words, 0, codec::ProposalLayout(), 0)) return Xxh3(canonical);
  return ContentHash(ProposalReader(canonical).get());
}

std::optional<schema::BodyKind> KindOf(schema::Proposal::Reader proposal) {
  // The union and the enum list the bodies in one order; a refusal is in the union only.
  static_assert(static_cast<uint16_t>(schema::BodyKind::RESOLUTION) ==
                static_cast<uint16_t>(schema::Proposal::Body::RESOLUTION));
  const auto which = static_cast<uint16_t>(proposal.getBody().which());
  if (which > static_cast<uint16_t>(schema::BodyKind::RESOLUTION)) return std::nullopt;
  return static_cast<schema::BodyKind>(which);
}

}  // namespace longmen
