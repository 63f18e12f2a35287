// Codec: proposals as bytes, as JSON, and compared.
//
// A canonical proposal is one Cap'n Proto segment in canonical form, without a segment table: the
// bytes that a record carries. Everything here treats its input as hostile: it is bounded and
// answers with an Error, never an exception.
#pragma once

#include <capnp/dynamic.h>
#include <capnp/message.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/hash.h"
#include "events/base/result.h"
#include "events/base/short_text.h"
#include "events/block/record.h"

namespace longmen {

// Owns a proposal's canonical bytes at an aligned address.
class ProposalBytes {
 public:
  ProposalBytes() = default;
  explicit ProposalBytes(Bytes bytes);
  Bytes bytes() const {
    return {reinterpret_cast<const uint8_t*>(words_.data()), words_.size() * sizeof(uint64_t)};
  }
  bool operator==(const ProposalBytes&) const = default;

 private:
  std::vector<uint64_t> words_;
};

// Reads a proposal in place. The bytes must outlive it and be 8-byte aligned.
// Not movable after Open: hold it where it was made.
class ProposalReader {
 public:
  // `bytes` are trusted to be canonical (they come from ProposalBytes or a checked block);
  // traversal is bounded all the same.
  explicit ProposalReader(Bytes bytes);
  schema::Proposal::Reader get() const { return root_; }

 private:
  std::unique_ptr<capnp::MessageReader> message_;
  schema::Proposal::Reader root_;
};

// Reads canonical bytes in place at no cost at all: nothing is checked, so they come from
// ProposalBytes or CheckCanonical has passed them. They must outlive the reader.
schema::Proposal::Reader ReadCanonical(Bytes bytes);

// The texts that name a proposal, as the above would read them at ten times the cost: they are
// looked at first in every one.
struct ProposalNames {
  std::string_view source;
  std::string_view id;
  std::string_view key;
};
ProposalNames ReadNames(Bytes canonical);

// The canonical form of a proposal that was built in this program.
// too_large past kProposalBytesMax.
Result<ProposalBytes> Canonicalize(schema::Proposal::Reader proposal);

// Checks bytes from outside (a log file, a binary door): one well-formed canonical segment, every
// pointer inside it, nothing after it, nesting and traversal bounded. malformed or too_large.
Status CheckCanonical(Bytes bytes);

// The shape of a proposal from outside: required fields, lengths, texts in UTF-8 and ids in their
// alphabet, known enumerants, positive amounts, known currencies, no raw card number, nothing set
// that the action does not use. `field` of the error is the dotted JSON path ("order.payer").
// The rules per body are in docs/rules.md, "Shape".
Status CheckShape(schema::Proposal::Reader proposal);

// JSON of the schema by one generic walker; docs/format.md has the conventions: 64-bit integers as
// strings, enumerants in snake_case, instants in RFC 3339, currencies alphabetic, Data in base64,
// the body's name as a key beside "source", "id", "key" …
std::string ToJson(capnp::DynamicStruct::Reader value);
std::string ToJson(schema::Proposal::Reader proposal);
// One record of a log: its header's fields, then the proposal under that name.
std::string ToJson(const RecordView& record);

// Fills any struct of a schema that uses event.capnp's annotations from JSON, by the same walker.
// Errors as ProposalFromJson's, without CheckShape.
Status FromJson(std::string_view json, capnp::DynamicStruct::Builder into);

// Parses JSON, checks the shape and makes it canonical. Errors: malformed (not JSON, wrong type),
// unknown_field, unknown_enum, unknown_currency, amount_out_of_range, bad_time … and CheckShape's.
Result<ProposalBytes> ProposalFromJson(std::string_view json);

// A proposal as a Cap'n Proto library wrote it: one message in the stream framing (a table of
// segments, then these), any form. Its canonical bytes, with `source` put in where it names none.
// The shape is not checked. Bytes that are signed must be canonical as they come, for no other
// bytes have that signature: malformed [signatures]. Errors: malformed, too_large.
Result<ProposalBytes> ProposalFromMessage(Bytes message, std::string_view source);

// One hash of all that identity compares: everything but fields marked $outsideComparison.
Hash128 ContentHash(schema::Proposal::Reader proposal);
// The same of canonical bytes at an aligned address, an order of magnitude faster where no field
// outside the comparison is set.
Hash128 ContentHash(Bytes canonical);

// The dotted path of the first field, in schema order, in which two proposals differ; nothing
// where they are the same but for fields marked $outsideComparison.
std::optional<std::string> FirstDifference(schema::Proposal::Reader a, schema::Proposal::Reader b);

// The kind of a proposal's body, for permissions; nothing for a refusal.
std::optional<schema::BodyKind> KindOf(schema::Proposal::Reader proposal);

// Does a text contain a raw card number: 13 to 19 digits (of either width, with up to three spaces,
// hyphens, points or slashes between some of them) that begin with an issuer prefix in use and pass
// Luhn?
bool ContainsCardNumber(std::string_view text);

}  // namespace longmen
