#include <algorithm>
#include <future>
#include <map>
#include <set>
#include <unordered_set>

#include "projections/balances/balances.h"
#include "projections/matching/keys.h"
#include "projections/orders/orders.h"
#include "projections/reconciliation/reconciliation.h"
#include "projections/statements/statements.h"
#include "projections/store/applied.h"

namespace longmen::projections {
namespace {

using schema::Direction;
using schema::StatementLineKind;

StatementLineKind KindOf(LineType type) {
  switch (type) {
    case LineType::kPay:
      return StatementLineKind::PAYMENT;
    case LineType::kFee:
      return StatementLineKind::FEE;
    case LineType::kTopUp:
      return StatementLineKind::TOP_UP;
    case LineType::kWithdrawal:
      return StatementLineKind::WITHDRAWAL;
    case LineType::kPayout:
      return StatementLineKind::PAYOUT;
    case LineType::kRefund:
      return StatementLineKind::REFUND;
    case LineType::kReturn:
      return StatementLineKind::PAYMENT_RETURN;
    case LineType::kReversal:
      return StatementLineKind::REVERSAL;
    case LineType::kPosting:
    case LineType::kSubsidy:
    case LineType::kAdvance:
    case LineType::kWriteOff:
    case LineType::kExchange:
    case LineType::kLiquidity:
      break;
  }
  return StatementLineKind::ADJUSTMENT;
}

// Of what stayed inside the participant: what its customer pays comes in, what goes back goes out.
Direction DirectionInside(LineType type) {
  switch (type) {
    case LineType::kRefund:
    case LineType::kReturn:
    case LineType::kReversal:
    case LineType::kWithdrawal:
    case LineType::kPayout:
      return Direction::DEBIT;
    default:
      return Direction::CREDIT;
  }
}

Direction DirectionOf(std::string_view participant, std::string_view payer, std::string_view payee,
                      LineType type) {
  if (payer == payee) return DirectionInside(type);
  return payer == participant ? Direction::DEBIT : Direction::CREDIT;
}

bool IsAsset(schema::AccountKind kind) {
  return kind == schema::AccountKind::MIRROR || kind == schema::AccountKind::SETTLEMENT;
}

// Reads what a rule is about, day by day.
class Source {
 public:
  Source(const ReadStore& store, const MatchRule& rule) : store_(store), rule_(rule) {}
  virtual ~Source() = default;

  // The days on which it has something, ascending.
  virtual Result<std::vector<DayNumber>> Days() = 0;
  virtual Status Read(DayNumber day, std::vector<MatchItem>& items) = 0;

 protected:
  const ReadStore& store_;
  const MatchRule& rule_;
};

std::unordered_set<Sequence> TakenMovements(const ReadStore& store, const MatchRule& rule) {
  std::unordered_set<Sequence> taken;
  store.Scan(kTakenMovements, {}, [&](std::string_view key, std::string_view) {
    KeyReader reader(key, kTakenMovements);
    const Sequence movement = reader.Number();
    const std::string under = reader.Text();
    if (under.empty() || under == rule.name) taken.insert(movement);
    return true;
  });
  return taken;
}

// The movements of a participant, by book date; those that are still open with the last.
class Movements final : public Source {
 public:
  using Source::Source;

  Result<std::vector<DayNumber>> Days() override {
    std::vector<DayNumber> days = DatesWithLines(store_, rule_.participant);
    const auto applied = ReadApplied(store_);
    if (!applied.ok()) return applied.error();
    last_ = applied->book_date;
    if (days.empty() || days.back() < last_) days.push_back(last_);
    return days;
  }

  Status Read(DayNumber day, std::vector<MatchItem>& items) override {
    RETURN_IF_ERROR(VisitLines(store_, day, rule_.participant, [&](const ReconciliationLine& line) {
      if (!Takes(line.scenario, line.channel, line.type, line.event)) return Ok();
      MatchItem& item = items.emplace_back();
      Fill(item, line.event, line.type, line.payer_bank, line.payee_bank, line.amount,
           line.clearing_date, line.event_time);
      item.outcome = schema::Outcome::SUCCEEDED;
      item.reference = std::string_view(line.channel_reference);
      item.order_key = std::string_view(line.order_key);
      item.batch = std::string_view(line.batch);
      return Ok();
    }));
    return day == last_ ? ReadOpen(items) : Ok();
  }

