// Proposals of random content: whatever the schema can hold, sensible or not.
#pragma once

#include <capnp/dynamic.h>
#include <capnp/message.h>

#include <cstdint>
#include <random>

#include "events/schema/event.capnp.h"

namespace longmen {

// LONGMEN_SEED, or a fixed number; printed with every failure by SCOPED_TRACE.
uint64_t TestSeed();

class RandomProposal {
 public:
  explicit RandomProposal(uint64_t seed);
  schema::Proposal::Reader get() { return message_.getRoot<schema::Proposal>().asReader(); }
  schema::Proposal::Builder builder() { return message_.getRoot<schema::Proposal>(); }

 private:
  void Fill(capnp::DynamicStruct::Builder into, int depth);
  void FillField(capnp::DynamicStruct::Builder into, capnp::StructSchema::Field field, int depth);
  void FillList(capnp::DynamicList::Builder into, int depth, bool currencies);
  capnp::DynamicValue::Reader Scalar(capnp::Type type, bool is_currency);
  const char* Text();
  uint64_t Below(uint64_t bound) { return random_() % bound; }

  capnp::MallocMessageBuilder message_;
  std::mt19937_64 random_;
};

}  // namespace longmen
