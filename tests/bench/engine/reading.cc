// Reading back: the log as a reader sees it, and as the auditor does.
#include <algorithm>
#include <cstring>

#include "engine/rocks_reader/rocks_reader.h"
#include "projections/rocks_store/rocks_store.h"
#include "replay/audit/verify.h"
#include "tests/bench/engine/subjects.h"

namespace longmen::bench {
namespace {

constexpr size_t kReadBytes = 8u << 20;

// Every byte of a text, or the reading would be of pointers alone; in words, so that it is the
// reading that takes the time.
uint64_t Touch(capnp::Text::Reader text) {
  uint64_t sum = text.size();
  size_t at = 0;
  for (; at + sizeof(uint64_t) <= text.size(); at += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, text.begin() + at, sizeof word);
    sum += word;
  }
  for (; at < text.size(); ++at) sum += static_cast<unsigned char>(text[at]);
  return sum;
}

template <typename Amount>
uint64_t TouchAmount(Amount amount) {
  return static_cast<uint64_t>(amount.getMinor()) + amount.getCurrency();
}

uint64_t TouchOrder(schema::Order::Reader order) {
  uint64_t sum = TouchAmount(order.getAmount()) + static_cast<uint64_t>(order.getAction()) +
                 static_cast<uint64_t>(order.getValidUntil()) + Touch(order.getPayer()) +
                 Touch(order.getPayee()) + Touch(order.getScheme()) + Touch(order.getMandate()) +
                 Touch(order.getSubmitter()) + Touch(order.getChannel()) + Touch(order.getReason());
  for (const auto split : order.getSplits()) {
    sum += static_cast<uint64_t>(split.getMinor()) + Touch(split.getAccount());
  }
  for (const auto resource : order.getResources()) sum += Touch(resource);
  return sum;
}

uint64_t TouchAuthorization(schema::Authorization::Reader authorization) {
  return static_cast<uint64_t>(authorization.getHoldMinor()) +
         static_cast<uint64_t>(authorization.getHoldUntil()) +
         static_cast<uint64_t>(authorization.getAction()) +
         static_cast<uint64_t>(authorization.getMethod()) + authorization.getOrderVersion() +
         authorization.getLevel() + Touch(authorization.getBy()) + Touch(authorization.getReason());
}

uint64_t TouchDebit(schema::Debit::Reader debit) {
  uint64_t sum = TouchAmount(debit.getAmount()) + static_cast<uint64_t>(debit.getBasis()) +
                 static_cast<uint64_t>(debit.getOutcome()) +
                 static_cast<uint64_t>(debit.getKind()) + debit.getCompletes() +
                 static_cast<uint64_t>(debit.getClearingDate()) + Touch(debit.getPayer()) +
                 Touch(debit.getPayee()) + Touch(debit.getScheme()) + Touch(debit.getChannel()) +
                 Touch(debit.getChannelReference()) + Touch(debit.getReason());
  if (debit.hasResolves()) {
    sum += Touch(debit.getResolves().getId()) + Touch(debit.getResolves().getSource());
  }
  for (const auto split : debit.getSplits()) {
    sum += static_cast<uint64_t>(split.getMinor()) + Touch(split.getAccount());
  }
  return sum;
}

// Every field of a payment's records. The few others, of the set-up, by what all have.
uint64_t TouchRecord(const RecordView& record) {
  const RecordHeader& header = record.header;
  // Canonical since the engine wrote it, or the block's checksum would say: whoever does not
  // believe that checks it first (CheckCanonical, as verify does).
  const auto proposal = ReadCanonical(record.proposal);
  uint64_t sum = header.sequence + static_cast<uint64_t>(header.recorded_at) + header.cycle +
                 static_cast<uint64_t>(header.book_date) + header.rules_version +
                 static_cast<uint64_t>(header.exception) + header.group_index + header.group_size;
  sum += static_cast<uint64_t>(proposal.getOccurredAt()) +
         static_cast<uint64_t>(proposal.getScenario()) + Touch(proposal.getSource()) +
         Touch(proposal.getId()) + Touch(proposal.getKey()) + Touch(proposal.getOriginalKeyId()) +
         proposal.getOriginal().size() + proposal.getSignatures().size() +
         static_cast<uint64_t>(proposal.getDetails().which());
  const auto body = proposal.getBody();
  switch (body.which()) {
    case schema::Proposal::Body::ORDER:
      return sum + TouchOrder(body.getOrder());
    case schema::Proposal::Body::AUTHORIZATION:
      return sum + TouchAuthorization(body.getAuthorization());
    case schema::Proposal::Body::DEBIT:
      return sum + TouchDebit(body.getDebit());
    default:
      return sum;
  }
}

// Block by block: checksums are checked (BlockView), the chain is not.
uint64_t ScanBlocks(const engine::LogReader& log, uint64_t& sum) {
  uint64_t events = 0;
  for (Sequence next = 1; next <= log.AckedFrontier();) {
    const auto blocks = log.Read(next, kReadBytes);
    CHECK(blocks.ok() && !blocks->empty(), "bench.scan", next);
    for (const engine::StoredBlock& stored : *blocks) {
      const auto block = BlockView::Parse(stored.bytes());
      CHECK(block.ok(), "bench.scan", next);
      for (const RecordView& record : block->records()) sum += TouchRecord(record);
      events += block->records().size();
      next = block->header().last_sequence() + 1;
    }
  }
  return events;
}

uint64_t ScanChained(const engine::LogReader& log, uint64_t& sum) {
  uint64_t events = 0;
  const Status read = engine::ForEachRecord(log, 1, [&](const RecordView& record) {
    sum += TouchRecord(record);
    ++events;
    return Ok();
  });
  CHECK(read.ok(), "bench.scan");
  return events;
}

template <typename Scan>
double RateOf(Scan scan, uint64_t& sum) {
  const Stopwatch watch;
  const uint64_t events = scan(sum);
  return static_cast<double>(events) / watch.seconds();
}

replay::VerifyReport VerifyAll(const std::string& ledger, const engine::RocksReader& log) {
  const auto stored = projections::RocksStore::OpenReadOnly(ledger + "/derived");
  CHECK(stored.ok(), "bench.derived", stored.error().message);
  replay::VerifyInput input;
  input.log = &log;
  input.stored = stored->get();
  input.snapshots = replay::FindSnapshots(ledger + "/snapshots");
  input.head = log.Slots();
  return replay::Verify(input);
}

}  // namespace