 private:
  bool Takes(schema::Scenario scenario, std::string_view channel, LineType type,
             Sequence movement) const {
    return rule_.TakesScenario(scenario) && rule_.TakesChannel(channel) &&
           rule_.TakesKind(KindOf(type)) && !taken_.contains(movement);
  }
  void Fill(MatchItem& item, Sequence movement, LineType type, std::string_view payer,
            std::string_view payee, const Money& amount, DayNumber clearing_date,
            Nanos occurred_at) const {
    item.ours = true;
    item.sequence = movement;
    item.kind = KindOf(type);
    item.direction = DirectionOf(rule_.participant, payer, payee, type);
    item.currency = amount.currency;
    item.minor = amount.minor;
    item.occurred_at = occurred_at;
    item.day = clearing_date != 0 ? clearing_date : rule_.DayOf(occurred_at);
  }
  Status ReadOpen(std::vector<MatchItem>& items) {
    const auto all = OpenMovements(store_);
    if (!all.ok()) return all.error();
    for (const OpenMovement& open : *all) {
      if (open.payer_bank != rule_.participant && open.payee_bank != rule_.participant) continue;
      if (!Takes(open.scenario, open.channel, open.type, open.movement)) continue;
      MatchItem& item = items.emplace_back();
      Fill(item, open.movement, open.type, open.payer_bank, open.payee_bank, open.amount,
           open.clearing_date, open.event_time);
      item.outcome = open.outcome;
      item.reference = std::string_view(open.channel_reference);
      item.order_key = std::string_view(open.order_key);
    }
    return Ok();
  }

  const std::unordered_set<Sequence> taken_ = TakenMovements(store_, rule_);
  DayNumber last_ = 0;
};

// The postings of an account, as its owner sees them.
class Postings final : public Source {
 public:
  Postings(const ReadStore& store, const MatchRule& rule, schema::AccountKind kind,
           Currency currency)
      : Source(store, rule), asset_(IsAsset(kind)), currency_(currency) {}

  Result<std::vector<DayNumber>> Days() override {
    const auto lines = LinesOf(store_, rule_.account);
    if (!lines.ok()) return lines.error();
    std::vector<DayNumber> days;
    for (const StatementLine& line : *lines) {
      MatchItem item;
      item.ours = true;
      item.posting = true;
      item.sequence = line.sequence;
      item.line = line.index;
      item.occurred_at = line.occurred_at;
      item.day = rule_.DayOf(line.occurred_at);
      const bool up = (line.amount > 0) != asset_;
      item.direction = up ? Direction::CREDIT : Direction::DEBIT;
      item.currency = currency_;
      item.minor = line.amount < 0 ? -line.amount : line.amount;
      item.outcome = schema::Outcome::SUCCEEDED;
      item.order_key = std::string_view(line.key);
      if (line.amount == 0) continue;
      if (days.empty() || days.back() != line.book_date) days.push_back(line.book_date);
      by_day_[line.book_date].push_back(std::move(item));
    }
    return days;
  }

  Status Read(DayNumber day, std::vector<MatchItem>& items) override {
    const auto found = by_day_.find(day);
    if (found == by_day_.end()) return Ok();
    items.insert(items.end(), std::make_move_iterator(found->second.begin()),
                 std::make_move_iterator(found->second.end()));
    by_day_.erase(found);
    return Ok();
  }

 private:
  const bool asset_;
  const Currency currency_;
  std::map<DayNumber, std::vector<MatchItem>> by_day_;
};

// The lines of an issuer's complete files.
class Lines final : public Source {
 public:
  // The files outlive what is read of them.
  Lines(const ReadStore& store, const MatchRule& rule, const std::vector<StatementFile>& files)
      : Source(store, rule) {
    for (const StatementFile& file : files) {
      channels_.insert(file.channel);
      files_.emplace(file.key, &file);
    }
  }

