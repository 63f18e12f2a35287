// The journal as plain text, for hledger and for ledger.
//
//   commodity CNY
//       format 1000.00 CNY
//
//   2021-03-02 * (16) opening balances
//       ICBC:cash  12000.00 CNY
//       …
//
//   2021-03-02 * (17) debit b2b_gateway T02
//       ICBC:enterprise-1  -450000.00 CNY
//       …
//
//   2021-03-02 * (93) balances
//       ICBC:enterprise-1  0.00 CNY = 1550000.00 CNY
//       …
//
// The date is the book date, the code the sequence. What the programs would read as syntax is
// written as in file names (FileNamePart). A range that does not begin with the log begins with the
// balances before it.
//
// Each day ends with the balances of the accounts it touched, which both programs compare with what
// they added up. hledger checks such assertions by date and then by place, ledger by place alone,
// and each has its own idea of an account that is twice in one transaction; so they stand in a
// transaction of their own, behind all of the day's, that moves nothing and has every account once.
// The balances are those of the statements, not sums of what stands above.
#include <map>
#include <set>

#include "adapters/files/file_writer.h"
#include "adapters/files/naming.h"
#include "events/base/write_time.h"
#include "events/money/write_minor.h"
#include "projections/balances/balances.h"
#include "projections/journal/journal.h"
#include "projections/statements/statements.h"

namespace longmen::adapters {
namespace {

using projections::JournalEntry;
using projections::ReadStore;

constexpr size_t kPage = 8'192;

// Where the two programs want something else.
struct Dialect {
  const char* name;          // of the program, with which files' names begin
  const char* whole_format;  // of a currency without decimals
};
constexpr Dialect kHledger{.name = "hledger", .whole_format = "1000."};
constexpr Dialect kLedger{.name = "ledger", .whole_format = "1000"};

std::string AccountName(std::string_view participant, std::string_view account) {
  return FileNamePart(participant) + ":" + FileNamePart(account);
}

void AppendAmount(std::string& text, int64_t minor, Currency currency) {
  char amount[kMinorTextMax];
  text.append(amount, WriteMinor(amount, minor, currency));
  text += ' ';
  text += currency.alphabetic();
}

void AppendPosting(std::string& text, std::string_view account, int64_t minor, Currency currency) {
  text += "    ";
  text += account;
  text += "  ";
  AppendAmount(text, minor, currency);
}

class PlainText {
 public:
  PlainText(const ReadStore& store, FileWriter& file) : store_(store), file_(file) {}

  Status Commodities(const Dialect& dialect);
  // The balances that the records up to this one left.
  Status Opening(Sequence after);
  Status Add(const JournalEntry& entry);
  Status CloseDay();

 private:
  struct Touched {
    std::string account;
    Currency currency;
  };

