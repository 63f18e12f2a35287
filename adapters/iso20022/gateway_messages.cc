#include "adapters/iso20022/gateway_messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "adapters/files/file_writer.h"
#include "adapters/files/naming.h"
#include "adapters/iso20022/values.h"
#include "projections/calendar/calendar.h"
#include "projections/journal/journal.h"
#include "projections/store/applied.h"

namespace longmen::adapters::iso20022 {
namespace {

using projections::LineType;
using projections::ReadStore;
using Line = projections::ReconciliationLine;

constexpr size_t kScopeInIdMax = 20;

bool IsPayment(const Line& line) { return line.type == LineType::kPay; }
bool IsGivenBack(const Line& line) {
  return line.type == LineType::kRefund || line.type == LineType::kReturn ||
         line.type == LineType::kReversal;
}

// What one message is made of.
struct Subject {
  std::string name;  // of the cycle, or the date
  ExportRange range;
  std::vector<Line> lines;
};

// A day's lines of a scenario; none where nothing was booked.
Result<std::vector<Line>> LinesOf(const ReadStore& store, schema::Scenario scenario,
                                  DayNumber day) {
  auto found = projections::ReconciliationOf(store, {scenario, day, "", ""});
  if (!found.ok()) return found.error();
  return std::move(found->lines);
}

Result<Subject> SubjectOfCycle(const ReadStore& store, const MessageScope& scope) {
  const auto positions = projections::PositionsOf(store, scope.cycle);
  if (!positions.ok()) return positions.error();
  const auto range = ResolveRange(store, RangeOfCycle(*positions));
  if (!range.ok()) return range.error();
  const auto applied = projections::ReadApplied(store);
  if (!applied.ok()) return applied.error();
  Subject subject{.name = scope.cycle, .range = *range, .lines = {}};
  // Items that an aborted cycle handed on were booked before this one was opened.
  const Sequence first = positions->carried.empty() ? range->first : 1;
  for (DayNumber day = applied->book_date;; --day) {
    auto lines = LinesOf(store, scope.scenario, day);
    if (!lines.ok()) return lines.error();
    for (Line& line : *lines) {
      if (line.batch == scope.cycle) subject.lines.push_back(std::move(line));
    }
    const auto begins = projections::FirstOfDate(store, day);
    if (!begins || *begins <= first) break;
  }
  return subject;
}

Result<Subject> SubjectOfDate(const ReadStore& store, const MessageScope& scope) {
  auto day = projections::ReconciliationOf(store, {scope.scenario, scope.date, "", ""});
  if (!day.ok()) return day.error();
  Subject subject{.name = FormatDate(scope.date),
                  .range = {day->range.first, day->range.last},
                  .lines = std::move(day->lines)};
  std::erase_if(subject.lines, [](const Line& line) { return line.batch.empty(); });
  return subject;
}

// In the order of their booking.
Result<Subject> ReadSubject(const ReadStore& store, const MessageScope& scope,
                            bool (*wanted)(const Line&)) {
  auto subject = scope.cycle.empty() ? SubjectOfDate(store, scope) : SubjectOfCycle(store, scope);
  if (!subject.ok()) return subject.error();
  std::erase_if(subject->lines, [&](const Line& line) {
    return !wanted(line) || (!scope.participant.empty() && line.payer_bank != scope.participant);
  });
  std::ranges::sort(subject->lines, {},
                    [](const Line& line) { return std::pair(line.booked, line.event); });
  return subject;
}

std::string NumberOf(const Line& line) {
  return line.channel_reference.empty() ? fmt::format("M{}", line.event)
                                        : Reference(line.channel_reference);
}

DayNumber SettlementDateOf(const Line& line) {
  return line.clearing_date != 0 ? line.clearing_date : line.book_date;
}

// The accounts that a movement between two banks debited and credited: of each bank the posting
// that is not its clearing account's.
struct Accounts {
  std::string from;
  std::string to;
  Nanos recorded_at = 0;
};

Result<Accounts> AccountsOf(projections::JournalReader& journal, const Line& line) {
  const auto entry = journal.At(line.booked);
  if (!entry.ok()) return entry.error();
  Accounts accounts{.recorded_at = (*entry)->recorded_at};
  for (const Posting& posting : (*entry)->postings) {
    const int64_t minor = posting.amount.minor;
    if (accounts.from.empty() && posting.participant == line.payer_bank && minor < 0) {
      accounts.from = posting.account.text();
    }
    if (posting.participant == line.payee_bank && minor > 0) accounts.to = posting.account.text();
  }
  return accounts;
}

std::string AccountName(const Mapping& mapping, const std::string& account) {
  return Reference(mapping.ExternalOf(account), kAccountLettersMax);
}

CreditTransfer TransferOf(const Line& line, const Accounts& accounts, const Mapping& mapping) {
  return {.instruction = fmt::format("{}", line.event),
          .end_to_end = Reference(line.order_key),
          .transaction = NumberOf(line),
          .cycle = Reference(line.batch),
          .amount = line.amount,
          .settlement_date = SettlementDateOf(line),
          .accepted = line.event_time,
          .debtor = accounts.from,
          .debtor_account = AccountName(mapping, accounts.from),
          .debtor_agent = Reference(mapping.AgentOf(line.payer_bank)),
          .creditor = accounts.to,
          .creditor_account = AccountName(mapping, accounts.to),
          .creditor_agent = Reference(mapping.AgentOf(line.payee_bank))};
}

// The debits that refunds give back, looked for on the day of the refund and before it.
class Originals {
 public:
  Originals(const ReadStore& store, schema::Scenario scenario)
      : store_(store), scenario_(scenario) {}

