// UnionPay's merchant detail file ZM (domain C4): records of 607 bytes, a blank between fields,
// GBK.
//
// A record is cut by bytes. The last field is 98 bytes, or 131 with the one before it in older
// kits: the length is the same, and neither is read. The file states neither its day nor a total:
// the day is the clearing day, which begins at 23:00 of the one before, and its caller knows it.
// Times have no year: those of December in a file of January are of the year before.
//
// What a record is of: the transaction type of the interface (field 20) where it is there, else the
// transaction code, of which S22, a purchase, is known. Anything else is an adjustment, and the
// sign of the settlement amount says in which direction. Field 17 = amount - fee, each with its
// sign, is checked in every record.
#include <fmt/format.h>

#include <algorithm>

#include "adapters/statements/formats.h"
#include "adapters/statements/part.h"
#include "adapters/statements/row.h"

namespace longmen::adapters::statements {
namespace {

using schema::Direction;
using schema::StatementLineKind;

constexpr size_t kRecord = 607;

struct Field {
  size_t at;
  size_t length;
};
constexpr Field kCode{0, 3};
constexpr Field kTime{35, 10};
constexpr Field kCard{46, 19};
constexpr Field kAmount{66, 12};
constexpr Field kQueryId{87, 21};
constexpr Field kOrder{112, 32};
constexpr Field kFee{166, 13};
constexpr Field kSettlement{180, 13};
constexpr Field kGroupMerchant{199, 15};
constexpr Field kType{215, 2};
constexpr Field kOriginalQueryId{271, 21};
constexpr Field kMerchant{293, 15};

// Where a blank stands between two fields, up to the ones that the kits differ in.
constexpr size_t kBlanks[] = {3,   15,  27,  34,  45,  65,  78,  83,  86,  108, 111, 144, 147, 154,
                              165, 179, 193, 198, 214, 217, 220, 227, 230, 235, 268, 270, 292, 308,
                              310, 326, 359, 373, 387, 396, 429, 443, 457, 470, 473, 475};

std::string_view Cut(std::string_view record, Field field) {
  return record.substr(field.at, field.length);
}

bool IsRecord(std::string_view line) {
  return line.size() == kRecord &&
         std::ranges::all_of(kBlanks, [line](size_t at) { return line[at] == ' '; });
}

bool Recognises(std::string_view bytes, const StatementDefaults&) {
  Lines lines(bytes.substr(0, kRecord + 2));
  return lines.Next() && IsRecord(lines.line()) && ParseDigits(Cut(lines.line(), kAmount));
}

struct Nature {
  StatementLineKind kind;
  Direction direction;  // unstated: as the settlement amount's sign says
};

Nature NatureOf(std::string_view type, std::string_view code) {
  constexpr Nature kPurchase{StatementLineKind::PAYMENT, Direction::CREDIT};
  constexpr Nature kRefund{StatementLineKind::REFUND, Direction::DEBIT};
  constexpr Nature kVoid{StatementLineKind::REVERSAL, Direction::DEBIT};
  if (type == "01" || type == "03") return kPurchase;  // a purchase, a completed authorization
  if (type == "04") return kRefund;
  if (type == "31" || type == "33") return kVoid;
  if (type == "  " && code == "S22") return kPurchase;
  return {StatementLineKind::ADJUSTMENT, Direction::UNSTATED};
}

class DetailFile {
 public:
  DetailFile(DayNumber clearing_day, StatementVisitor& visitor)
      : day_(clearing_day), row_(Encoding::kGbk, *CurrencyFromAlphabetic("CNY")), part_(visitor) {}

  Status Read(std::string_view bytes);

 private:
  Status Begin(const Lines& first);
  std::string_view MerchantOf(std::string_view record);
  bool ReadRecord(const Lines& lines, StatementFileLine& line);
  int64_t SignedAmount(std::string_view field, std::string_view name);
  Nanos TimeOf(std::string_view text);
  std::string_view Masked(std::string_view record);

