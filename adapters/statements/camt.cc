// camt.052, camt.053 and camt.054 in version .001.08 (domain C5): reports of an account within a
// day, its statement at the end of it, single notices. One part an account.
//
// The document is held in whole. Checked are the totals
// that it states (TxsSummry) and, where it states both, that the opening balance with what is
// booked is the closing one.
#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>

#include "adapters/statements/camt_entry.h"
#include "adapters/statements/camt_xml.h"
#include "adapters/statements/formats.h"
#include "adapters/statements/part.h"
#include "adapters/xml/load.h"

namespace longmen::adapters::statements {
namespace {

using schema::Direction;

struct Message {
  const Format& format;
  std::string_view name_space;
  const char* root;    // below Document
  const char* report;  // below that: one an account
};

// What entries come to: of all, and of those that are booked.
struct EntrySums {
  uint64_t credits = 0;
  uint64_t debits = 0;
  WideSum credit_sum;
  WideSum debit_sum;
  WideSum booked;  // net

  void Add(const CamtEntry& entry) {
    const bool debit = entry.direction == Direction::DEBIT;
    ++(debit ? debits : credits);
    (debit ? debit_sum : credit_sum).Add(entry.minor);
    if (entry.booked) booked.Add(Signed(entry.direction, entry.minor));
  }
};

class ReportReader {
 public:
  ReportReader(const Message& message, const pugi::xml_node& node, uint64_t number,
               std::string_view bytes, StatementVisitor& visitor)
      : message_(message),
        node_(node),
        row_(Encoding::kUtf8, {}, "entry"),
        part_(visitor, "entry"),
        number_(number) {
    report_.bytes = bytes;
  }

  Status Read(const StatementDefaults& defaults);

 private:
  Error Wrong(Code code, std::string text) const {
    return LineError(code, number_, std::move(text), message_.report);
  }
  Status FindCurrency();
  Status FindDays(const StatementDefaults& defaults, StatementHeader& header);
  Result<std::optional<int64_t>> Balance(std::string_view code);
  Status CheckSummary(const EntrySums& sums);
  Status CheckPart(std::string_view name, uint64_t count, const WideSum& sum);
  Status CheckClosing(std::optional<int64_t> opening, std::optional<int64_t> closing,
                      const EntrySums& sums);

