// The fold of matching.h: lines to their rows, and what was said and decided of them.
#include "events/base/hash.h"
#include "projections/matching/keys.h"
#include "projections/store/body.h"

namespace longmen::projections {
namespace {

MatchRule ToRule(std::string_view name, schema::MatchingRule::Reader given, Sequence sequence) {
  MatchRule rule{.name = std::string(name),
                 .status = given.getStatus(),
                 .day_start_minute = given.getDayStartMinute(),
                 .utc_offset_minutes = given.getUtcOffsetMinutes(),
                 .edge_minutes = given.getEdgeMinutes(),
                 .due_days = given.getDueDays(),
                 .day_tolerance = given.getDayTolerance(),
                 .net_of_fees = given.getNetOfFees(),
                 .amount_tolerance = given.getAmountToleranceMinor(),
                 .participant = String(given.getParticipant()),
                 .issuer = String(given.getIssuer()),
                 .channels = {},
                 .kinds = {},
                 .scenarios = {},
                 .statement_accounts = {},
                 .account = String(given.getAccount()),
                 .suspense = String(given.getSuspense()),
                 .write_off = String(given.getWriteOff()),
                 .mirror = String(given.getMirror()),
                 .registered = sequence};
  for (auto channel : given.getChannels()) rule.channels.push_back(String(channel));
  for (auto kind : given.getKinds()) rule.kinds.push_back(kind);
  for (auto account : given.getStatementAccounts()) {
    rule.statement_accounts.push_back(String(account));
  }
  for (auto scenario : given.getScenarios()) rule.scenarios.push_back(scenario);
  return rule;
}

StatementFile ToFile(std::string_view key, schema::Statement::Reader given, Sequence sequence) {
  return {.key = std::string(key),
          .issuer = String(given.getParticipant()),
          .channel = String(given.getChannel()),
          .account = String(given.getAccount()),
          .format = String(given.getFormat()),
          .content = Hex({given.getContentHash().begin(), given.getContentHash().size()}),
          .currency = Currency{given.getAmount().getCurrency()},
          .from = given.getDate(),
          .to = given.getToDate() == 0 ? given.getDate() : given.getToDate(),
          .header = sequence};
}

class MatchingFolder final : public Folder {
 public:
  explicit MatchingFolder(Store& store) : store_(store) {}
  void Fold(const RecordView& record, schema::Proposal::Reader proposal,
            const Effects& effects) override;
  void Finish() override;

 private:
  void FoldStatement(Sequence sequence, schema::Proposal::Reader proposal);
  void AddOne(Sequence sequence, schema::Proposal::Reader proposal);
  void AddMany(Sequence sequence, schema::Statement::Reader statement);
  // Of the file that was asked for last; everything of the line but its place is set.
  void AddLine(DayNumber stated, uint32_t number, FiledLine& line);
  void FoldResolution(const RecordView& record, schema::Resolution::Reader given,
                      const Effects& effects);
  const StatementFile& FileOf(std::string_view key);