  DayNumber day_;
  Row row_;
  Part part_;
  std::string masked_;
};

Status DetailFile::Read(std::string_view bytes) {
  Lines lines(bytes);
  bool begun = false;
  while (lines.Next()) {
    row_.Start(lines.number(), lines.line());
    if (row_.failed()) return row_.error();
    if (!IsRecord(lines.line())) {
      return BadLine(lines.number(), lines.line().size() == kRecord
                                         ? "its fields are not where they should be"
                                         : fmt::format("a record has {} bytes, this one {}",
                                                       kRecord, lines.line().size()));
    }
    if (!begun) RETURN_IF_ERROR(Begin(lines));
    begun = true;
    StatementFileLine line;
    if (!ReadRecord(lines, line)) return row_.error();
    RETURN_IF_ERROR(part_.Line(line));
  }
  if (!begun) RETURN_IF_ERROR(Begin(lines));
  return part_.End();
}

Status DetailFile::Begin(const Lines& first) {
  StatementHeader header{.format = std::string(kUnionPayZm.name),
                         .account = {},
                         .currency = row_.currency(),
                         .from = day_,
                         .to = day_,
                         .opening = {}};
  if (!first.line().empty()) header.account = MerchantOf(first.line());
  if (row_.failed()) return row_.error();
  return part_.Begin(std::move(header));
}

// Whose file it is: the group's, where a record names one.
std::string_view DetailFile::MerchantOf(std::string_view record) {
  const std::string_view group = row_.Text(Cut(record, kGroupMerchant), "集团商户代码");
  return group.empty() ? row_.Text(Cut(record, kMerchant), "商户代码") : group;
}

bool DetailFile::ReadRecord(const Lines& lines, StatementFileLine& line) {
  const std::string_view record = lines.line();
  line.at = lines.number();
  line.raw = Masked(record);
  line.date = day_;
  line.occurred_at = TimeOf(Cut(record, kTime));
  line.outcome = schema::Outcome::SUCCEEDED;  // the file lists what was cleared
  const auto amount = ParseDigits(Cut(record, kAmount));
  if (!amount) row_.Fail(fmt::format("交易金额 is '{}'", Shown(Cut(record, kAmount))));
  const int64_t fee = SignedAmount(Cut(record, kFee), "商户手续费");
  const int64_t settlement = SignedAmount(Cut(record, kSettlement), "结算金额");
  if (row_.failed()) return false;
  line.minor = *amount;
  line.fee = -fee;  // D: the merchant was charged
  const Nature nature = NatureOf(Cut(record, kType), Cut(record, kCode));
  line.kind = nature.kind;
  line.direction = nature.direction;
  if (line.direction == Direction::UNSTATED) {
    line.direction = record[kSettlement.at] == 'D' ? Direction::DEBIT : Direction::CREDIT;
  }
  const int64_t expected = Signed(line.direction, line.minor) + fee;
  if (settlement != expected) {
    const auto shown = [this](int64_t minor) { return FormatMinor(minor, row_.currency()); };
    row_.Fail(Code::CONTROL_TOTAL_MISMATCH,
              fmt::format("结算金额 is {} here, and the amount with its fee comes to {}: {} apart",
                          shown(settlement), shown(expected), shown(expected - settlement)));
  }
  line.reference = row_.Text(Cut(record, kQueryId), "查询流水号");
  line.order_key = row_.Text(Cut(record, kOrder), "商户订单号");
  line.original_reference = row_.Text(Cut(record, kOriginalQueryId), "原交易查询流水号");
  if (MerchantOf(record) != part_.header().account && !row_.failed()) {
    row_.Fail("the merchant is another one than before");
  }
  return !row_.failed();
}

// "C" or "D" and twelve digits: what the merchant gets is above zero.
int64_t DetailFile::SignedAmount(std::string_view field, std::string_view name) {
  const auto digits = ParseDigits(field.substr(1));
  if (!digits || (field[0] != 'C' && field[0] != 'D')) {
    row_.Fail(fmt::format("{} is '{}', not C or D and twelve digits", name, Shown(field)));
    return 0;
  }
  return field[0] == 'D' ? -*digits : *digits;
}

Nanos DetailFile::TimeOf(std::string_view text) {
  const auto digits = ParseDigits(text);
  if (digits) {
    const int year = YearOf(day_);
    const auto month = static_cast<unsigned>(*digits / 100'000'000);
    const auto day_of_month = static_cast<unsigned>(*digits / 1'000'000 % 100);
    auto day = DayOf(year, month, day_of_month);
    if (!day || *day > day_) day = DayOf(year - 1, month, day_of_month);
    const int64_t in_day = *digits % 1'000'000;
    const int64_t hour = in_day / 10'000;
    const int64_t minute = in_day / 100 % 100;
    const int64_t second = in_day % 100;
    if (day && hour < 24 && minute < 60 && second < 60) {
      return InstantOf({*day, static_cast<int32_t>(hour * 3600 + minute * 60 + second)},
                       kBeijingMinutes);
    }
  }
  row_.Fail(Code::BAD_TIME,
            fmt::format("交易传输时间 is '{}': there is no such time", Shown(text)));
  return 0;
}

std::string_view DetailFile::Masked(std::string_view record) {
  masked_ = record;
  MaskCard(masked_.data() + kCard.at, kCard.length);
  return masked_;
}

Status Read(std::string_view bytes, const StatementDefaults& defaults, StatementVisitor& visitor) {
  if (!defaults.date) {
    return Error{Code::BAD_TIME, "date",
                 "the file does not state its clearing day, and none was given"};
  }
  return DetailFile(*defaults.date, visitor).Read(bytes);
}

}  // namespace

const Format kUnionPayZm{"unionpay-zm", Recognises, Read};

}  // namespace longmen::adapters::statements