  Result<std::vector<DayNumber>> Days() override {
    std::set<DayNumber> days;
    for (const std::string& channel : channels_) {
      const KeyWriter prefix = std::move(KeyWriter(kFiledLines).Text(rule_.issuer).Text(channel));
      std::string after;
      while (true) {
        std::optional<DayNumber> day;
        store_.Scan(prefix, after, [&](std::string_view key, std::string_view) {
          KeyReader reader(key, prefix);
          day = reader.Date();
          return false;
        });
        if (!day) break;
        days.insert(*day);
        after = std::move(KeyWriter(prefix).Date(*day)).bytes() + '\xff';
      }
    }
    return std::vector<DayNumber>(days.begin(), days.end());
  }

  Status Read(DayNumber day, std::vector<MatchItem>& items) override {
    for (const std::string& channel : channels_) RETURN_IF_ERROR(ReadChannel(channel, day, items));
    return Ok();
  }

 private:
  Status ReadChannel(std::string_view channel, DayNumber day, std::vector<MatchItem>& items) {
    const KeyWriter prefix =
        std::move(KeyWriter(kFiledLines).Text(rule_.issuer).Text(channel).Date(day));
    Status status = Ok();
    FiledLine stored;
    store_.Scan(prefix, {}, [&](std::string_view key, std::string_view value) {
      KeyReader reader(key, prefix);
      const auto file = files_.find(reader.Text());
      const auto row = static_cast<uint32_t>(reader.Number());
      if (!reader.done()) status = CorruptKey();
      if (!status.ok() || file == files_.end()) return status.ok();
      ValueReader values(value);
      while (!values.done()) {
        values(stored);
        if (!values.ok()) {
          status = Error{Code::CORRUPT, "", "a stored value cannot be read"};
          return false;
        }
        Add(*file->second, row * kLinesOfRow + stored.offset, day, stored, items);
      }
      return true;
    });
    return status;
  }

  void Add(const StatementFile& file, uint32_t number, DayNumber day, const FiledLine& stored,
           std::vector<MatchItem>& items) const {
    if (taken_.contains({file.key, number})) return;
    MatchItem& item = items.emplace_back();
    item.sequence = stored.sequence;
    item.line = number;
    item.file = file.key;
    item.day = day;
    item.occurred_at = stored.occurred_at;
    item.direction = stored.direction;
    item.kind = stored.kind;
    item.outcome = stored.outcome;
    item.currency = file.currency;
    item.minor = stored.minor;
    item.fee = stored.fee;
    item.reference = stored.reference.view();
    item.order_key = stored.order_key.view();
    item.status = stored.status.view();
  }

  std::set<std::pair<std::string, uint32_t>> Taken() const {
    std::set<std::pair<std::string, uint32_t>> taken;
    store_.Scan(kTakenLines, {}, [&](std::string_view key, std::string_view) {
      KeyReader reader(key, kTakenLines);
      std::string file = reader.Text();
      taken.emplace(std::move(file), static_cast<uint32_t>(reader.Number()));
      return true;
    });
    return taken;
  }