  void Head(DayNumber date, Sequence code) {
    file_.WriteInPlace([&](std::string& text) {
      char day[kInstantTextMax];
      text.append(day, WriteDate(day, date));
      fmt::format_to(std::back_inserter(text), " * ({}) ", code);
    });
  }
  const ReadStore& store_;
  FileWriter& file_;
  EnumNames<schema::Scenario> scenarios_;
  DayNumber day_ = 0;
  Sequence last_ = 0;
  std::map<std::string, Touched, std::less<>> touched_;  // on that day, by name in the file
};

// Of all accounts, whether or not the range has them: which currencies there are is the ledger's.
Status PlainText::Commodities(const Dialect& dialect) {
  std::set<std::string_view> codes;
  for (std::string after;;) {
    const auto page = projections::Balances(store_, after, kPage);
    if (!page.ok()) return page.error();
    for (const auto& balance : *page) codes.insert(balance.state.balance.currency.alphabetic());
    if (page->size() < kPage) break;
    after = page->back().state.account;
  }
  for (const std::string_view code : codes) {
    const int exponent = CurrencyFromAlphabetic(code)->exponent();
    const std::string format = exponent == 0
                                   ? dialect.whole_format
                                   : "1000." + std::string(static_cast<size_t>(exponent), '0');
    file_.Write(fmt::format("commodity {0}\n    format {1} {0}\n\n", code, format));
  }
  return Ok();
}

Status PlainText::Opening(Sequence after) {
  const auto date = BookDateOf(store_, after + 1);
  if (!date.ok()) return date.error();
  bool begun = false;
  for (std::string from;;) {
    const auto page = projections::Balances(store_, from, kPage);
    if (!page.ok()) return page.error();
    for (const auto& balance : *page) {
      const AccountState& state = balance.state;
      const auto minor = projections::BalanceAfter(store_, state.account, after);
      if (!minor.ok()) return minor.error();
      if (*minor == 0) continue;
      if (!begun) {
        Head(*date, after);
        file_.Write("opening balances\n");
        begun = true;
      }
      file_.WriteInPlace([&](std::string& text) {
        AppendPosting(text, AccountName(state.participant, state.account), *minor,
                      state.balance.currency);
        text += '\n';
      });
    }
    if (page->size() < kPage) break;
    from = page->back().state.account;
  }
  if (begun) file_.Write("\n");
  return Ok();
}

Status PlainText::Add(const JournalEntry& entry) {
  if (entry.book_date != day_) RETURN_IF_ERROR(CloseDay());
  day_ = entry.book_date;
  last_ = entry.sequence;
  Head(entry.book_date, entry.sequence);
  file_.WriteInPlace([&](std::string& text) {
    text += projections::BodyName(entry.body);
    text += ' ';
    text += scenarios_(entry.scenario);
    text += ' ';
    text += FileNamePart(entry.key);
    text += '\n';
    for (const Posting& posting : entry.postings) {
      const std::string name = AccountName(posting.participant, posting.account);
      AppendPosting(text, name, posting.amount.minor, posting.amount.currency);
      text += '\n';
      if (!touched_.contains(name)) {
        touched_.emplace(name, Touched{posting.account, posting.amount.currency});
      }
    }
    text += '\n';
  });
  return Ok();
}

Status PlainText::CloseDay() {
  if (touched_.empty()) return Ok();
  Head(day_, last_);
  file_.Write("balances\n");
  for (const auto& [name, touched] : touched_) {
    const auto balance = projections::BalanceAfter(store_, touched.account, last_);
    if (!balance.ok()) return balance.error();
    file_.WriteInPlace([&, &name = name, &touched = touched](std::string& text) {
      AppendPosting(text, name, 0, touched.currency);
      text += " = ";
      AppendAmount(text, *balance, touched.currency);
      text += '\n';
    });
  }
  file_.Write("\n");
  touched_.clear();
  return Ok();
}

Result<ExportedFile> Export(const ReadStore& store, const ExportTo& to, const Dialect& dialect,
                            ExportRange asked) {
  const auto range = ResolveRange(store, asked);
  if (!range.ok()) return range.error();
  const std::string name = ExportName(dialect.name, range->first, range->last, "journal");
  auto file = FileWriter::Create(to.directory, name);
  if (!file.ok()) return file.error();
  PlainText journal(store, *file);
  RETURN_IF_ERROR(journal.Commodities(dialect));
  if (range->first > 1 && range->first <= range->last) {
    RETURN_IF_ERROR(journal.Opening(range->first - 1));
  }
  ExportedFile exported{.path = {},
                        .name = name,
                        .rows = 0,
                        .first = range->first,
                        .last = range->last,
                        .sha256 = {}};
  for (Sequence next = range->first;;) {
    const auto page = projections::Journal(store, next, range->last, kPage);
    if (!page.ok()) return page.error();
    for (const auto& entry : *page) RETURN_IF_ERROR(journal.Add(entry));
    exported.rows += page->size();
    if (to.progress) to.progress(exported.rows);
    if (page->size() < kPage) break;
    next = page->back().sequence + 1;
  }
  RETURN_IF_ERROR(journal.CloseDay());
  exported.sha256 = file->Seal();
  file->Write(fmt::format("; trailer rows {} records {} to {} sha256 {}\n", exported.rows,
                          exported.first, exported.last, Hex(exported.sha256)));
  auto path = file->Finish();
  if (!path.ok()) return path.error();
  exported.path = std::move(path).value();
  return exported;
}

}  // namespace

Result<ExportedFile> ExportHledger(const ReadStore& store, const ExportTo& to, ExportRange range) {
  return Export(store, to, kHledger, range);
}

Result<ExportedFile> ExportLedger(const ReadStore& store, const ExportTo& to, ExportRange range) {
  return Export(store, to, kLedger, range);
}

}  // namespace longmen::adapters