  const Message& message_;
  const pugi::xml_node& node_;
  CamtReport report_;
  Row row_;
  Part part_;
  uint64_t number_;  // of the report in the document
};

Status ReportReader::Read(const StatementDefaults& defaults) {
  row_.Start(0, {});
  const std::string_view page = TextAt(node_, "StmtPgntn/PgNb");
  if ((!page.empty() && page != "1") || TextAt(node_, "StmtPgntn/LastPgInd") == "false") {
    return Wrong(Code::BAD_LINE, "it is one page of several: only whole ones can be checked");
  }
  RETURN_IF_ERROR(FindCurrency());
  StatementHeader header{
      .format = std::string(message_.format.name), .account = {}, .currency = row_.currency()};
  const std::string_view iban = TextAt(node_, "Acct/Id/IBAN");
  header.account = row_.Text(iban.empty() ? TextAt(node_, "Acct/Id/Othr/Id") : iban, "Acct/Id");
  RETURN_IF_ERROR(FindDays(defaults, header));
  auto opening = Balance("OPBD");
  if (opening.ok() && !*opening) opening = Balance("PRCD");
  const auto closing = Balance("CLBD");
  if (row_.failed()) return Wrong(row_.error().code, row_.error().message);
  header.opening = *opening;
  report_.day = header.from;
  RETURN_IF_ERROR(part_.Begin(std::move(header)));

  EntrySums sums;
  uint64_t entries = 0;
  for (auto entry = At(node_, "Ntry"); entry; entry = NextNamed(entry, "Ntry")) {
    row_.Start(++entries, {});
    const auto read = ReadCamtEntry(entry, report_, row_, part_);
    if (!read.ok()) return read.error();
    sums.Add(*read);
  }
  RETURN_IF_ERROR(CheckSummary(sums));
  RETURN_IF_ERROR(CheckClosing(*opening, *closing, sums));
  return part_.End(*closing);
}

// The account's, else that of what stands first.
Status ReportReader::FindCurrency() {
  std::string_view code = TextAt(node_, "Acct/Ccy");
  for (const char* amount : {"Bal/Amt", "Ntry/Amt"}) {
    if (code.empty()) code = At(node_, amount).attribute("Ccy").value();
  }
  const auto currency = CurrencyFromAlphabetic(code);
  if (!currency) {
    return Wrong(Code::UNKNOWN_CURRENCY, fmt::format("its currency is '{}'", Shown(code)));
  }
  row_.SetCurrency(*currency);
  return Ok();
}

// The days that it covers, as it says; else those of its entries; else that of its making.
Status ReportReader::FindDays(const StatementDefaults& defaults, StatementHeader& header) {
  const std::string_view made = TextAt(node_, "CreDtTm");
  const int offset = report_.utc_offset_minutes = OffsetOf(made);
  const auto from = ParseWrittenTime(TextAt(node_, "FrToDt/FrDtTm"), offset);
  const auto to = ParseWrittenTime(TextAt(node_, "FrToDt/ToDtTm"), offset);
  if (from && to) {
    header.from = from->day;
    header.to = to->midnight && to->day > from->day ? to->day - 1 : to->day;
    if (header.to < header.from) return Wrong(Code::BAD_TIME, "it ends before it begins");
    return Ok();
  }
  if (At(node_, "FrToDt")) return Wrong(Code::BAD_TIME, "FrToDt has a time that is none");
  std::optional<DayNumber> first = defaults.date;
  std::optional<DayNumber> last = first;
  bool found = false;
  for (auto entry = At(node_, "Ntry"); entry; entry = NextNamed(entry, "Ntry")) {
    const auto booked = TimeIn(At(entry, "BookgDt"), offset);
    if (!booked) continue;
    first = found ? std::min(*first, booked->day) : booked->day;
    last = found ? std::max(*last, booked->day) : booked->day;
    found = true;
  }
  if (!first) {
    const auto created = ParseWrittenTime(made, offset);
    if (!created) return Wrong(Code::BAD_TIME, "it states no day");
    first = last = created->day;
  }
  header.from = *first;
  header.to = *last;
  return Ok();
}

// The first balance of the type; what is wrong with it is the row's.
Result<std::optional<int64_t>> ReportReader::Balance(std::string_view code) {
  for (auto balance = At(node_, "Bal"); balance; balance = NextNamed(balance, "Bal")) {
    if (TextAt(balance, "Tp/CdOrPrtry/Cd") != code) continue;
    const int64_t minor = AmountAt(balance, "Amt", row_);
    return std::optional(Signed(DirectionOf(balance, row_), minor));
  }
  return std::optional<int64_t>();
}

Status ReportReader::CheckSummary(const EntrySums& sums) {
  WideSum all = sums.credit_sum;
  all.Add(sums.debit_sum);
  RETURN_IF_ERROR(CheckPart("TtlNtries", sums.credits + sums.debits, all));
  RETURN_IF_ERROR(CheckPart("TtlCdtNtries", sums.credits, sums.credit_sum));
  RETURN_IF_ERROR(CheckPart("TtlDbtNtries", sums.debits, sums.debit_sum));
  const pugi::xml_node net = At(node_, "TxsSummry/TtlNtries/TtlNetNtry");
  if (!net) return Ok();
  const int64_t minor = AmountAt(net, "Amt", row_);
  const int64_t stated = Signed(DirectionOf(net, row_), minor);
  if (row_.failed()) return Wrong(row_.error().code, "TtlNetNtry: " + row_.error().message);
  WideSum counted;
  counted.Add(sums.credit_sum);
  WideSum debits = sums.debit_sum;
  if (debits.fits()) counted.Add(-*debits.minor());
  return CheckSum(number_, "TtlNetNtry", counted, stated, row_.currency(), message_.report);
}

Status ReportReader::CheckPart(std::string_view name, uint64_t count, const WideSum& sum) {
  const pugi::xml_node part = At(node_, fmt::format("TxsSummry/{}", name));
  const char* place = message_.report;
  if (const std::string_view stated = TextAt(part, "NbOfNtries"); !stated.empty()) {
    const auto number = ParseDigits(stated);
    if (!number) return Wrong(Code::BAD_LINE, fmt::format("{}: '{}'", name, Shown(stated)));
    RETURN_IF_ERROR(
        CheckCount(number_, fmt::format("NbOfNtries of {}", name), count, *number, place));
  }
  if (!At(part, "Sum")) return Ok();
  const int64_t stated = AmountAt(part, "Sum", row_);
  if (row_.failed())
    return Wrong(row_.error().code, fmt::format("{}: {}", name, row_.error().message));
  return CheckSum(number_, fmt::format("Sum of {}", name), sum, stated, row_.currency(), place);
}

Status ReportReader::CheckClosing(std::optional<int64_t> opening, std::optional<int64_t> closing,
                                  const EntrySums& sums) {
  if (!opening || !closing) return Ok();
  WideSum expected = sums.booked;
  expected.Add(*opening);
  if (expected.value() == *closing) return Ok();
  WideSum apart = expected;
  apart.Add(-*closing);
  const Currency currency = row_.currency();
  return Wrong(Code::BALANCE_MISMATCH,
               fmt::format("CLBD is {}, and OPBD {} with what is booked is {}: {} apart",
                           FormatMinor(*closing, currency), FormatMinor(*opening, currency),
                           expected.Format(currency), apart.Format(currency)));
}

std::string_view LocalName(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// The Documents, of which there is one, alone or in an envelope with its header.
class Documents final : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node& node) override {
    if (LocalName(node) != "Document") return true;
    first_ = count_ == 0 ? node : first_;
    ++count_;
    return true;
  }
  size_t count() const { return count_; }
  pugi::xml_node first() const { return first_; }