  std::set<std::string> channels_;
  std::map<std::string_view, const StatementFile*> files_;
  const std::set<std::pair<std::string, uint32_t>> taken_ = Taken();
};

// Complete files of the rule's issuer, channels and statement accounts that count.
Result<std::vector<StatementFile>> FilesOf(const ReadStore& store, const MatchRule& rule) {
  auto files = StatementFiles(store);
  if (!files.ok()) return files;
  std::erase_if(*files, [&rule](const StatementFile& file) {
    const bool of_rule = file.issuer == rule.issuer && rule.TakesChannel(file.channel) &&
                         rule.TakesStatement(file.account);
    return !file.complete() || file.withdrawn != 0 || !of_rule;
  });
  return files;
}

// An intraday report and a notification say what happened, not that nothing else did.
bool SaysAll(const StatementFile& file) {
  return file.format != "camt.052" && file.format != "camt.054";
}

// A line of an order of ours that was not paid is adjusted; of any other, nobody knows whose it is.
void SuggestAdjustments(const ReadStore& store, const MatchRule& rule, MatchResult& result) {
  for (Break& each : result.breaks) {
    if (each.kind != BreakKind::kLong) continue;
    const MatchItem& line = each.theirs.front();
    if (UnpaidOrderOf(store, rule, line)) each.suggestion = Suggestion::kAdjust;
  }
}

// The last decision to wait that names an item of each break.
Result<std::vector<ItemDecision>> WaitsOf(const ReadStore& store, const MatchResult& result) {
  const auto decisions = ItemDecisions(store);
  if (!decisions.ok()) return decisions.error();
  std::map<std::string, const ItemDecision*> waits;
  for (const ItemDecision& each : *decisions) {
    if (each.kind != schema::ResolutionKind::WAITING) continue;
    for (const std::string& item : each.items) waits[item] = &each;
  }
  std::vector<ItemDecision> of_breaks(result.breaks.size());
  if (waits.empty()) return of_breaks;
  for (size_t i = 0; i < of_breaks.size(); ++i) {
    for (const auto* items : {&result.breaks[i].ours, &result.breaks[i].theirs}) {
      for (const MatchItem& item : *items) {
        const auto found = waits.find(NameOf(item));
        if (found == waits.end()) continue;
        if (found->second->sequence > of_breaks[i].sequence) of_breaks[i] = *found->second;
      }
    }
  }
  return of_breaks;
}

Result<std::unique_ptr<Source>> OursOf(const ReadStore& store, const MatchRule& rule) {
  if (rule.account.empty())
    return std::unique_ptr<Source>(std::make_unique<Movements>(store, rule));
  const auto balance = FindBalance(store, rule.account);
  if (!balance.ok()) return balance.error();
  return std::unique_ptr<Source>(std::make_unique<Postings>(store, rule, balance->state.kind,
                                                            balance->state.balance.currency));
}

// Gives a matching the items of both sides, day by day: those of the next day are read while it has
// to do with one.
class DaysAhead {
 public:
  DaysAhead(Source& ours, Source& theirs, const std::set<DayNumber>& days)
      : ours_(ours), theirs_(theirs), next_(days.begin()), end_(days.end()) {
    Begin();
  }

  bool done() const { return !reading_.valid(); }
  Result<DayNumber> MoveTo(Matching& matching) {
    RETURN_IF_ERROR(reading_.get());
    const DayNumber day = day_;
    Move(our_items_, matching.ours());
    Move(their_items_, matching.theirs());
    Begin();
    return day;
  }

 private:
  void Begin() {
    if (next_ == end_) return;
    day_ = *next_++;
    reading_ = std::async(std::launch::async, [this]() -> Status {
      RETURN_IF_ERROR(ours_.Read(day_, our_items_));
      return theirs_.Read(day_, their_items_);
    });
  }
  // Both keep the room they have, for the days that follow.
  static void Move(std::vector<MatchItem>& read, std::vector<MatchItem>& open) {
    open.insert(open.end(), std::make_move_iterator(read.begin()),
                std::make_move_iterator(read.end()));
    read.clear();
  }

