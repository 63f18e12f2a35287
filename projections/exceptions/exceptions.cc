#include "projections/exceptions/exceptions.h"

#include "projections/store/encoding.h"
#include "projections/store/refused.h"

namespace longmen::projections {

template <typename Archive>
static void Fields(Archive& archive, ExceptionItem& item) {
  archive(item.sequence, item.index, item.at_fault, item.kind, item.code, item.field);
  archive(item.recorded_at, item.book_date, item.body, item.scenario, item.key, item.source);
  archive(item.id);
}

namespace {

constexpr std::string_view kItems = "exceptions/i";  // sequence, index -> ExceptionItem

ExceptionItem About(const RecordView& record, schema::Proposal::Reader proposal) {
  ExceptionItem item;
  item.sequence = record.header.sequence;
  item.recorded_at = record.header.recorded_at;
  item.book_date = record.header.book_date;
  item.body = BodyOf(proposal);
  item.scenario = proposal.getScenario();
  item.key = String(proposal.getKey());
  item.source = String(proposal.getSource());
  item.id = String(proposal.getId());
  return item;
}

void PutItem(const ExceptionItem& item, Store& store) {
  store.Put(KeyWriter(kItems).Number(item.sequence).Number(item.index), Encode(item));
}

}  // namespace

std::string_view ExceptionKindName(ExceptionKind kind) {
  switch (kind) {
    case ExceptionKind::kRefused:
      return "refused";
    case ExceptionKind::kTranslation:
      return "translation";
    case ExceptionKind::kBooked:
      return "booked";
  }
  return "unknown";
}

Result<std::vector<ExceptionItem>> Exceptions(const ReadStore& store, Sequence first, Sequence last,
                                              size_t limit) {
  std::vector<ExceptionItem> items;
  std::optional<Error> error;
  // An item's key goes on with its index, so the bare sequence stands before all of its items.
  store.Scan(kItems, KeyWriter(kItems).Number(first), [&](auto, std::string_view value) {
    auto item = Decode<ExceptionItem>(value);
    if (!item.ok()) error = item.error();
    if (!item.ok() || item->sequence > last || items.size() >= limit) return false;
    items.push_back(std::move(item).value());
    return true;
  });
  if (error) return *error;
  return items;
}

void ExceptionsProjection::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                                const Effects& effects, Store& store) const {
  if (effects.exception != Code::NONE) {
    ExceptionItem item = About(record, proposal);
    item.kind = ExceptionKind::kBooked;
    item.code = effects.exception;
    PutItem(item, store);
  }
  if (BodyOf(proposal) != Body::kRefusal) return;
  const auto refusal = proposal.getBody().getRefusal();
  if (refusal.getTranslation()) {
    ExceptionItem item = About(record, proposal);
    item.kind = ExceptionKind::kTranslation;
    item.code = refusal.getCode();
    item.field = String(refusal.getField());
    PutItem(item, store);
    return;
  }
  ForEachRefused(refusal, [&](uint32_t index, schema::Proposal::Reader refused) {
    ExceptionItem item = About(record, refused);
    item.index = index;
    item.at_fault = index == refusal.getIndex();
    item.code = refusal.getCode();
    if (item.at_fault) item.field = String(refusal.getField());
    PutItem(item, store);
  });
}

}  // namespace longmen::projections