  Store& store_;
  StatementFile file_;  // the last that was asked for
  // Lines that go to the same row, until another row is begun.
  DayNumber date_ = 0;
  uint32_t row_ = 0;
  ValueWriter lines_;
};

const StatementFile& MatchingFolder::FileOf(std::string_view key) {
  if (file_.key != key) {
    Finish();
    file_ = LoadOr(store_, KeyWriter(kFiles).Text(key), StatementFile{});
  }
  return file_;
}

void MatchingFolder::Finish() {
  if (lines_.bytes().empty()) return;
  store_.Append(KeyWriter(kFiledLines)
                    .Text(file_.issuer)
                    .Text(file_.channel)
                    .Date(date_)
                    .Text(file_.key)
                    .Number(row_),
                lines_.bytes());
  lines_.Clear();
}

void MatchingFolder::AddLine(DayNumber stated, uint32_t number, FiledLine& line) {
  const DayNumber date = stated == 0 ? file_.from : stated;
  const uint32_t row = number / kLinesOfRow;
  if (date != date_ || row != row_) Finish();
  date_ = date;
  row_ = row;
  line.offset = number % kLinesOfRow;
  WriteFields(lines_, line);
}

void MatchingFolder::AddOne(Sequence sequence, schema::Proposal::Reader proposal) {
  const auto given = proposal.getBody().getStatement();
  FiledLine line{.sequence = sequence,
                 .direction = given.getDirection(),
                 .minor = given.getAmount().getMinor(),
                 .occurred_at = proposal.getOccurredAt(),
                 .reference = View(given.getReference()),
                 .order_key = {},
                 .status = View(given.getStatus())};
  AddLine(given.getDate(), given.getLine(), line);
}

void MatchingFolder::AddMany(Sequence sequence, schema::Statement::Reader statement) {
  uint32_t number = statement.getLine();
  FiledLine line{.sequence = sequence, .reference = {}, .order_key = {}, .status = {}};
  for (auto given : statement.getLines()) {
    line.direction = given.getDirection();
    line.kind = given.getKind();
    line.outcome = given.getOutcome();
    line.minor = given.getMinor();
    line.fee = given.getFeeMinor();
    line.occurred_at = given.getOccurredAt();
    line.reference = View(given.getReference());
    line.order_key = View(given.getOrderKey());
    line.status = View(given.getStatus());
    AddLine(given.getDate(), number++, line);
  }
}

void MatchingFolder::FoldStatement(Sequence sequence, schema::Proposal::Reader proposal) {
  const auto given = proposal.getBody().getStatement();
  const std::string_view key = View(proposal.getKey());
  switch (given.getAction()) {
    case schema::StatementAction::HEADER:
      Finish();
      file_ = ToFile(key, given, sequence);
      PutEncoded(store_, KeyWriter(kFiles).Text(key), file_);
      break;
    case schema::StatementAction::LINE:
      FileOf(key);
      AddOne(sequence, proposal);
      file_.lines = given.getLine();
      PutEncoded(store_, KeyWriter(kFiles).Text(key), file_);
      break;
    case schema::StatementAction::LINES:
      FileOf(key);
      AddMany(sequence, given);
      file_.lines = given.getLine() + given.getLines().size() - 1;
      PutEncoded(store_, KeyWriter(kFiles).Text(key), file_);
      break;
    case schema::StatementAction::TRAILER:
      FileOf(key);
      Finish();
      file_.trailer = sequence;
      file_.lines = given.getCount();
      file_.credits = given.getCreditMinor();
      file_.debits = given.getDebitMinor();
      PutEncoded(store_, KeyWriter(kFiles).Text(key), file_);
      break;
  }
}

void MatchingFolder::FoldResolution(const RecordView& record, schema::Resolution::Reader given,
                                    const Effects& effects) {
  const Sequence sequence = record.header.sequence;
  ItemDecision decision{
      .sequence = sequence,
      .recorded_at = record.header.recorded_at,
      .kind = given.getKind(),
      .items = {},
      .amount = {given.getAmount().getMinor(), Currency{given.getAmount().getCurrency()}},
      .movements = given.getMovementsMinor(),
      .reason = String(given.getReason()),
      .by = String(given.getBy()),
      .approved_by = String(given.getApprovedBy())};
  const bool takes = given.getKind() != schema::ResolutionKind::WAITING;
  for (auto line : given.getLines()) {
    decision.items.push_back(fmt::format("{}:{}", View(line.getFile()), line.getLine()));
    if (!takes) continue;
    PutEncoded(store_, KeyWriter(kTakenLines).Text(View(line.getFile())).Number(line.getLine()),
               sequence);
  }
  for (const Sequence movement : effects.named) {
    decision.items.push_back(fmt::format("m{}", movement));
    if (!takes) continue;
    PutEncoded(store_, KeyWriter(kTakenMovements).Number(movement).Text(View(given.getRule())),
               sequence);
  }
  if (given.getKind() == schema::ResolutionKind::WITHDRAWN) {
    FileOf(View(given.getWithdraws()));
    Finish();
    file_.withdrawn = sequence;
    decision.items.push_back(file_.key);
    PutEncoded(store_, KeyWriter(kFiles).Text(file_.key), file_);
  }
  PutEncoded(store_, KeyWriter(kDecisions).Number(sequence), decision);
}

void MatchingFolder::Fold(const RecordView& record, schema::Proposal::Reader proposal,
                          const Effects& effects) {
  const auto body = proposal.getBody();
  const Sequence sequence = record.header.sequence;
  if (body.isStatement()) {
    FoldStatement(sequence, proposal);
  } else if (body.isResolution()) {
    FoldResolution(record, body.getResolution(), effects);
  } else if (body.isRegistration() && body.getRegistration().isMatchingRule()) {
    const std::string_view name = View(proposal.getKey());
    PutEncoded(store_, KeyWriter(kRules).Text(name),
               ToRule(name, body.getRegistration().getMatchingRule(), sequence));
  }
}

}  // namespace

std::unique_ptr<Folder> MatchingProjection::Begin(Store& store) const {
  return std::make_unique<MatchingFolder>(store);
}

}  // namespace longmen::projections
