// The journal for hledger and its kin.
//
//   2021-03-01 * (17) debit b2b_gateway T02
//       ICBC:enterprise-1  -450000.00 CNY
//       …
//
// The date is the book date, the code the sequence. What hledger would read as
// syntax is written as in file names (FileNamePart).
#include "adapters/files/file_writer.h"
#include "adapters/files/naming.h"
#include "projections/journal/journal.h"

namespace longmen::adapters {
namespace {

constexpr size_t kPage = 1'000;

std::string Transaction(const projections::JournalEntry &entry) {
  std::string text = fmt::format(
      "{} * ({}) {} {} {}\n", FormatDate(entry.book_date), entry.sequence,
      projections::BodyName(entry.body), projections::EnumName(entry.scenario),
      FileNamePart(entry.key));
  for (const Posting &posting : entry.postings) {
    text += fmt::format("    {}:{}  {}\n", FileNamePart(posting.participant),
                        FileNamePart(posting.account), Format(posting.amount));
  }
  return text + "\n";
}

} // namespace

Result<ExportedFile> ExportHledger(const projections::ReadStore &store,
                                   const ExportTo &to, ExportRange asked) {
  const auto range = ResolveRange(store, asked);
  if (!range.ok())
    return range.error();
  const std::string name =
      ExportName("hledger", range->first, range->last, "journal");
  auto writer = FileWriter::Create(to.directory, name);
  if (!writer.ok())
    return writer.error();
  ExportedFile exported{.path = {},
                        .name = name,
                        .rows = 0,
                        .first = range->first,
                        .last = range->last,
                        .sha256 = {}};
  for (Sequence next = range->first;;) {
    const auto page = projections::Journal(store, next, range->last, kPage);
    if (!page.ok())
      return page.error();
    for (const auto &entry : *page)
      writer->Write(Transaction(entry));
    exported.rows += page->size();
    if (page->size() < kPage)
      break;
    next = page->back().sequence + 1;
  }
  exported.sha256 = writer->Seal();
  writer->Write(fmt::format("; trailer rows {} records {} to {} sha256 {}\n",
                            exported.rows, exported.first, exported.last,
                            Hex(exported.sha256)));
  auto path = writer->Finish();
  if (!path.ok())
    return path.error();
  exported.path = std::move(path).value();
  return exported;
}

} // namespace longmen::adapters