void MeasureReading(Run& run, const std::string& ledger) {
  run.table.Subject("reading back: the log of all the above");
  engine::RocksReaderOptions options;
  options.directory = ledger + "/log";
  options.read_to = engine::ReadTo::kTail;
  const auto log = engine::RocksReader::Open(options);
  CHECK(log.ok(), "bench.reader", log.error().message);
  uint64_t sum = 0;
  uint64_t chained_sum = 0;
  // Twice: the first warms the page cache.
  double scan = RateOf([&](uint64_t& s) { return ScanBlocks(**log, s); }, sum);
  sum = 0;
  scan = std::max(scan, RateOf([&](uint64_t& s) { return ScanBlocks(**log, s); }, sum));
  const double chained = RateOf([&](uint64_t& s) { return ScanChained(**log, s); }, chained_sum);
  CHECK(sum == chained_sum, "bench.scan", sum, chained_sum);
  run.table.Add({"scan_events_per_s",
                 scan,
                 "events/s",
                 {"every field, one thread", 0},
                 {AtLeast(5'000'000)}});
  run.table.Add(
      {"scan_chained_events_per_s", chained, "events/s", {"without the chain", scan}, {}});

  const Stopwatch watch;
  const auto report = VerifyAll(ledger, **log);
  const double seconds = watch.seconds();
  CHECK(report.clean(), "bench.verify", report.findings[0].detail);
  CHECK(report.projections == replay::Compared::kEqual, "bench.verify", "projections");
  run.table.Add({"verify_events_per_s",
                 static_cast<double>(report.records) / seconds,
                 "events/s",
                 {"batch_events_per_s", run.batch_events_per_s},
                 {RatioAtLeast(1)}});
}

}  // namespace longmen::bench
