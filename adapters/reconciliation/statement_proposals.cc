#include "adapters/reconciliation/statement_proposals.h"

#include <capnp/message.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace longmen::adapters {
namespace {

constexpr size_t kTextMax = 140;
constexpr size_t kOriginalMax = 32'768;
constexpr int kCardDigits = 13;
// A line without its raw text; longer ones take another segment.
constexpr size_t kScratchWords = 512;

bool IsPlainText(std::string_view text) {
  return text.size() <= kTextMax &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

bool MayHoldCard(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; }) >= kCardDigits;
}

capnp::Data::Reader DataOf(std::string_view bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

void SetText(std::string_view text, auto init) {
  if (text.empty()) return;
  auto builder = init(static_cast<unsigned>(text.size()));
  std::ranges::copy(text, builder.begin());
}

}  // namespace

bool IsPlain(const StatementFileLine& line) {
  return line.raw.size() <= kOriginalMax && IsPlainText(line.reference) &&
         IsPlainText(line.order_key) && IsPlainText(line.original_reference) &&
         IsPlainText(line.status) && !MayHoldCard(line.status);
}

StatementProposals::StatementProposals(std::string issuer, std::string channel,
                                       std::string_view content_hash, Nanos received_at)
    : issuer_(std::move(issuer)),
      channel_(std::move(channel)),
      content_hash_(content_hash),
      received_at_(received_at) {}

template <typename Fill>
Result<ProposalBytes> StatementProposals::Make(std::string_view id_end, Nanos occurred_at,
                                               std::string_view original, bool trusted,
                                               const Fill& fill) {
  // The builder wants its first segment zeroed, and leaves it so.
  static thread_local std::array<capnp::word, kScratchWords> scratch{};
  capnp::MallocMessageBuilder message(kj::arrayPtr(scratch.data(), scratch.size()));
  auto proposal = message.initRoot<schema::Proposal>();
  proposal.setOccurredAt(occurred_at);
  SetText(names_.source, [&](unsigned size) { return proposal.initSource(size); });
  auto id = proposal.initId(static_cast<unsigned>(names_.id_stem.size() + id_end.size()));
  std::ranges::copy(id_end, std::ranges::copy(names_.id_stem, id.begin()).out);
  SetText(names_.key, [&](unsigned size) { return proposal.initKey(size); });
  fill(proposal.initBody().initStatement());
  if (!original.empty()) proposal.setOriginal(DataOf(original));
  if (!trusted) {
    if (Status shape = CheckShape(proposal.asReader()); !shape.ok()) return shape.error();
  }
  return Canonicalize(proposal.asReader());
}

Result<ProposalBytes> StatementProposals::Header(const StatementHeader& header) {
  return Make("h", received_at_, {}, false, [&](schema::Statement::Builder statement) {
    statement.setAction(schema::StatementAction::HEADER);
    statement.getAmount().setCurrency(header.currency.numeric);
    statement.setDate(header.from);
    if (header.to != header.from) statement.setToDate(header.to);
    statement.setParticipant(issuer_);
    if (!channel_.empty()) statement.setChannel(channel_);
    if (!header.account.empty()) statement.setAccount(header.account);
    statement.setFormat(header.format);
    statement.setContentHash(DataOf(content_hash_));
    if (header.opening) {
      statement.setHasBalance(true);
      statement.setBalanceMinor(*header.opening);
    }
  });
}

Result<ProposalBytes> StatementProposals::Line(const StatementFileLine& line, Currency currency) {
  char number[12];
  const auto end = std::to_chars(number, number + sizeof number, line.number).ptr;
  return Make({number, end}, line.occurred_at, line.raw, IsPlain(line),
              [&](schema::Statement::Builder statement) {
                statement.setAction(schema::StatementAction::LINE);
                auto amount = statement.getAmount();
                amount.setMinor(line.minor);
                amount.setCurrency(currency.numeric);
                statement.setDirection(line.direction);
                statement.setLine(line.number);
                statement.setDate(line.date);
                statement.setKind(line.kind);
                statement.setOutcome(line.outcome);
                statement.setFeeMinor(line.fee);
                if (line.balance) {
                  statement.setHasBalance(true);
                  statement.setBalanceMinor(*line.balance);
                }
                SetText(line.reference, [&](unsigned n) { return statement.initReference(n); });
                SetText(line.status, [&](unsigned n) { return statement.initStatus(n); });
                SetText(line.order_key, [&](unsigned n) { return statement.initOrderKey(n); });
                SetText(line.original_reference,
                        [&](unsigned n) { return statement.initOriginalReference(n); });
              });
}

Result<ProposalBytes> StatementProposals::Trailer(const StatementTotals& totals) {
  return Make("t", received_at_, {}, false, [&](schema::Statement::Builder statement) {
    statement.setAction(schema::StatementAction::TRAILER);
    statement.setCount(totals.count);
    statement.setCreditMinor(totals.credits);
    statement.setDebitMinor(totals.debits);
    if (totals.closing) {
      statement.setHasBalance(true);
      statement.setBalanceMinor(*totals.closing);
    }
  });
}

}  // namespace longmen::adapters
