#include "projections/queue/queue.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "projections/store/body.h"
#include "projections/store/encoding.h"

namespace longmen::projections {

namespace {

// What a window's end has begun to return.
struct Ending {
  Sequence sequence = 0;  // of the record that ended it
  Nanos recorded_at = 0;
};

}  // namespace

template <typename Archive>
static void Fields(Archive& archive, QueuedPayment& payment) {
  archive(payment.movement, payment.sender, payment.receiver, payment.amount, payment.status);
  archive(payment.priority, payment.rank, payment.since, payment.key, payment.source, payment.id);
}

template <typename Archive>
static void Fields(Archive& archive, QueueResolution& resolution) {
  archive(resolution.sequence, resolution.recorded_at, resolution.result, resolution.mode);
  archive(resolution.currency.numeric, resolution.count, resolution.value, resolution.value_max);
  archive(resolution.saved);
}

template <typename Archive>
static void Fields(Archive& archive, Ending& ending) {
  archive(ending.sequence, ending.recorded_at);
}

namespace {

constexpr std::string_view kSchemes = "queue/s";   // scheme -> sequence of its first registration
constexpr std::string_view kPayments = "queue/w";  // scheme, movement -> QueuedPayment
constexpr std::string_view kCounts = "queue/n";    // scheme -> how many payments there are of it
constexpr std::string_view kEndings = "queue/e";   // scheme -> Ending, while it returns payments
// scheme, sequence, currency -> QueueResolution
constexpr std::string_view kResolutions = "queue/r";

KeyWriter ResolutionKey(std::string_view scheme, Sequence sequence, uint16_t currency) {
  return std::move(KeyWriter(kResolutions).Text(scheme).Number(sequence).Small(currency));
}

Status CheckScheme(const ReadStore& store, std::string_view scheme) {
  if (store.Get(KeyWriter(kSchemes).Text(scheme))) return Ok();
  return Error{Code::NOT_FOUND, "", "there is no such scheme"};
}

bool GoesBefore(const QueuedPayment& a, const QueuedPayment& b) {
  const auto place = [](const QueuedPayment& payment) {
    return std::tuple(payment.amount.currency.numeric, std::string_view(payment.sender),
                      -payment.priority, payment.rank, payment.movement);
  };
  return place(a) < place(b);
}

std::vector<ParticipantPosition> Sums(const std::vector<QueuedPayment>& payments) {
  std::map<std::pair<std::string, uint16_t>, Flow> flows;
  for (const QueuedPayment& payment : payments) {
    const uint16_t currency = payment.amount.currency.numeric;
    Flow& out = flows[{payment.sender, currency}];
    out.out_count += 1;
    out.out.Add(payment.amount.minor);
    Flow& in = flows[{payment.receiver, currency}];
    in.in_count += 1;
    in.in.Add(payment.amount.minor);
  }
  std::vector<ParticipantPosition> sums;
  for (const auto& [of, flow] : flows) {
    sums.push_back({.participant = of.first, .currency = Currency{of.second}, .flow = flow});
  }
  return sums;
}

// The engine gave a payment back because the window has ended.
void CountReturned(const Name& scheme, const Money& amount, Store& store) {
  const auto ending = LoadOr(store, KeyWriter(kEndings).Text(scheme), Ending{});
  if (ending.sequence == 0) return;
  store.Delete(ResolutionKey(scheme, ending.sequence, 0));
  QueueResolution fresh;
  fresh.sequence = ending.sequence;
  fresh.recorded_at = ending.recorded_at;
  fresh.result = ResolutionResult::kWindowEnded;
  fresh.currency = amount.currency;
  const KeyWriter key = ResolutionKey(scheme, ending.sequence, amount.currency.numeric);
  QueueResolution returned = LoadOr(store, key, fresh);
  returned.count += 1;
  returned.value += amount.minor;
  PutEncoded(store, key, returned);
}

QueuedPayment AsLeft(const WaitingState& state, QueuedPayment before, const RecordView& record,
                     const Effects& effects) {
  QueuedPayment payment = std::move(before);
  if (payment.movement == 0) {
    payment.movement = state.movement;
    payment.since = record.header.recorded_at;
    if (effects.movement && effects.movement->sequence == state.movement) {
      payment.key = effects.movement->key.view();
      payment.source = effects.movement->source;
      payment.id = effects.movement->id.view();
    }
  }
  payment.sender = state.sender;
  payment.receiver = state.receiver;
  payment.amount = state.amount;
  payment.status = state.status;
  payment.priority = state.priority;
  payment.rank = state.rank;
  return payment;
}

void FoldWaiting(const RecordView& record, bool by_engine, const Effects& effects, Store& store) {
  const bool returned =
      by_engine && effects.movement && effects.movement->outcome == schema::Outcome::FAILED;
  const Name& scheme = effects.waiting.front().scheme;
  const KeyWriter counted = std::move(KeyWriter(kCounts).Text(scheme));
  uint64_t count = LoadOr(store, counted, uint64_t{0});
  for (const WaitingState& state : effects.waiting) {
    const KeyWriter key = std::move(KeyWriter(kPayments).Text(state.scheme).Number(state.movement));
    const QueuedPayment before = LoadOr(store, key, QueuedPayment{});
    const bool known = before.movement != 0;
    if (state.status == WaitingStatus::kWaiting || state.status == WaitingStatus::kHeld) {
      PutEncoded(store, key, AsLeft(state, before, record, effects));
      count += known ? 0 : 1;
      continue;
    }
    store.Delete(key);
    count -= known ? 1 : 0;
    if (returned) CountReturned(state.scheme, state.amount, store);
  }
  PutEncoded(store, counted, count);
  // With the last payment the window is over: what is returned later has another reason.
  if (count == 0) store.Delete(KeyWriter(kEndings).Text(scheme));
}

// What the senders of what settled paid net, together.
int64_t NetsOf(const Effects& effects) {
  std::map<Name, int64_t> nets;
  for (const WaitingState& state : effects.waiting) {
    if (state.status != WaitingStatus::kSettled) continue;
    nets[state.sender] -= state.amount.minor;
    nets[state.receiver] += state.amount.minor;
  }
  int64_t paid = 0;
  for (const auto& [participant, net] : nets) paid += std::max<int64_t>(-net, 0);
  return paid;
}

void FoldSettlement(const RecordView& record, schema::Settlement::Reader settlement,
                    const Effects& effects, Store& store) {
  QueueResolution resolution;
  resolution.sequence = record.header.sequence;
  resolution.recorded_at = record.header.recorded_at;
  switch (settlement.getAction()) {
    case schema::SettlementAction::QUEUE_SETTLED:
      resolution.saved = settlement.getValueMinor() - NetsOf(effects);
      break;
    case schema::SettlementAction::QUEUE_DEADLOCKED:
      resolution.result = ResolutionResult::kDeadlocked;
      break;
    case schema::SettlementAction::WINDOW_ENDED:
      resolution.result = ResolutionResult::kWindowEnded;
      PutEncoded(store, KeyWriter(kEndings).Text(View(settlement.getScheme())),
                 Ending{resolution.sequence, resolution.recorded_at});
      break;
    default:
      return;
  }
  resolution.mode = settlement.getMode();
  resolution.currency = Currency{settlement.getCurrency()};
  resolution.count = settlement.getCount();
  resolution.value = settlement.getValueMinor();
  resolution.value_max = settlement.getValueMaxMinor();
  PutEncoded(
      store,
      ResolutionKey(View(settlement.getScheme()), resolution.sequence, resolution.currency.numeric),
      resolution);
}

}  // namespace

std::string_view ResolutionResultName(ResolutionResult result) {
  switch (result) {
    case ResolutionResult::kSettled:
      return "settled";
    case ResolutionResult::kDeadlocked:
      return "deadlocked";
    case ResolutionResult::kWindowEnded:
      return "window_ended";
  }
  return "unknown";
}

Result<SchemeQueue> QueueOf(const ReadStore& store, std::string_view scheme) {
  RETURN_IF_ERROR(CheckScheme(store, scheme));
  auto payments = ReadAll<QueuedPayment>(
      store, KeyWriter(kPayments).Text(scheme), {}, SIZE_MAX,
      [](auto, std::string_view value) { return Decode<QueuedPayment>(value); });
  if (!payments.ok()) return payments.error();
  SchemeQueue queue{.payments = std::move(payments).value(), .participants = {}};
  std::sort(queue.payments.begin(), queue.payments.end(), GoesBefore);
  queue.participants = Sums(queue.payments);
  return queue;
}

Result<std::vector<QueueResolution>> Resolutions(const ReadStore& store, std::string_view scheme,
                                                 Sequence after, size_t limit) {
  RETURN_IF_ERROR(CheckScheme(store, scheme));
  std::vector<QueueResolution> resolutions;
  std::optional<Error> error;
  store.Scan(KeyWriter(kResolutions).Text(scheme), ResolutionKey(scheme, after, UINT16_MAX),
             [&](auto, std::string_view value) {
               auto resolution = Decode<QueueResolution>(value);
               if (!resolution.ok()) {
                 error = resolution.error();
                 return false;
               }
               const bool more_of_it =
                   !resolutions.empty() && resolutions.back().sequence == resolution->sequence;
               if (resolutions.size() >= limit && !more_of_it) return false;
               resolutions.push_back(*resolution);
               return true;
             });
  if (error) return *error;
  return resolutions;
}

void QueueProjection::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                           const Effects& effects, Store& store) const {
  const auto body = proposal.getBody();
  if (body.isRegistration() && body.getRegistration().isScheme()) {
    const KeyWriter key = std::move(KeyWriter(kSchemes).Text(View(proposal.getKey())));
    if (!store.Get(key)) store.Put(key, Encode(record.header.sequence));
  }
  if (body.isSettlement()) FoldSettlement(record, body.getSettlement(), effects, store);
  if (effects.waiting.empty()) return;
  FoldWaiting(record, proposal.getSource().size() == 0, effects, store);
}

}  // namespace longmen::projections
