#include "adapters/statements/camt_entry.h"

#include <pugixml.hpp>
#include <vector>

#include "adapters/statements/camt_xml.h"

namespace longmen::adapters::statements {
namespace {

using schema::Direction;
using schema::Outcome;
using schema::StatementLineKind;

// The element as it stands in the file; none of the two kinds that are asked for holds its own.
std::string_view RawOf(const pugi::xml_node& node, std::string_view bytes) {
  const auto name_at = static_cast<size_t>(node.offset_debug());
  if (name_at == 0 || name_at >= bytes.size()) return {};
  const std::string_view from = bytes.substr(name_at - 1);
  const std::string closing = "</" + std::string(node.name());
  for (size_t at = from.find(closing); at != std::string_view::npos; at = from.find(closing, at)) {
    at += closing.size();
    const size_t close = from.find_first_not_of(" \t\r\n", at);
    if (close == std::string_view::npos) break;
    if (from[close] == '>') return from.substr(0, close + 1);
  }
  return {};
}

StatementLineKind KindOf(const pugi::xml_node& entry, const pugi::xml_node& transaction) {
  if (TextAt(entry, "RvslInd") == "true") return StatementLineKind::REVERSAL;
  if (At(transaction, "RtrInf")) return StatementLineKind::PAYMENT_RETURN;
  const std::string_view family = TextAt(entry, "BkTxCd/Domn/Fmly/Cd");
  const std::string_view sub_family = TextAt(entry, "BkTxCd/Domn/Fmly/SubFmlyCd");
  for (const std::string_view fee : {"CHRG", "COMM", "FEES"}) {
    if (sub_family == fee) return StatementLineKind::FEE;
  }
  if (TextAt(entry, "BkTxCd/Domn/Cd") != "PMNT") return StatementLineKind::UNSTATED;
  for (const std::string_view payment : {"RCDT", "ICDT", "RRCT", "IRCT", "RDDT", "IDDT"}) {
    if (family == payment) return StatementLineKind::PAYMENT;
  }
  return StatementLineKind::UNSTATED;
}

// What is not booked and not pending (INFO, a word of the bank's own) says nothing of an outcome.
Outcome OutcomeOf(std::string_view status) {
  if (status == "BOOK") return Outcome::SUCCEEDED;
  if (status == "PDNG") return Outcome::PENDING;
  return Outcome::UNSTATED;
}

std::string_view StatusOf(const pugi::xml_node& entry) {
  const std::string_view code = TextAt(entry, "Sts/Cd");
  if (!code.empty()) return code;
  const std::string_view own = TextAt(entry, "Sts/Prtry");
  return own.empty() ? TextAt(entry, "Sts") : own;
}

// What the bank took for it: its records, each with a direction of its own, else their total.
int64_t FeeOf(const pugi::xml_node& charged, Row& row) {
  const pugi::xml_node charges = At(charged, "Chrgs");
  if (!charges) return 0;
  int64_t fee = 0;
  const pugi::xml_node first = At(charges, "Rcrd");
  if (!first && At(charges, "TtlChrgsAndTaxAmt"))
    return AmountAt(charges, "TtlChrgsAndTaxAmt", row);
  for (pugi::xml_node record = first; record; record = NextNamed(record, "Rcrd")) {
    // A charge gives nothing back unless it says so.
    const int64_t minor = AmountAt(record, "Amt", row);
    const int64_t signed_minor =
        DirectionOf(record, row, Direction::DEBIT) == Direction::CREDIT ? -minor : minor;
    if (__builtin_add_overflow(fee, signed_minor, &fee)) {
      row.Fail(Code::AMOUNT_OUT_OF_RANGE, "the charges leave 64 bits");
    }
  }
  return fee;
}

// The bank's reference of a transaction: its own, the clearing's, the one that is unique anywhere.
std::string_view ReferenceIn(const pugi::xml_node& transaction) {
  for (const char* path : {"Refs/AcctSvcrRef", "Refs/TxId", "Refs/UETR"}) {
    const std::string_view reference = TextAt(transaction, path);
    if (!reference.empty()) return reference;
  }
  return {};
}

std::string_view OrderKeyIn(const pugi::xml_node& transaction) {
  const std::string_view key = TextAt(transaction, "Refs/EndToEndId");
  return key == "NOTPROVIDED" ? std::string_view() : key;
}

std::vector<pugi::xml_node> TransactionsOf(const pugi::xml_node& entry) {
  std::vector<pugi::xml_node> transactions;
  for (auto details = At(entry, "NtryDtls"); details; details = NextNamed(details, "NtryDtls")) {
    for (auto one = At(details, "TxDtls"); one; one = NextNamed(one, "TxDtls")) {
      transactions.push_back(one);
    }
  }
  return transactions;
}

class EntryReader {
 public:
  EntryReader(const pugi::xml_node& entry, const CamtReport& report, Row& row, Part& part)
      : entry_(entry), report_(report), row_(row), part_(part) {}

