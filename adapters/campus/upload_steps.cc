#include <algorithm>
#include <optional>

#include "adapters/campus/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::campus {
namespace {

using schema::CampusStage;

struct Window {
  Nanos from = 0;
  Nanos until = 0;
};

// A bill as it comes to the ledger, whichever way its file is taken.
struct Uploaded {
  std::string number;
  std::string batch;
  std::string template_name;
  std::string item;
  capnp::Data::Reader student;
  uint32_t line = 0;
  Money amount;
  Window window;
  bool whole_file = false;
};

// The pending account of the batch, from its first bill on: of the school's bank and currency.
// False, and refused, where the school has no account, or its batch is published.
bool OpenBatch(Step& at, const std::string& batch, std::string_view school, const std::string& step,
               const std::string& key) {
  const auto account = at.ledger.FindAccount(school);
  if (!account) {
    at.out.Refuse(Code::UNKNOWN_ACCOUNT, step + ".school", key);
    return false;
  }
  if (FindBatch(at.ledger, batch)) {
    at.out.Refuse(Code::FILE_COMPLETE, step + ".batch", key);
    return false;
  }
  if (at.ledger.FindAccount(PendingAccount(batch))) return true;
  auto opened = AddStep(at, PendingAccount(batch), CampusStage::BATCH_UPLOADED, batch)
                    .initBody()
                    .initRegistration()
                    .initAccount();
  opened.setParticipant(account->participant.text());
  opened.setCurrency(account->balance.currency.numeric);
  opened.setKind(schema::AccountKind::PENDING);
  return true;
}

void AddBill(Step& at, const Uploaded& bill) {
  auto proposal = AddStep(at, bill.number, CampusStage::BILL_UPLOADED, bill.batch);
  auto details = proposal.getDetails().getCampus();
  details.setTemplate(bill.template_name);
  details.setItem(bill.item);
  details.setLine(bill.line);
  details.setWholeFile(bill.whole_file);
  details.initStudent().setToken(bill.student);
  auto order = InitOrder(proposal, bill.amount);
  order.setPayee(PendingAccount(bill.batch));
  order.setValidFrom(bill.window.from);
  order.setValidUntil(bill.window.until);
  order.initResources(1).set(0, LineResource(bill.batch, bill.line));
}

// What was uploaded, in sum, and the window that all of it has.
struct Announced {
  __int128 total = 0;
  Window window;
  bool one_window = true;
  bool one_currency = true;
};

Announced AnnouncedBy(const std::vector<UnpaidBill>& bills, Currency currency) {
  Announced announced;
  for (const UnpaidBill& bill : bills) {
    const Window window{bill.order.valid_from, bill.order.valid_until};
    if (announced.window.until == 0) announced.window = window;
    announced.one_window &= window.from == announced.window.from;
    announced.one_window &= window.until == announced.window.until;
    announced.one_currency &= bill.order.amount.currency == currency;
    announced.total += bill.order.amount.minor;
  }
  return announced;
}

}  // namespace

// A5.6, file errors by line: each line is a record with an answer of its own.
void TakeNewBill(NewBill::Reader bill, Step& at) {
  const std::string key = Copy(bill.getNumber());
  const std::string batch = Copy(bill.getBatch());
  if (!OpenBatch(at, batch, View(bill.getSchool()), "bill", key)) return;
  AddBill(at, {.number = key,
               .batch = batch,
               .template_name = Copy(bill.getTemplate()),
               .item = Copy(bill.getItem()),
               .student = bill.getStudentToken(),
               .line = bill.getLine(),
               .amount = MoneyOf(bill.getAmount()),
               .window = {bill.getOpensAt(), bill.getClosesAt()}});
}

// A5.6, file errors of the whole: its lines are one group, so that all are taken or none.
void TakeFile(File::Reader file, Step& at) {
  const std::string batch = Copy(file.getBatch());
  const auto lines = file.getLines();
  __int128 sum = 0;
  for (const auto line : lines) sum += line.getMinor();
  if (file.getCount() != lines.size()) {
    return at.out.Refuse(Code::CONTROL_TOTAL_MISMATCH, "file.count", batch);
  }
  if (file.getTotal().getMinor() != sum) {
    return at.out.Refuse(Code::CONTROL_TOTAL_MISMATCH, "file.total.minor", batch);
  }
  for (unsigned i = 0; i < lines.size(); ++i) {
    if (at.ledger.FindOrder(at.out.scenario(), View(lines[i].getNumber()))) {
      return at.out.Refuse(Code::ORDER_EXISTS, "file.rows[" + std::to_string(i) + "]", batch);
    }
  }
  if (!OpenBatch(at, batch, View(file.getSchool()), "file", batch)) return;
  const uint32_t first = std::max(file.getFirstLine(), 1u);
  for (unsigned i = 0; i < lines.size(); ++i) {
    AddBill(at, {.number = Copy(lines[i].getNumber()),
                 .batch = batch,
                 .template_name = Copy(file.getTemplate().getName()),
                 .item = Copy(lines[i].getItem()),
                 .student = lines[i].getStudentToken(),
                 .line = first + i,
                 .amount = {lines[i].getMinor(), Currency{file.getTotal().getCurrency()}},
                 .window = {file.getOpensAt(), file.getClosesAt()},
                 .whole_file = true});
  }
}

// From here on the batch is what the school was told it is: so many bills of so much together, of
// one window.
void TakePublish(Publish::Reader publish, Step& at) {
  const std::string batch = Copy(publish.getBatch());
  if (FindBatch(at.ledger, batch)) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "publish.batch", batch);
  }
  const Money total = MoneyOf(publish.getTotal());
  const auto bills = UnpaidOf(at.ledger, batch);
  const Announced announced = AnnouncedBy(bills, total.currency);
  if (publish.getCount() != bills.size()) {
    return at.out.Refuse(Code::CONTROL_TOTAL_MISMATCH, "publish.count", batch);
  }
  if (!announced.one_currency) {
    return at.out.Refuse(Code::CURRENCY_MISMATCH, "publish.total.currency", batch);
  }
  if (announced.total != total.minor) {
    return at.out.Refuse(Code::CONTROL_TOTAL_MISMATCH, "publish.total.minor", batch);
  }
  if (!announced.one_window) {
    return at.out.Refuse(Code::ROUTE_MISMATCH, "publish.batch", batch);
  }
  auto proposal = AddStep(at, batch, CampusStage::BATCH_PUBLISHED, batch);
  proposal.getDetails().getCampus().setPosting(publish.getPosting());
  proposal.getDetails().getCampus().setCount(publish.getCount());
  auto order = InitOrder(proposal, total);
  order.setPayer(PendingAccount(batch));
  order.setPayee(publish.getSchool());
  if (publish.hasScheme()) order.setScheme(publish.getScheme());
  order.setChannel(PostingName(publish.getPosting()));
  order.setValidFrom(announced.window.from);
  order.setValidUntil(announced.window.until);
}

}  // namespace longmen::adapters::campus
