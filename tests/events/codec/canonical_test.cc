// The canonical form: one content, one byte string, and Cap'n Proto's own canonical form but for
// empty values, which are left out.
#include <capnp/message.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "events/codec/codec.h"
#include "tests/events/codec/random_proposal.h"

namespace longmen {
namespace {

// A proposal that fills every kind of pointer, with no empty value in it.
void FillPlain(schema::Proposal::Builder proposal) {
  proposal.setOccurredAt(1614560400000000000);
  proposal.setSource("acquirer");
  proposal.setId("id-1");
  proposal.setKey("order-1");
  proposal.setScenario(schema::Scenario::PARKING);
  auto order = proposal.getBody().initOrder();
  order.getAmount().setMinor(1200);
  order.getAmount().setCurrency(156);
  order.setPayee("lot:77");
  auto splits = order.initSplits(2);
  splits[0].setMinor(10);
  splits[0].setAccount("fee:1");
  splits[1].setMinor(20);
  order.initResources(1).set(0, "bay:3");
  auto parking = proposal.getDetails().initParking();
  parking.setLot("77");
  parking.initPlate().setPlain("青A·12345");
}

Bytes WordsOf(const kj::Array<capnp::word>& words) {
  return {reinterpret_cast<const uint8_t*>(words.begin()), words.size() * 8};
}

TEST(Canonical, IsCapnProtosOwnFormWhereNothingIsEmpty) {
  capnp::MallocMessageBuilder message;
  FillPlain(message.initRoot<schema::Proposal>());
  const auto reader = message.getRoot<schema::Proposal>().asReader();
  const auto theirs = capnp::canonicalize(reader);
  const auto ours = Canonicalize(reader);
  ASSERT_TRUE(ours.ok());
  EXPECT_EQ(Hex(ours->bytes()), Hex(WordsOf(theirs)));
}

TEST(Canonical, LeavesEmptyValuesOut) {
  capnp::MallocMessageBuilder plain;
  FillPlain(plain.initRoot<schema::Proposal>());
  capnp::MallocMessageBuilder with_empty;
  FillPlain(with_empty.initRoot<schema::Proposal>());
  auto order = with_empty.getRoot<schema::Proposal>().getBody().getOrder();
  order.setPayer("");
  order.setReason("");
  order.setChannel("");
  with_empty.getRoot<schema::Proposal>().initOriginal(0);
  auto first = Canonicalize(plain.getRoot<schema::Proposal>().asReader());
  auto second = Canonicalize(with_empty.getRoot<schema::Proposal>().asReader());
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(Hex(first->bytes()), Hex(second->bytes()));
}

TEST(Canonical, KeepsDataOfOneZeroByte) {
  capnp::MallocMessageBuilder message;
  message.initRoot<schema::Proposal>().initOriginal(1);
  auto bytes = Canonicalize(message.getRoot<schema::Proposal>().asReader());
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(ProposalReader(bytes->bytes()).get().getOriginal().size(), 1u);
}

TEST(Canonical, DoesNotDependOnHowTheMessageWasBuilt) {
  // Many small segments, far pointers between them, and a text that was replaced.
  capnp::MallocMessageBuilder scattered(1, capnp::AllocationStrategy::FIXED_SIZE);
  auto proposal = scattered.initRoot<schema::Proposal>();
  proposal.setSource("something else, longer");
  FillPlain(proposal);
  capnp::MallocMessageBuilder plain;
  FillPlain(plain.initRoot<schema::Proposal>());
  EXPECT_GT(scattered.getSegmentsForOutput().size(), 1u);
  EXPECT_EQ(Canonicalize(scattered.getRoot<schema::Proposal>().asReader())->bytes().size(),
            Canonicalize(plain.getRoot<schema::Proposal>().asReader())->bytes().size());
  EXPECT_EQ(*Canonicalize(scattered.getRoot<schema::Proposal>().asReader()),
            *Canonicalize(plain.getRoot<schema::Proposal>().asReader()));
}

TEST(Canonical, RefusesMoreThanARecordHolds) {
  capnp::MallocMessageBuilder message;
  message.initRoot<schema::Proposal>().initOriginal(66'000)[0] = 1;
  const auto result = Canonicalize(message.getRoot<schema::Proposal>().asReader());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, Code::TOO_LARGE);
}

RC_GTEST_PROP(CanonicalProperty, PassesItsCheckReadsBackTheSameAndIsAFixedPoint, (uint64_t seed)) {
  RandomProposal random(seed);
  const auto bytes = Canonicalize(random.get());
  RC_ASSERT(bytes.ok());
  const auto check = CheckCanonical(bytes->bytes());
  if (!check.ok()) RC_FAIL(Describe(check.error()));

  const ProposalReader reader(bytes->bytes());
  RC_ASSERT(FirstDifference(random.get(), reader.get()) == std::nullopt);
  const auto again = Canonicalize(reader.get());
  RC_ASSERT(again.ok());
  RC_ASSERT(*again == *bytes);
  // Cap'n Proto agrees that it is canonical, and that nothing is left to make so.
  RC_ASSERT(Hex(WordsOf(capnp::canonicalize(reader.get()))) == Hex(bytes->bytes()));
}

// The personal fact in the details, if there is one.
std::optional<schema::Personal::Builder> PersonalOf(schema::Proposal::Builder proposal) {
  auto details = proposal.getDetails();
  if (details.isParking() && details.getParking().hasPlate()) {
    return details.getParking().getPlate();
  }
  if (details.isEnterprise() && details.getEnterprise().hasPayeeName()) {
    return details.getEnterprise().getPayeeName();
  }
  if (details.isCampus() && details.getCampus().hasStudent()) {
    return details.getCampus().getStudent();
  }
  if (details.isTuition() && details.getTuition().hasStudent()) {
    return details.getTuition().getStudent();
  }
  return std::nullopt;
}

// What identity does not compare: the message as it came, signatures, and how a fact is sealed.
void FillOutside(schema::Proposal::Builder proposal) {
  proposal.setOriginal(capnp::Data::Reader(reinterpret_cast<const uint8_t*>("as it came"), 10));
  proposal.setOriginalKeyId("key-2");
  proposal.initSignatures(1)[0].setKeyId("key-1");
  auto fact = PersonalOf(proposal);
  if (!fact) return;
  fact->initCiphertext(40)[0] = 7;
  fact->setKeyId("key-3");
}

void ClearOutside(schema::Proposal::Builder proposal) {
  proposal.disownOriginal();
  proposal.disownOriginalKeyId();
  proposal.disownSignatures();
  auto fact = PersonalOf(proposal);
  if (!fact) return;
  fact->disownCiphertext();
  fact->disownKeyId();
}

RC_GTEST_PROP(CanonicalProperty, NamesAreReadAsTheReaderReadsThem, (uint64_t seed)) {
  const auto sealed = Canonicalize(RandomProposal(seed).get());
  RC_PRE(sealed.ok());
  const auto reader = ReadCanonical(sealed->bytes());
  const ProposalNames names = ReadNames(sealed->bytes());
  RC_ASSERT(names.source == View(reader.getSource()));
  RC_ASSERT(names.id == View(reader.getId()));
  RC_ASSERT(names.key == View(reader.getKey()));
}

RC_GTEST_PROP(ContentHashProperty, SeesEveryComparedFieldAndNoOther, (uint64_t seed)) {
  RandomProposal random(seed);
  const Hash128 hash = ContentHash(random.get());
  RandomProposal other(seed);

  FillOutside(random.builder());
  RC_ASSERT(ContentHash(random.get()) == hash);
  RC_ASSERT(ContentHash(Canonicalize(random.get())->bytes()) == hash);
  RC_ASSERT(FirstDifference(random.get(), other.get()) == std::nullopt);
  ClearOutside(random.builder());
  RC_ASSERT(ContentHash(random.get()) == hash);
  RC_ASSERT(Xxh3(Canonicalize(random.get())->bytes()) == hash);
  RC_ASSERT(ContentHash(Canonicalize(random.get())->bytes()) == hash);

  random.builder().setKey("another key than any");
  RC_ASSERT(ContentHash(random.get()) != hash);
  RC_ASSERT(FirstDifference(random.get(), other.get()) == std::optional<std::string>("key"));
}

RC_GTEST_PROP(FirstDifferenceProperty, AgreesWithTheContentHash,
              (uint64_t first, uint64_t second)) {
  RandomProposal a(first);
  RandomProposal b(second);
  const bool same = ContentHash(a.get()) == ContentHash(b.get());
  RC_ASSERT(FirstDifference(a.get(), b.get()).has_value() == !same);
}

}  // namespace
}  // namespace longmen