  // Null where no line of the scenario is the debit.
  Result<const Line*> Find(const Line& refund) {
    for (DayNumber day = refund.book_date; !lines_.contains(refund.original); --day) {
      RETURN_IF_ERROR(Read(day));
      const auto begins = projections::FirstOfDate(store_, day);
      if (!begins || *begins <= refund.original) break;
    }
    const auto found = lines_.find(refund.original);
    return found == lines_.end() ? nullptr : &found->second;
  }

 private:
  Status Read(DayNumber day) {
    if (!days_.insert(day).second) return Ok();
    auto lines = LinesOf(store_, scenario_, day);
    if (!lines.ok()) return lines.error();
    for (Line& line : *lines) {
      if (IsPayment(line)) lines_.emplace(line.event, std::move(line));
    }
    return Ok();
  }

  const ReadStore& store_;
  const schema::Scenario scenario_;
  std::unordered_map<Sequence, Line> lines_;
  std::set<DayNumber> days_;  // that were read
};

PaymentReturn ReturnOf(const Line& line, const Line* original) {
  PaymentReturn back{.id = NumberOf(line),
                     .end_to_end = Reference(line.order_key),
                     .transaction = fmt::format("M{}", line.original),
                     .amount = line.amount,
                     .settlement_date = SettlementDateOf(line),
                     .cycle = Reference(line.batch),
                     .reason = line.type == LineType::kReturn ? "MS03" : "CUST"};
  if (original == nullptr) return back;
  back.transaction = NumberOf(*original);
  back.original_cycle = Reference(original->batch);
  back.original_amount = original->amount;
  back.original_settlement_date = SettlementDateOf(*original);
  return back;
}

PacsHeader HeaderOf(const char* kind, const Subject& subject, const MessageScope& scope) {
  const std::string about =
      scope.participant.empty() ? subject.name : subject.name + "+" + scope.participant;
  return {.id = fmt::format("{}-{}-{}", kind, Reference(about, kScopeInIdMax), subject.range.last)};
}

std::string NameOf(const char* what, const Subject& subject, const MessageScope& scope) {
  std::string name = fmt::format("{}-{}", what, FileNamePart(subject.name));
  if (!scope.participant.empty()) name += "-" + FileNamePart(scope.participant);
  return ExportName(name, subject.range.first, subject.range.last, "xml");
}

}  // namespace

Result<ExportedFile> SaveMessage(const std::string& bytes, const std::string& directory,
                                 const std::string& name, uint64_t transactions,
                                 const ExportRange& range) {
  auto file = FileWriter::Create(directory, name);
  if (!file.ok()) return file.error();
  file->Write(bytes);
  ExportedFile exported{.path = {},
                        .name = name,
                        .rows = transactions,
                        .first = range.first,
                        .last = range.last,
                        .sha256 = file->Seal()};
  auto path = file->Finish();
  if (!path.ok()) return path.error();
  exported.path = *std::move(path);
  return exported;
}

Result<std::vector<ExportedFile>> ExportCreditTransfers(const ReadStore& store,
                                                        const std::string& directory,
                                                        const MessageScope& scope,
                                                        const Mapping& mapping) {
  const auto subject = ReadSubject(store, scope, IsPayment);
  if (!subject.ok()) return subject.error();
  if (subject->lines.empty()) return std::vector<ExportedFile>{};
  CreditTransfers message{.header = HeaderOf("P8", *subject, scope)};
  projections::JournalReader journal(store);
  for (const Line& line : subject->lines) {
    const auto accounts = AccountsOf(journal, line);
    if (!accounts.ok()) return accounts.error();
    message.header.created = std::max(message.header.created, accounts->recorded_at);
    message.transfers.push_back(TransferOf(line, *accounts, mapping));
  }
  auto file =
      SaveMessage(WriteCreditTransfers(message), directory, NameOf("pacs008", *subject, scope),
                  message.transfers.size(), subject->range);
  if (!file.ok()) return file.error();
  return std::vector<ExportedFile>{*std::move(file)};
}

Result<std::vector<ExportedFile>> ExportPaymentReturns(const ReadStore& store,
                                                       const std::string& directory,
                                                       const MessageScope& scope, const Mapping&) {
  const auto subject = ReadSubject(store, scope, IsGivenBack);
  if (!subject.ok()) return subject.error();
  if (subject->lines.empty()) return std::vector<ExportedFile>{};
  PaymentReturns message{.header = HeaderOf("P4", *subject, scope)};
  projections::JournalReader journal(store);
  Originals originals(store, scope.scenario);
  for (const Line& line : subject->lines) {
    const auto accounts = AccountsOf(journal, line);
    if (!accounts.ok()) return accounts.error();
    const auto original = originals.Find(line);
    if (!original.ok()) return original.error();
    message.header.created = std::max(message.header.created, accounts->recorded_at);
    message.returns.push_back(ReturnOf(line, *original));
  }
  auto file =
      SaveMessage(WritePaymentReturns(message), directory, NameOf("pacs004", *subject, scope),
                  message.returns.size(), subject->range);
  if (!file.ok()) return file.error();
  return std::vector<ExportedFile>{*std::move(file)};
}

}  // namespace longmen::adapters::iso20022