  Source& ours_;
  Source& theirs_;
  std::set<DayNumber>::const_iterator next_;
  const std::set<DayNumber>::const_iterator end_;
  DayNumber day_ = 0;
  std::vector<MatchItem> our_items_;
  std::vector<MatchItem> their_items_;
  std::future<Status> reading_;  // waits in its destructor
};

}  // namespace

std::string_view ResolutionKindName(schema::ResolutionKind kind) {
  switch (kind) {
    case schema::ResolutionKind::MATCHED:
      return "matched";
    case schema::ResolutionKind::ADJUSTED:
      return "adjusted";
    case schema::ResolutionKind::WRITTEN_OFF:
      return "written_off";
    case schema::ResolutionKind::SUSPENDED:
      return "suspended";
    case schema::ResolutionKind::WAITING:
      return "waiting";
    case schema::ResolutionKind::WITHDRAWN:
      return "withdrawn";
  }
  return "";
}

Result<std::vector<MatchRule>> MatchRules(const ReadStore& store) {
  return ReadAll<MatchRule>(
      store, kRules, {}, SIZE_MAX,
      [](std::string_view, std::string_view value) { return Decode<MatchRule>(value); });
}

Result<MatchRule> FindMatchRule(const ReadStore& store, std::string_view name) {
  return Read<MatchRule>(store, KeyWriter(kRules).Text(name), "such matching rule");
}

Result<std::vector<StatementFile>> StatementFiles(const ReadStore& store) {
  return ReadAll<StatementFile>(
      store, kFiles, {}, SIZE_MAX,
      [](std::string_view, std::string_view value) { return Decode<StatementFile>(value); });
}

Result<StatementFile> FindStatementFile(const ReadStore& store, std::string_view key) {
  return Read<StatementFile>(store, KeyWriter(kFiles).Text(key), "such statement file");
}

Result<std::vector<ItemDecision>> ItemDecisions(const ReadStore& store, Sequence after,
                                                size_t limit) {
  const std::string from =
      after == 0 ? std::string() : std::move(KeyWriter(kDecisions).Number(after)).bytes();
  return ReadAll<ItemDecision>(
      store, kDecisions, from, limit,
      [](std::string_view, std::string_view value) { return Decode<ItemDecision>(value); });
}

std::optional<UnpaidOrder> UnpaidOrderOf(const ReadStore& store, const MatchRule& rule,
                                         const MatchItem& line) {
  if (line.order_key.empty() || line.direction != Direction::CREDIT) return std::nullopt;
  constexpr auto kLast = static_cast<uint16_t>(schema::Scenario::TAKEOUT);
  for (auto each = uint16_t{0}; each <= kLast; ++each) {
    const auto scenario = static_cast<schema::Scenario>(each);
    if (!rule.TakesScenario(scenario)) continue;
    const auto order = FindOrder(store, scenario, line.order_key);
    if (!order.ok()) continue;
    const OrderState& state = order->state;
    const auto payee = FindBalance(store, state.payee.text());
    const bool ours = payee.ok() && payee->state.participant == rule.participant;
    const bool unpaid = state.paid == 0 && state.in_flight == 0;
    const bool same = state.amount == Money{line.Signed(rule), line.currency};
    if (ours && unpaid && same) return UnpaidOrder{scenario, state};
  }
  return std::nullopt;
}

Result<MatchReading> MatchOf(const ReadStore& store, std::string_view name, MatchVisitor* visitor) {
  auto rule = FindMatchRule(store, name);
  if (!rule.ok()) return rule.error();
  const auto applied = ReadApplied(store);
  if (!applied.ok()) return applied.error();
  auto files = FilesOf(store, *rule);
  if (!files.ok()) return files.error();

  MatchReading reading{.rule = std::move(*rule), .result = {}, .waits = {}};
  reading.files = std::move(*files);
  MatchCoverage& coverage = reading.coverage;
  coverage.ours_until = applied->recorded_at;
  for (const StatementFile& file : reading.files) {
    if (SaysAll(file)) coverage.days.emplace_back(file.from, file.to);
  }
  std::ranges::sort(coverage.days);
  reading.today = reading.rule.DayOf(applied->recorded_at);

  auto ours = OursOf(store, reading.rule);
  if (!ours.ok()) return ours.error();
  Lines theirs(store, reading.rule, reading.files);
  std::set<DayNumber> days;
  for (Source* source : {ours->get(), static_cast<Source*>(&theirs)}) {
    const auto of_source = source->Days();
    if (!of_source.ok()) return of_source.error();
    days.insert(of_source->begin(), of_source->end());
  }
  Matching matching(reading.rule, coverage, visitor);
  for (DaysAhead ahead(**ours, theirs, days); !ahead.done();) {
    const auto day = ahead.MoveTo(matching);
    if (!day.ok()) return day.error();
    matching.Day(*day);
  }
  reading.result = matching.Finish();
  SuggestAdjustments(store, reading.rule, reading.result);
  auto waits = WaitsOf(store, reading.result);
  if (!waits.ok()) return waits.error();
  reading.waits = std::move(*waits);
  return reading;
}

}  // namespace longmen::projections
