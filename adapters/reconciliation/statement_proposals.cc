#include "adapters/reconciliation/statement_proposals.h"

#include <capnp/message.h>

#include <algorithm>
#include <array>

namespace longmen::adapters {
namespace {

constexpr size_t kTextMax = 140;
constexpr size_t kRawMax = 32'768;
constexpr int kCardDigits = 13;
// Of the lines in one event: few enough for a leaf, with room for each line's own fields and for
// raw text that does not compress.
constexpr size_t kLinesMax = 64;
constexpr size_t kTextsMax = 12'000;
constexpr size_t kRawTextsMax = 33'000;
constexpr size_t kScratchWords = 4'096;  // what does not fit takes another segment

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
  return line.raw.size() <= kRawMax && IsPlainText(line.reference) && IsPlainText(line.order_key) &&
         IsPlainText(line.original_reference) && IsPlainText(line.status) &&
         !MayHoldCard(line.status);
}

StatementProposals::StatementProposals(std::string issuer, std::string channel,
                                       std::string_view content_hash, Nanos received_at)
    : issuer_(std::move(issuer)),
      channel_(std::move(channel)),
      content_hash_(content_hash),
      received_at_(received_at) {}

template <typename Fill>
Result<ProposalBytes> StatementProposals::Make(std::string_view id_end, bool trusted,
                                               const Fill& fill) {
  // The builder wants its first segment zeroed, and leaves it so.
  static thread_local std::array<capnp::word, kScratchWords> scratch{};
  capnp::MallocMessageBuilder message(kj::arrayPtr(scratch.data(), scratch.size()));
  auto proposal = message.initRoot<schema::Proposal>();
  proposal.setOccurredAt(received_at_);
  SetText(names_.source, [&](unsigned size) { return proposal.initSource(size); });
  auto id = proposal.initId(static_cast<unsigned>(names_.id_stem.size() + id_end.size()));
  std::ranges::copy(id_end, std::ranges::copy(names_.id_stem, id.begin()).out);
  SetText(names_.key, [&](unsigned size) { return proposal.initKey(size); });
  fill(proposal.initBody().initStatement());
  if (!trusted) {
    if (Status shape = CheckShape(proposal.asReader()); !shape.ok()) return shape.error();
  }
  return Canonicalize(proposal.asReader());
}

Result<ProposalBytes> StatementProposals::Header(const StatementHeader& header) {
  return Make("h", false, [&](schema::Statement::Builder statement) {
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

bool LineBatch::Add(const StatementFileLine& line) {
  const size_t texts = line.reference.size() + line.order_key.size() +
                       line.original_reference.size() + line.status.size();
  if (!lines_.empty() && (lines_.size() == kLinesMax || texts_.size() + texts > kTextsMax ||
                          raw_.size() + line.raw.size() > kRawTextsMax)) {
    return false;
  }
  if (lines_.empty()) {
    lines_.reserve(kLinesMax);
    raw_.reserve(kRawTextsMax);
  }
  Kept& kept = lines_.emplace_back(Kept{.line = line});
  const auto keep = [this](std::string_view text) {
    texts_ += text;
    return texts_.size();
  };
  kept.reference = keep(line.reference);
  kept.order_key = keep(line.order_key);
  kept.original_reference = keep(line.original_reference);
  kept.status = keep(line.status);
  raw_ += line.raw;
  kept.raw_bytes = line.raw.size();
  StatementFileLine& own = kept.line;  // what these name is the caller's
  own.reference = own.order_key = own.original_reference = own.status = own.raw = {};
  plain_ = plain_ && IsPlain(line);
  return true;
}

void LineBatch::Clear() {
  lines_.clear();
  texts_.clear();
  raw_.clear();
  plain_ = true;
}

void StatementProposals::FillLines(schema::Statement::Builder statement, const LineBatch& lines,
                                   Currency currency) {
  statement.setAction(schema::StatementAction::LINES);
  statement.getAmount().setCurrency(currency.numeric);
  statement.setLine(lines.lines_.front().line.number);
  auto list = statement.initLines(static_cast<unsigned>(lines.size()));
  size_t begin = 0;
  const auto text = [&](size_t end, auto init) {
    SetText(std::string_view(lines.texts_).substr(begin, end - begin), init);
    begin = end;
  };
  for (unsigned i = 0; i < list.size(); ++i) {
    auto to = list[i];
    const LineBatch::Kept& kept = lines.lines_[i];
    const StatementFileLine& line = kept.line;
    to.setMinor(line.minor);
    to.setOccurredAt(line.occurred_at);
    to.setFeeMinor(line.fee);
    if (line.balance) {
      to.setHasBalance(true);
      to.setBalanceMinor(*line.balance);
    }
    to.setDate(line.date);
    to.setRawBytes(static_cast<uint16_t>(kept.raw_bytes));
    to.setDirection(line.direction);
    to.setKind(line.kind);
    to.setOutcome(line.outcome);
    text(kept.reference, [&](unsigned size) { return to.initReference(size); });
    text(kept.order_key, [&](unsigned size) { return to.initOrderKey(size); });
    text(kept.original_reference, [&](unsigned size) { return to.initOriginalReference(size); });
    text(kept.status, [&](unsigned size) { return to.initStatus(size); });
  }
  statement.setRaw(DataOf(compressor_.Compress(lines.raw_)));
}

Result<ProposalBytes> StatementProposals::Lines(const LineBatch& lines, Currency currency) {
  const std::string first = std::to_string(lines.lines_.front().line.number);
  return Make(first, lines.plain_,
              [&](schema::Statement::Builder statement) { FillLines(statement, lines, currency); });
}

Result<ProposalBytes> StatementProposals::Trailer(const StatementTotals& totals) {
  return Make("t", false, [&](schema::Statement::Builder statement) {
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
