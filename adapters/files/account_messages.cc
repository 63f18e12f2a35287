// An account's ISO 20022 messages: camt.053.001.08, the statement of days that are over;
// camt.052.001.08, the report of the last day as far as it has come; camt.054.001.08, the entries
// of some days without balances.
//
// They are seen from the account's owner: what the owner has there, and what comes in, is CRDT. In
// the ledger, credit is what the participant owes, so that a customer's, a merchant's or a wallet's
// account has the ledger's sign. Money that the participant itself has elsewhere (kinds mirror and
// settlement) is negative in the ledger, and its owner is the participant: there the sign is turned
// round, and the header says so. Either way opening + credits - debits = closing.
//
// The entries are read twice, for their sums and to be written, so that memory does not grow with
// the message.
#include "adapters/files/iso_message.h"
#include "adapters/files/naming.h"
#include "events/base/write_time.h"
#include "projections/balances/balances.h"
#include "projections/calendar/calendar.h"
#include "projections/statements/statements.h"
#include "projections/store/applied.h"

namespace longmen::adapters {
namespace {

using projections::AccountStatement;
using projections::ReadStore;
using projections::StatementLine;

constexpr size_t kIdMax = 31;               // behind "C53-"
constexpr size_t kAccountMax = 34;          // Max34Text
constexpr size_t kNameMax = 70;             // Max70Text
constexpr const char* kIssuer = "longmen";  // of the codes of transactions

struct Form {
  const char* file;  // how files' names begin
  const char* id;    // how ids begin
  const char* name_space;
  const char* message;
  const char* item;
  const char* closing;  // the code of the balance at the end; none: no balances
};
constexpr Form kStatement{"camt053",       "C53-", "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08",
                          "BkToCstmrStmt", "Stmt", "CLBD"};
constexpr Form kReport{"camt052",          "C52-", "urn:iso:std:iso:20022:tech:xsd:camt.052.001.08",
                       "BkToCstmrAcctRpt", "Rpt",  "ITBD"};
constexpr Form kNotification{
    "camt054", "C54-", "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08", "BkToCstmrDbtCdtNtfctn",
    "Ntfctn",  nullptr};

// What a message says, with all that it needs before its entries.
struct Subject {
  AccountStatement statement;  // as the ledger has it
  schema::AccountKind kind = schema::AccountKind::CUSTOMER;
  bool turned = false;  // the owner's view is the ledger's with the other sign
  Nanos created = 0;
  std::string id;
  uint64_t credit_count = 0;  // as the owner sees them
  uint64_t debit_count = 0;
  int64_t credits = 0;
  int64_t debits = 0;
  int64_t total = 0;  // of both
  int64_t opening = 0;
  int64_t closing = 0;
};

bool IsParticipantsOwn(schema::AccountKind kind) {
  return kind == schema::AccountKind::MIRROR || kind == schema::AccountKind::SETTLEMENT;
}

std::string_view DirectionOf(int64_t minor) { return minor < 0 ? "DBIT" : "CRDT"; }

Status Take(__int128 minor, const AccountStatement& statement, int64_t& to) {
  const auto amount = IsoAmount(minor, statement.currency, statement.account);
  if (!amount.ok()) return amount.error();
  to = *amount;
  return Ok();
}

// Amounts that a message cannot hold are refused before a file is begun.
Status AddUp(const ReadStore& store, Subject& subject) {
  AccountStatement read = subject.statement;
  Status fit = Ok();
  RETURN_IF_ERROR(projections::EachStatementLine(store, read, [&](const StatementLine& line) {
    ++((line.amount < 0) == subject.turned ? subject.credit_count : subject.debit_count);
    int64_t amount = 0;
    fit = Take(line.amount, read, amount);
    return fit.ok();
  }));
  RETURN_IF_ERROR(fit);
  const int sign = subject.turned ? -1 : 1;
  RETURN_IF_ERROR(Take(sign * static_cast<__int128>(read.opening), read, subject.opening));
  RETURN_IF_ERROR(Take(sign * static_cast<__int128>(read.closing), read, subject.closing));
  const WideSum& credits = subject.turned ? read.debits : read.credits;
  const WideSum& debits = subject.turned ? read.credits : read.debits;
  RETURN_IF_ERROR(Take(credits.value(), read, subject.credits));
  RETURN_IF_ERROR(Take(debits.value(), read, subject.debits));
  return Take(credits.value() + debits.value(), read, subject.total);
}

// The days, and where more may come for the last of them also as far as which record.
std::string IdOf(const Form& form, const AccountStatement& statement) {
  std::string id = fmt::format("{}-{}", statement.account, FormatBasicDate(statement.from));
  if (statement.to != statement.from) id += "-" + FormatBasicDate(statement.to);
  if (!statement.range.complete) id += fmt::format("-{}", statement.range.last);
  return form.id + Abbreviated(id, kIdMax);
}

Result<Subject> ReadSubject(const ReadStore& store, const Form& form, std::string_view account,
                            DayNumber from, DayNumber until) {
  auto statement = projections::OpenStatement(store, account, from, until);
  if (!statement.ok()) return statement.error();
  const auto state = projections::FindBalance(store, account);
  if (!state.ok()) return state.error();
  const auto created = LastMovement(store, statement->range.last);
  if (!created.ok()) return created.error();
  Subject subject;
  subject.kind = state->state.kind;
  subject.turned = IsParticipantsOwn(subject.kind);
  subject.created = *created;
  subject.id = IdOf(form, *statement);
  subject.statement = std::move(statement).value();
  RETURN_IF_ERROR(AddUp(store, subject));
  return subject;
}

void PutHeader(XmlWriter& xml, const Subject& subject) {
  const XmlElement header(xml, "GrpHdr");
  xml.Put("MsgId", subject.id);
  xml.Put("CreDtTm", IsoInstant(subject.created));
  const std::string& participant = subject.statement.participant;
  const std::string kind = projections::EnumName(subject.kind);
  xml.Put("AddtlInf",
          subject.turned
              ? fmt::format("kind {}: CRDT is what {} has there, which the ledger has as negative",
                            kind, participant)
              : fmt::format("kind {}: CRDT is what {} owes, as in the ledger", kind, participant));
}

void PutAccount(XmlWriter& xml, const Subject& subject) {
  const AccountStatement& statement = subject.statement;
  const XmlElement account(xml, "Acct");
  xml.PutIn({"Id", "Othr", "Id"}, Abbreviated(statement.account, kAccountMax));
  xml.Put("Ccy", statement.currency.alphabetic());
  xml.Put("Nm", Abbreviated(statement.account, kNameMax));
  if (subject.turned) {
    xml.PutIn({"Ownr", "Nm"}, statement.participant);
  } else {
    xml.PutIn({"Svcr", "FinInstnId", "Othr", "Id"}, statement.participant);
  }
}

void PutBalance(XmlWriter& xml, std::string_view code, int64_t minor, DayNumber date,
                Currency currency) {
  const XmlElement balance(xml, "Bal");
  xml.PutIn({"Tp", "CdOrPrtry", "Cd"}, code);
  PutAmount(xml, "Amt", minor, currency);
  xml.Put("CdtDbtInd", DirectionOf(minor));
  xml.PutIn({"Dt", "Dt"}, FormatDate(date));
}

void PutCountAndSum(XmlWriter& xml, uint64_t count, int64_t sum, Currency currency) {
  xml.Put("NbOfNtries", fmt::format("{}", count));
  xml.Put("Sum", FormatMinor(sum, currency));
}

void PutSummary(XmlWriter& xml, const Subject& subject) {
  const Currency currency = subject.statement.currency;
  const int64_t net = subject.credits - subject.debits;
  const XmlElement summary(xml, "TxsSummry");
  {
    const XmlElement all(xml, "TtlNtries");
    PutCountAndSum(xml, subject.credit_count + subject.debit_count, subject.total, currency);
    const XmlElement of_all(xml, "TtlNetNtry");
    xml.Put("Amt", FormatMinor(net < 0 ? -net : net, currency));
    xml.Put("CdtDbtInd", DirectionOf(net));
  }
  {
    const XmlElement credits(xml, "TtlCdtNtries");
    PutCountAndSum(xml, subject.credit_count, subject.credits, currency);
  }
  const XmlElement debits(xml, "TtlDbtNtries");
  PutCountAndSum(xml, subject.debit_count, subject.debits, currency);
}

// A key that is longer than an end-to-end id may be is a remark.
void PutKey(XmlWriter& xml, const std::string& key) {
  if (key.empty()) return;
  const XmlElement details(xml, "NtryDtls");
  const XmlElement transaction(xml, "TxDtls");
  if (key.size() <= kIsoTextMax) {
    xml.PutIn({"Refs", "EndToEndId"}, key);
  } else {
    xml.Put("AddtlTxInf", key);
  }
}

void PutEntry(XmlWriter& xml, const Subject& subject, const StatementLine& line) {
  char text[64];
  const auto written = [&](char* end) { return std::string_view(text, end); };
  const XmlElement entry(xml, "Ntry");
  xml.Put("NtryRef", written(fmt::format_to(text, "{}-{}", line.sequence, line.index)));
  PutAmount(xml, "Amt", line.amount, subject.statement.currency);
  xml.Put("CdtDbtInd", (line.amount < 0) == subject.turned ? "CRDT" : "DBIT");
  xml.PutIn({"Sts", "Cd"}, "BOOK");
  xml.PutIn({"BookgDt", "Dt"}, written(WriteDate(text, line.book_date)));
  xml.PutIn({"ValDt", "Dt"}, written(WriteDate(text, line.book_date)));
  {
    const XmlElement code(xml, "BkTxCd");
    const XmlElement proprietary(xml, "Prtry");
    xml.Put("Cd", projections::BodyName(line.body));
    xml.Put("Issr", kIssuer);
  }
  PutKey(xml, line.key);
}

Status WriteItem(const ReadStore& store, const Form& form, const Subject& subject, XmlWriter& xml,
                 const ExportTo& to) {
  AccountStatement read = subject.statement;
  const XmlElement item(xml, form.item);
  xml.Put("Id", subject.id);
  xml.Put("CreDtTm", IsoInstant(subject.created));
  {
    // Days of the ledger's own offset, which the standard leaves unsaid too.
    const XmlElement days(xml, "FrToDt");
    xml.Put("FrDtTm", FormatDate(read.from) + "T00:00:00");
    xml.Put("ToDtTm", FormatDate(read.to) + "T23:59:59");
  }
  PutAccount(xml, subject);
  if (form.closing != nullptr) {
    PutBalance(xml, "OPBD", subject.opening, read.from, read.currency);
    PutBalance(xml, form.closing, subject.closing, read.to, read.currency);
  }
  PutSummary(xml, subject);
  uint64_t rows = 0;
  return projections::EachStatementLine(store, read, [&](const StatementLine& line) {
    PutEntry(xml, subject, line);
    if (++rows % kProgressRows == 0 && to.progress) to.progress(rows);
    return true;
  });
}

Result<ExportedFile> Export(const ReadStore& store, const ExportTo& to, const Form& form,
                            std::string_view account, DayNumber from, DayNumber until) {
  const auto subject = ReadSubject(store, form, account, from, until);
  if (!subject.ok()) return subject.error();
  const auto& range = subject->statement.range;
  auto file = IsoFile::Create(to,
                              fmt::format("{}-{}-{}-{}", form.file, FileNamePart(account),
                                          FormatBasicDate(from), FormatBasicDate(until)),
                              range.first, range.last);
  if (!file.ok()) return file.error();
  {
    IsoDocument document(file->file, form.name_space, form.message);
    PutHeader(document.xml(), *subject);
    RETURN_IF_ERROR(WriteItem(store, form, *subject, document.xml(), to));
  }
  return file->Finish(subject->credit_count + subject->debit_count);
}

}  // namespace

Result<ExportedFile> ExportCamt053(const ReadStore& store, const ExportTo& to,
                                   std::string_view account, DayNumber from, DayNumber until) {
  const auto range = projections::RangeOfDates(store, from, until);
  if (!range.ok()) return range.error();
  if (!range->complete) {
    return Error{
        Code::UNANSWERABLE, "to",
        fmt::format("{} is not over: camt052 says how far it has come", FormatDate(until))};
  }
  return Export(store, to, kStatement, account, from, until);
}

Result<ExportedFile> ExportCamt052(const ReadStore& store, const ExportTo& to,
                                   std::string_view account) {
  const auto applied = projections::ReadApplied(store);
  if (!applied.ok()) return applied.error();
  return Export(store, to, kReport, account, applied->book_date, applied->book_date);
}

Result<ExportedFile> ExportCamt054(const ReadStore& store, const ExportTo& to,
                                   std::string_view account, DayNumber from, DayNumber until) {
  return Export(store, to, kNotification, account, from, until);
}

}  // namespace longmen::adapters
