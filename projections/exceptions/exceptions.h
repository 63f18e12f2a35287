// Exceptions: what the rules said no to, and what they would have said no to.
//
// A refusal gives one item for each proposal of the refused group, so that every attempt is found
// under its own source and id; a refused scenario record gives one for itself; a reported movement
// that was booked against a rule gives one.
#pragma once

#include <vector>

#include "projections/store/body.h"
#include "projections/store/store.h"

namespace longmen::projections {

// The numbers are stored.
enum class ExceptionKind : uint8_t {
  kRefused,      // by the rules
  kTranslation,  // by a scenario, before any proposal
  kBooked,       // recorded all the same
};
std::string_view ExceptionKindName(ExceptionKind kind);  // "refused"

struct ExceptionItem {
  Sequence sequence = 0;
  uint32_t index = 0;    // place in the refused group
  bool at_fault = true;  // the member that the code is about; its group fell with it
  ExceptionKind kind = ExceptionKind::kRefused;
  Code code = Code::NONE;
  std::string field;
  Nanos recorded_at = 0;
  DayNumber book_date = 0;
  Body body = Body::kOrder;
  schema::Scenario scenario = schema::Scenario::NONE;
  std::string key;
  std::string source;
  std::string id;
  bool operator==(const ExceptionItem&) const = default;
};

// Items of the records first..last, both included, at most `limit`, oldest first.
Result<std::vector<ExceptionItem>> Exceptions(const ReadStore& store, Sequence first, Sequence last,
                                              size_t limit = SIZE_MAX);

class ExceptionsProjection final : public Projection {
 public:
  std::string_view name() const override { return "exceptions"; }
  std::string_view prefix() const override { return "exceptions/"; }
  void Fold(const RecordView& record, schema::Proposal::Reader proposal, const Effects& effects,
            Store& store) const override;
};

}  // namespace longmen::projections