  Result<CamtEntry> Read();

 private:
  bool IsSplit();
  Status GiveWhole();
  Status GiveSplit();
  Status Give(StatementFileLine& line, const pugi::xml_node& transaction);

  const pugi::xml_node& entry_;
  const CamtReport& report_;
  Row& row_;
  Part& part_;
  CamtEntry sum_;
  std::vector<pugi::xml_node> transactions_;
};

Result<CamtEntry> EntryReader::Read() {
  sum_.minor = AmountAt(entry_, "Amt", row_);
  sum_.direction = DirectionOf(entry_, row_);
  sum_.booked = StatusOf(entry_) == "BOOK";
  transactions_ = TransactionsOf(entry_);
  const bool split = !row_.failed() && IsSplit();
  if (row_.failed()) return row_.error();
  RETURN_IF_ERROR(split ? GiveSplit() : GiveWhole());
  return sum_;
}

// Several, each with an amount in the statement's currency, which come to the entry's.
bool EntryReader::IsSplit() {
  if (transactions_.size() < 2) return false;
  WideSum sum;
  for (const pugi::xml_node& one : transactions_) {
    const pugi::xml_node amount = At(one, "Amt");
    if (!amount || amount.attribute("Ccy").value() != row_.currency().alphabetic()) return false;
    sum.Add(Signed(DirectionOf(one, row_, sum_.direction), AmountAt(one, "Amt", row_)));
  }
  return sum.value() == Signed(sum_.direction, sum_.minor);
}

Status EntryReader::GiveWhole() {
  const bool single = transactions_.size() == 1;
  const pugi::xml_node transaction = single ? transactions_[0] : pugi::xml_node();
  StatementFileLine line{.direction = sum_.direction, .minor = sum_.minor};
  const std::string_view own = TextAt(entry_, "AcctSvcrRef");
  line.reference = own.empty() ? ReferenceIn(transaction) : own;
  line.fee = FeeOf(At(entry_, "Chrgs") ? entry_ : transaction, row_);
  line.raw = RawOf(entry_, report_.bytes);
  return Give(line, transaction);
}

Status EntryReader::GiveSplit() {
  for (const pugi::xml_node& one : transactions_) {
    StatementFileLine line{.direction = DirectionOf(one, row_, sum_.direction),
                           .minor = AmountAt(one, "Amt", row_)};
    line.reference = ReferenceIn(one);
    line.fee = FeeOf(one, row_);
    line.raw = RawOf(one, report_.bytes);
    RETURN_IF_ERROR(Give(line, one));
  }
  return Ok();
}

Status EntryReader::Give(StatementFileLine& line, const pugi::xml_node& transaction) {
  line.at = row_.number();
  line.kind = KindOf(entry_, transaction);
  line.status = row_.Text(StatusOf(entry_), "Sts");
  line.outcome = OutcomeOf(line.status);
  line.reference = row_.Text(line.reference, "the bank's reference");
  line.order_key = row_.Text(OrderKeyIn(transaction), "EndToEndId");
  const pugi::xml_node booked = At(entry_, "BookgDt");
  const pugi::xml_node written = booked ? booked : At(entry_, "ValDt");
  line.date = report_.day;
  line.occurred_at = report_.day * kNanosPerDay - report_.utc_offset_minutes * kNanosPerMinute;
  if (written) {
    const auto time = TimeIn(written, report_.utc_offset_minutes);
    if (!time) row_.Fail(Code::BAD_TIME, "its date is none");
    if (time) line.date = time->day, line.occurred_at = time->instant;
  }
  if (row_.failed()) return row_.error();
  return part_.Line(line);
}

}  // namespace

Result<CamtEntry> ReadCamtEntry(const pugi::xml_node& entry, const CamtReport& report, Row& row,
                                Part& part) {
  return EntryReader(entry, report, row, part).Read();
}

}  // namespace longmen::adapters::statements