 private:
  size_t count_ = 0;
  pugi::xml_node first_;
};

Status ReadMessage(const Message& message, std::string_view bytes,
                   const StatementDefaults& defaults, StatementVisitor& visitor) {
  pugi::xml_document document;
  RETURN_IF_ERROR(LoadXml(bytes, document));
  Documents documents;
  document.traverse(documents);
  const pugi::xml_node only = documents.first();
  const pugi::xml_node root = At(only, message.root);
  // What stands beside what is read would be lost without a word.
  const auto messages = std::ranges::count_if(only.children(), [](const pugi::xml_node& node) {
    return node.type() == pugi::node_element;
  });
  if (documents.count() > 1 || messages > 1) {
    return BadLine(1, "it has more than one Document: send each as a file of its own");
  }
  pugi::xml_node report = At(root, message.report);
  if (!report) {
    return BadLine(1, fmt::format("there is no Document/{}/{}", message.root, message.report));
  }
  for (uint64_t number = 1; report; report = NextNamed(report, message.report)) {
    RETURN_IF_ERROR(ReportReader(message, report, number++, bytes, visitor).Read(defaults));
  }
  return Ok();
}

const Message k052{kCamt052, "urn:iso:std:iso:20022:tech:xsd:camt.052.001.08", "BkToCstmrAcctRpt",
                   "Rpt"};
const Message k053{kCamt053, "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08", "BkToCstmrStmt",
                   "Stmt"};
const Message k054{kCamt054, "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08",
                   "BkToCstmrDbtCdtNtfctn", "Ntfctn"};

template <const Message& kMessage>
bool Recognises(std::string_view bytes, const StatementDefaults&) {
  const std::string_view text = WithoutMark(bytes);
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '<' &&
         text.substr(0, 4096).find(kMessage.name_space) != std::string_view::npos;
}

template <const Message& kMessage>
Status Read(std::string_view bytes, const StatementDefaults& defaults, StatementVisitor& visitor) {
  return ReadMessage(kMessage, bytes, defaults, visitor);
}

}  // namespace

const Format kCamt052{"camt.052", Recognises<k052>, Read<k052>};
const Format kCamt053{"camt.053", Recognises<k053>, Read<k053>};
const Format kCamt054{"camt.054", Recognises<k054>, Read<k054>};

}  // namespace longmen::adapters::statements
