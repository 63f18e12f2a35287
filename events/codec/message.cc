// Messages of other people's libraries, made canonical. This is the long way into the ledger: what
// comes in canonical form never gets here.
#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include <cstring>

#include "events/block/record.h"
#include "events/codec/canonical_writer.h"
#include "events/codec/codec.h"

namespace longmen {
namespace {

// A message may lead to one content by many pointers, and is written out once for each: what is
// read bounds what that can cost. No honest message reads its words more than a few times.
constexpr size_t kMessageBytesMax = 4 * kProposalBytesMax;
constexpr uint64_t kTraversalWordsMax = kMessageBytesMax / sizeof(uint64_t);

Result<ProposalBytes> Rewrite(schema::Proposal::Reader proposal, std::string_view source) {
  if (proposal.getSignatures().size() > 0) {
    return Error{Code::MALFORMED, "signatures",
                 "what is signed comes in canonical form and names its source"};
  }
  if (proposal.getSource().size() > 0 || source.empty()) return Canonicalize(proposal);
  capnp::MallocMessageBuilder message;
  message.setRoot(proposal);
  message.getRoot<schema::Proposal>().setSource({source.data(), source.size()});
  return Canonicalize(message.getRoot<schema::Proposal>().asReader());
}

}  // namespace

Result<ProposalBytes> ProposalFromMessage(Bytes message, std::string_view source) {
  if (message.size() > kMessageBytesMax) {
    return Error{Code::TOO_LARGE, "", fmt::format("{} bytes", message.size())};
  }
  std::vector<capnp::word> words(message.size() / sizeof(capnp::word));
  // The caller's bytes may lie at any address.
  if (words.empty()) return Error{Code::MALFORMED, "", "not a message"};
  std::memcpy(words.data(), message.data(), words.size() * sizeof(capnp::word));
  capnp::ReaderOptions limits;
  limits.traversalLimitInWords = kTraversalWordsMax;
  limits.nestingLimit = codec::kDepthMax;
  Result<ProposalBytes> rewritten = Error{Code::MALFORMED, "", "the message cannot be read"};
  const auto exception = kj::runCatchingExceptions([&] {
    capnp::FlatArrayMessageReader reader(kj::arrayPtr(words.data(), words.size()), limits);
    rewritten = Rewrite(reader.getRoot<schema::Proposal>(), source);
  });
  if (exception != nullptr) return Error{Code::MALFORMED, "", "the message cannot be read"};
  if (!rewritten.ok()) return rewritten;
  // Bits that no field owns were copied with the others.
  if (Status known = CheckCanonical(rewritten->bytes()); !known.ok()) return known.error();
  return rewritten;
}

}  // namespace longmen
