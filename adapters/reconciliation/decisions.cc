#include "adapters/reconciliation/decisions.h"

#include <capnp/message.h>

#include <algorithm>
#include <map>
#include <set>

#include "adapters/statements/csv_record.h"
#include "adapters/statements/text.h"
#include "events/block/block.h"

namespace longmen::adapters {
namespace {

using projections::Break;
using projections::MatchItem;
using projections::NameOf;
using statements::Trim;

constexpr size_t kLogReadBytes = 1u << 20;

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = Trim(text)).empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

std::optional<DecisionKind> KindOf(std::string_view word) {
  static const std::map<std::string_view, DecisionKind> kinds = {
      {"wait", DecisionKind::kWait},
      {"match", DecisionKind::kMatch},
      {"adjust", DecisionKind::kAdjust},
      {"suspend", DecisionKind::kSuspend},
      {"write_off", DecisionKind::kWriteOff}};
  const auto found = kinds.find(word);
  return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

schema::ResolutionKind RecordedAs(DecisionKind kind) {
  switch (kind) {
    case DecisionKind::kWait:
      return schema::ResolutionKind::WAITING;
    case DecisionKind::kMatch:
      return schema::ResolutionKind::MATCHED;
    case DecisionKind::kAdjust:
      return schema::ResolutionKind::ADJUSTED;
    case DecisionKind::kSuspend:
      return schema::ResolutionKind::SUSPENDED;
    case DecisionKind::kWriteOff:
      return schema::ResolutionKind::WRITTEN_OFF;
  }
  return schema::ResolutionKind::WAITING;
}

// What the proposal that began a movement says of it, for those who refer to it.
struct Begun {
  std::string source;
  std::string id;
  std::string key;
  schema::Scenario scenario = schema::Scenario::NONE;
  std::optional<schema::DebitKind> debit;  // of a debit; else it is a refund
  schema::RefundKind refund = schema::RefundKind::REFUND;
};

Result<Begun> BegunBy(const engine::LogReader& log, Sequence sequence) {
  const auto blocks = log.Read(sequence, kLogReadBytes);
  if (!blocks.ok()) return blocks.error();
  for (const engine::StoredBlock& stored : *blocks) {
    const auto block = BlockView::Parse(stored.bytes());
    if (!block.ok()) return block.error();
    for (const RecordView& record : block->records()) {
      if (record.header.sequence != sequence) continue;
      const ProposalReader reader(record.proposal);
      const auto proposal = reader.get();
      const auto body = proposal.getBody();
      if (!body.isDebit() && !body.isRefund()) break;
      Begun begun{.source = std::string(View(proposal.getSource())),
                  .id = std::string(View(proposal.getId())),
                  .key = std::string(View(proposal.getKey())),
                  .scenario = proposal.getScenario(),
                  .debit = std::nullopt};
      if (body.isDebit()) begun.debit = body.getDebit().getKind();
      if (body.isRefund()) begun.refund = body.getRefund().getKind();
      return begun;
    }
  }
  return Error{Code::CORRUPT, "log", fmt::format("record {} is missing", sequence)};
}

// The columns of a decision file by name.
class Columns {
 public:
  static Result<Columns> Of(const statements::CsvRecord& names) {
    Columns columns;
    for (const auto& [name, at] :
         {std::pair{"items", &columns.items}, std::pair{"decision", &columns.decision},
          std::pair{"reason", &columns.reason}}) {
      for (size_t i = 0; i < names.size(); ++i) {
        if (Trim(names[i]) == name) *at = i;
      }
      if (*at == kNone) {
        return Error{Code::MISSING_FIELD, name, "the file has no column of this name"};
      }
    }
    return columns;
  }
  size_t items = kNone;
  size_t decision = kNone;
  size_t reason = kNone;

 private:
  static constexpr size_t kNone = SIZE_MAX;
};

// Spreadsheets write commas, semicolons or tabs, as their country has it.
char SeparatorOf(std::string_view names) {
  for (const char separator : {';', '\t'}) {
    if (names.find(separator) != std::string_view::npos &&
        names.find(',') == std::string_view::npos) {
      return separator;
    }
  }
  return ',';
}

// What the ids of a row's proposals begin with.
std::string StemOf(const DecisionRow& row, const DecisionOptions& options, unsigned attempt) {
  std::string content;
  for (const std::string& item : row.items) content += item + '\n';
  content += fmt::format("{}\n{}\n{}\n{}", static_cast<int>(row.kind), row.reason, options.by,
                         options.approved_by);
  return fmt::format("{}-{}", Hex(Sha256(AsBytes(content))).substr(0, 24), attempt);
}

// Builds the proposals of one row.
class RowProposals {
 public:
  RowProposals(const DecisionRow& row, const DecisionView& view, const DecisionOptions& options,
               unsigned attempt)
      : row_(row), view_(view), options_(options), stem_(StemOf(row, options, attempt)) {}

  Result<std::vector<ProposalBytes>> Make() {
    RETURN_IF_ERROR(FindItems());
    switch (row_.kind) {
      case DecisionKind::kWait:
        break;
      case DecisionKind::kMatch:
        RETURN_IF_ERROR(CheckMatch());
        break;
      case DecisionKind::kAdjust:
        RETURN_IF_ERROR(Adjust());
        break;
      case DecisionKind::kSuspend:
        RETURN_IF_ERROR(Correct(view_.reading.rule.suspense, "suspense"));
        break;
      case DecisionKind::kWriteOff:
        RETURN_IF_ERROR(Correct(view_.reading.rule.write_off, "writeOff"));
        break;
    }
    RETURN_IF_ERROR(AddResolution());
    return std::move(group_);
  }

 private:
  // Of all open items under the rule those that the row names, and the breaks that they are. Half
  // of a break is another thing than the whole, so a row names all of it.
  Status FindItems() {
    std::set<const MatchItem*> named;
    for (const std::string& name : row_.items) {
      const auto found = view_.open.find(name);
      if (found == view_.open.end()) {
        return Error{Code::NOT_FOUND, name,
                     fmt::format("no open item of {}", view_.reading.rule.name)};
      }
      const auto& [of, item] = found->second;
      if (!named.insert(item).second) return Error{Code::USAGE, name, "named twice"};
      (item->ours ? ours_ : theirs_).push_back(item);
      if (std::ranges::find(breaks_, of) == breaks_.end()) breaks_.push_back(of);
    }
    for (const Break* each : breaks_) {
      for (const auto* items : {&each->ours, &each->theirs}) {
        for (const MatchItem& item : *items) {
          if (named.contains(&item)) continue;
          return Error{Code::USAGE, NameOf(item), "it is of the same break: name it too"};
        }
      }
    }
    const MatchItem* first = ours_.empty() ? theirs_.front() : ours_.front();
    currency_ = first->currency;
    return Ok();
  }

  // Theirs less ours, of what happened, or is under way there: a list is not updated.
  __int128 Difference() const {
    __int128 difference = 0;
    for (const MatchItem* item : theirs_) {
      if (!item->Failed()) difference += item->Signed(view_.reading.rule);
    }
    for (const MatchItem* item : ours_) {
      if (item->Happened()) difference -= item->Signed(view_.reading.rule);
    }
    return difference;
  }

  // What belongs together leaves nothing over; what their list has twice is one thing.
  Status CheckMatch() const {
    const int64_t tolerance = view_.reading.rule.amount_tolerance;
    const __int128 difference = Difference();
    const bool repeated = std::ranges::all_of(breaks_, [](const Break* each) {
      return each->kind == projections::BreakKind::kDuplicate && each->ours.empty();
    });
    if (repeated || (-tolerance <= difference && difference <= tolerance)) return Ok();
    WideSum sum;
    sum.Add(static_cast<int64_t>(difference));
    return Error{Code::USAGE, row_.items.front(),
                 fmt::format("theirs less ours is {} {}: suspend it, or write it off",
                             sum.Format(currency_), currency_.alphabetic())};
  }

  Status Adjust() {
    const Break& of = *breaks_.front();
    const bool one = breaks_.size() == 1;
    if (one && of.suggestion == projections::Suggestion::kAdjust) {
      return of.ours.empty() ? PayOrder(of.theirs.front()) : ResolveOurs();
    }
    return Error{
        Code::USAGE, row_.items.front(),
        "there is nothing to adjust: neither an outcome that we do not know and they do, "
        "nor an order for that amount that is not paid; suspend it, write it off, or match "
        "it"};
  }

  // The outcome that their line says, or that it did not happen.
  Status ResolveOurs() {
    const MatchItem& ours = *ours_.front();
    const auto begun = BegunBy(view_.log, ours.sequence);
    if (!begun.ok()) return begun.error();
    const bool failed = theirs_.empty() || theirs_.front()->Failed();
    const auto fill = [&](auto movement) {
      movement.setBasis(schema::Basis::REPORTED);
      movement.setOutcome(failed ? schema::Outcome::FAILED : schema::Outcome::SUCCEEDED);
      movement.getAmount().setMinor(ours.minor);
      movement.getAmount().setCurrency(ours.currency.numeric);
      Refer(movement.initResolves(), *begun);
      if (!theirs_.empty()) {
        movement.setClearingDate(theirs_.front()->day);
        SetReference(movement, theirs_.front()->reference);
      }
      movement.setReason(row_.reason);
    };
    return Add([&](schema::Proposal::Builder proposal) {
      proposal.setScenario(begun->scenario);
      proposal.setKey(begun->key);
      if (begun->debit) {
        auto debit = proposal.getBody().initDebit();
        debit.setKind(*begun->debit);
        fill(debit);
      } else {
        auto refund = proposal.getBody().initRefund();
        refund.setKind(begun->refund);
        fill(refund);
      }
    });
  }

  // The debit that an order of ours is still waiting for, as the issuer reports it. Should it have
  // been paid meanwhile, the resolution is refused, and the debit with it.
  Status PayOrder(const MatchItem& line) {
    const projections::MatchRule& rule = view_.reading.rule;
    const auto order = projections::UnpaidOrderOf(view_.store, rule, line);
    if (!order) return Error{Code::NOT_FOUND, line.order_key.str(), "no such order is unpaid"};
    const std::string payer = order->state.payer.empty() ? rule.mirror : order->state.payer.text();
    if (payer.empty()) {
      return Error{Code::USAGE, "mirror",
                   "nobody is known to pay the order, and the rule names no account that stands "
                   "for what the issuer keeps"};
    }
    const auto file =
        std::ranges::find(view_.reading.files, line.file, &projections::StatementFile::key);
    RETURN_IF_ERROR(Add([&](schema::Proposal::Builder proposal) {
      proposal.setScenario(order->scenario);
      proposal.setKey(line.order_key.str());
      auto debit = proposal.getBody().initDebit();
      debit.setBasis(schema::Basis::REPORTED);
      debit.setOutcome(schema::Outcome::SUCCEEDED);
      debit.getAmount().setMinor(order->state.amount.minor);
      debit.getAmount().setCurrency(line.currency.numeric);
      if (order->state.payer.empty()) debit.setPayer(payer);
      if (file != view_.reading.files.end() && !file->channel.empty()) {
        debit.setChannel(file->channel);
      }
      debit.setClearingDate(line.day);
      SetReference(debit, line.reference);
      debit.setReason(row_.reason);
    }));
    return Booked(order->state.amount.minor);
  }

  // What makes our books say what theirs do: between what the issuer keeps and another account.
  Status Correct(const std::string& account, const char* field) {
    const projections::MatchRule& rule = view_.reading.rule;
    if (account.empty() || rule.mirror.empty()) {
      return Error{Code::USAGE, account.empty() ? field : "mirror",
                   fmt::format("rule {} names no such account", rule.name)};
    }
    for (const MatchItem* item : ours_) {
      if (!item->Happened()) {
        return Error{Code::USAGE, NameOf(*item), "we do not know whether it happened: adjust it"};
      }
    }
    const __int128 difference = Difference();
    if (difference == 0)
      return Error{Code::USAGE, row_.items.front(), "they sum to nothing: match"};
    const bool more = difference > 0;
    const auto minor = static_cast<int64_t>(more ? difference : -difference);
    RETURN_IF_ERROR(Add([&](schema::Proposal::Builder proposal) {
      auto debit = proposal.getBody().initDebit();
      debit.setKind(schema::DebitKind::POSTING);
      debit.setOutcome(schema::Outcome::SUCCEEDED);
      debit.getAmount().setMinor(minor);
      debit.getAmount().setCurrency(currency_.numeric);
      debit.setPayer(more ? rule.mirror : account);
      debit.setPayee(more ? account : rule.mirror);
      debit.setReason(row_.reason);
    }));
    return Booked(minor);
  }

  // The correction is an item of ours from now on, and belongs to what it corrects.
  Status Booked(int64_t minor) {
    correction_ = fmt::format("{}-0", stem_);
    movements_minor_ += minor;
    return Ok();
  }

  Status AddResolution() {
    std::vector<Begun> movements;
    for (const MatchItem* item : ours_) {
      if (item->posting) {
        return Error{Code::USAGE, NameOf(*item),
                     "a posting is no movement: decide about its movement under the rule of its "
                     "channel, or about their line"};
      }
      auto begun = BegunBy(view_.log, item->sequence);
      if (!begun.ok()) return begun.error();
      movements_minor_ += begun->debit ? item->minor : -item->minor;
      movements.push_back(std::move(*begun));
    }
    if (!correction_.empty()) movements.push_back({.source = options_.source, .id = correction_});
    int64_t lines_minor = 0;
    for (const MatchItem* line : theirs_) {
      lines_minor += line->direction == schema::Direction::CREDIT ? line->minor : -line->minor;
    }
    return Add([&](schema::Proposal::Builder proposal) {
      auto resolution = proposal.getBody().initResolution();
      resolution.getAmount().setMinor(lines_minor);
      resolution.getAmount().setCurrency(currency_.numeric);
      resolution.setKind(RecordedAs(row_.kind));
      resolution.setRule(view_.reading.rule.name);
      auto lines = resolution.initLines(static_cast<unsigned>(theirs_.size()));
      for (unsigned i = 0; i < lines.size(); ++i) {
        lines[i].setFile(std::string(theirs_[i]->file));
        lines[i].setLine(theirs_[i]->line);
      }
      if (!movements.empty()) {
        auto named = resolution.initMovements(static_cast<unsigned>(movements.size()));
        for (unsigned i = 0; i < named.size(); ++i) Refer(named[i], movements[i]);
        resolution.setMovementsMinor(movements_minor_);
      }
      resolution.setReason(row_.reason);
      resolution.setBy(options_.by);
      resolution.setApprovedBy(options_.approved_by);
    });
  }

  void Refer(schema::Reference::Builder reference, const Begun& begun) const {
    reference.setId(begun.id);
    if (begun.source != options_.source) reference.setSource(begun.source);
  }

  static void SetReference(auto movement, const ShortText& reference) {
    if (!reference.empty()) movement.setChannelReference(reference.str());
  }

  template <typename Fill>
  Status Add(const Fill& fill) {
    capnp::MallocMessageBuilder message;
    auto proposal = message.initRoot<schema::Proposal>();
    proposal.setOccurredAt(options_.now);
    proposal.setSource(options_.source);
    proposal.setId(fmt::format("{}-{}", stem_, group_.size()));
    fill(proposal);
    RETURN_IF_ERROR(CheckShape(proposal.asReader()));
    auto bytes = Canonicalize(proposal.asReader());
    if (!bytes.ok()) return bytes.error();
    group_.push_back(std::move(*bytes));
    return Ok();
  }

  const DecisionRow& row_;
  const DecisionView& view_;
  const DecisionOptions& options_;
  const std::string stem_;
  Currency currency_;
  std::vector<const Break*> breaks_;
  std::vector<const MatchItem*> ours_;
  std::vector<const MatchItem*> theirs_;
  std::string correction_;
  int64_t movements_minor_ = 0;
  std::vector<ProposalBytes> group_;
};

}  // namespace

DecisionView::DecisionView(const projections::MatchReading& of, const projections::ReadStore& from,
                           const engine::LogReader& reader)
    : reading(of), store(from), log(reader) {
  for (const Break& each : reading.result.breaks) {
    for (const auto* items : {&each.ours, &each.theirs}) {
      for (const MatchItem& item : *items) open.emplace(NameOf(item), Open(&each, &item));
    }
  }
}

Result<std::vector<DecisionRow>> ReadDecisions(std::string_view csv) {
  if (csv.starts_with("PK")) {
    return Error{Code::UNKNOWN_FORMAT, "", "a workbook; save it as CSV in UTF-8"};
  }
  statements::Lines lines(statements::WithoutMark(csv));
  if (!lines.Next()) return Error{Code::BAD_LINE, "line 1", "the file is empty"};
  statements::CsvRecord record({.separator = SeparatorOf(lines.line())});
  RETURN_IF_ERROR(record.Read(lines));
  const auto columns = Columns::Of(record);
  if (!columns.ok()) return columns.error();
  const size_t size = record.size();
  std::vector<DecisionRow> rows;
  while (lines.Next()) {
    if (Trim(lines.line()).empty()) continue;
    RETURN_IF_ERROR(record.Read(lines));
    if (record.size() != size) {
      return statements::BadLine(lines.number(), fmt::format("{} fields where the first line has "
                                                             "{}",
                                                             record.size(), size));
    }
    const std::string_view decision = Trim(record[columns->decision]);
    if (decision.empty()) continue;
    const auto kind = KindOf(decision);
    if (!kind) {
      return statements::LineError(Code::UNKNOWN_ENUM, lines.number(),
                                   fmt::format("{} is none of wait, match, adjust, suspend, "
                                               "write_off",
                                               decision));
    }
    DecisionRow row{.line = lines.number(),
                    .items = Words(record[columns->items]),
                    .kind = *kind,
                    .reason = std::string(Trim(record[columns->reason]))};
    if (row.items.empty()) return statements::BadLine(row.line, "no items");
    if (row.reason.empty()) return statements::BadLine(row.line, "a decision needs a reason");
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string FirstIdOf(const DecisionRow& row, const DecisionOptions& options, unsigned attempt) {
  return StemOf(row, options, attempt) + "-0";
}

Result<std::vector<ProposalBytes>> ProposalsOf(const DecisionRow& row, const DecisionView& view,
                                               const DecisionOptions& options, unsigned attempt) {
  return RowProposals(row, view, options, attempt).Make();
}

DecisionRow WithdrawalRow(const std::string& file, const std::string& reason) {
  return {.items = {file}, .kind = DecisionKind::kMatch, .reason = reason};
}

Result<ProposalBytes> WithdrawalOf(const projections::StatementFile& file,
                                   const std::string& reason, const DecisionOptions& options,
                                   unsigned attempt) {
  capnp::MallocMessageBuilder message;
  auto proposal = message.initRoot<schema::Proposal>();
  proposal.setOccurredAt(options.now);
  proposal.setSource(options.source);
  proposal.setId(FirstIdOf(WithdrawalRow(file.key, reason), options, attempt));
  auto resolution = proposal.getBody().initResolution();
  resolution.getAmount().setCurrency(file.currency.numeric);
  resolution.setKind(schema::ResolutionKind::WITHDRAWN);
  resolution.setWithdraws(file.key);
  resolution.setReason(reason);
  resolution.setBy(options.by);
  resolution.setApprovedBy(options.approved_by);
  RETURN_IF_ERROR(CheckShape(proposal.asReader()));
  return Canonicalize(proposal.asReader());
}

}  // namespace longmen::adapters
