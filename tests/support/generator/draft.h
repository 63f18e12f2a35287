// Draft: a proposal being filled in, with setters that leave absent what is empty.
//
// The canonical form tells an empty text from an absent one, so the setters never write one.
#pragma once

#include <capnp/message.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "events/base/time.h"
#include "events/codec/codec.h"

namespace longmen::generator {

using SplitList = std::vector<std::pair<std::string, int64_t>>;  // account, minor

class Draft {
 public:
  Draft(const std::string& source, const std::string& id, Nanos occurred_at,
        const std::string& key = "", schema::Scenario scenario = schema::Scenario::NONE);

  schema::Proposal::Builder root() { return message_->getRoot<schema::Proposal>(); }
  schema::Registration::Builder registration() { return root().getBody().initRegistration(); }
  schema::Order::Builder order() { return root().getBody().initOrder(); }
  schema::Authorization::Builder authorization() { return root().getBody().initAuthorization(); }
  schema::Debit::Builder debit() { return root().getBody().initDebit(); }
  schema::Refund::Builder refund() { return root().getBody().initRefund(); }
  schema::Settlement::Builder settlement() { return root().getBody().initSettlement(); }
  schema::Statement::Builder statement() { return root().getBody().initStatement(); }
  schema::Resolution::Builder resolution() { return root().getBody().initResolution(); }

  // CHECKs that the proposal has the right shape: the generator makes no other.
  ProposalBytes Finish();

 private:
  std::unique_ptr<capnp::MallocMessageBuilder> message_;
};

// A text field that is absent where the text is empty: SET_TEXT(order, Payer, name).
#define LONGMEN_SET_TEXT(builder, Field, text)                               \
  do {                                                                       \
    if (!std::string(text).empty()) (builder).set##Field(std::string(text)); \
  } while (false)

template <typename Builder>
void SetAmount(Builder builder, int64_t minor, uint16_t currency) {
  builder.getAmount().setMinor(minor);
  builder.getAmount().setCurrency(currency);
}

template <typename Builder>
void SetCounter(Builder builder, int64_t minor, uint16_t currency) {
  builder.getCounterAmount().setMinor(minor);
  builder.getCounterAmount().setCurrency(currency);
}

inline void SetRate(schema::Rate::Builder rate, int64_t mantissa, uint8_t scale, uint16_t base) {
  rate.setMantissa(mantissa);
  rate.setScale(scale);
  rate.setBase(base);
}

template <typename Builder>
void SetSplits(Builder builder, const SplitList& splits) {
  if (splits.empty()) return;
  auto list = builder.initSplits(static_cast<unsigned>(splits.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setAccount(splits[i].first);
    list[i].setMinor(splits[i].second);
  }
}

template <typename List>
void SetTexts(List list, const std::vector<std::string>& texts) {
  for (unsigned i = 0; i < list.size(); ++i) list.set(i, texts[i]);
}

}  // namespace longmen::generator
