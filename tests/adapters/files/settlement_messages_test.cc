// pacs.029 and pacs.009 of a closed cycle, read back as XML. That they fit the official schemas is
// shown by tests/acceptance, where those lie beside the project.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <pugixml.hpp>
#include <set>

#include "adapters/files/exports.h"
#include "tests/adapters/files/read_back.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::adapters {
namespace {

using projections::MapStore;
using testing::ClosedE2b;
using testing::Folded;
using testing::HandLog;
using testing::kCny;
using testing::kFirstDay;
using testing::Slurp;
using testing::TemporaryDirectory;

constexpr const char* kCycle = "B202103010001";
constexpr Currency kJpy{392};
constexpr Currency kKwd{414};

// What both kinds say, as text.
struct Message {
  std::string id;
  std::string created;
  std::string count;
  std::string sum;
  std::string date;
  std::vector<std::string> ids;        // of what it moves
  std::vector<std::string> movements;  // "DBIT CCB 500000.00 CNY", "CCB>NUCC 500000.00 CNY"
};

void Parse(const ExportedFile& file, pugi::xml_document& document) {
  const auto parsed = document.load_file(file.path.c_str());
  EXPECT_TRUE(parsed) << file.name << ": " << parsed.description();
}

Message ReadRequest(const ExportedFile& file) {
  pugi::xml_document document;
  Parse(file, document);
  const auto body = document.child("Document").child("MulSttlmReq");
  const auto request = body.child("SttlmReq");
  Message message{
      .id = body.child("GrpHdr").child_value("MsgId"),
      .created = body.child("GrpHdr").child_value("CreDtTm"),
      .count = request.child_value("NbOfMvmntRcrds"),
      .sum = body.child("GrpHdr").child_value("CtrlSum"),
      .date = body.child("SplmtryData").child("Envlp").child_value("SttlmDt"),
  };
  for (const auto movement : request.children("MvmntRcrd")) {
    const auto amount = movement.child("Amt").child("Amt");
    message.ids.emplace_back(movement.child_value("Id"));
    message.movements.push_back(fmt::format(
        "{} {} {} {}", movement.child("Amt").child_value("CdtDbt"),
        movement.child("Ptcpt").child("Id").child("OrgId").child("Othr").child_value("Id"),
        amount.child_value(), amount.attribute("Ccy").value()));
  }
  return message;
}

std::string Institution(pugi::xml_node party) {
  return party.child("FinInstnId").child("Othr").child_value("Id");
}

Message ReadInstructions(const ExportedFile& file) {
  pugi::xml_document document;
  Parse(file, document);
  const auto body = document.child("Document").child("FICdtTrf");
  const auto header = body.child("GrpHdr");
  EXPECT_STREQ(header.child_value("TtlIntrBkSttlmAmt"), header.child_value("CtrlSum"));
  Message message{.id = header.child_value("MsgId"),
                  .created = header.child_value("CreDtTm"),
                  .count = header.child_value("NbOfTxs"),
                  .sum = header.child_value("CtrlSum"),
                  .date = header.child_value("IntrBkSttlmDt")};
  for (const auto transfer : body.children("CdtTrfTxInf")) {
    const auto amount = transfer.child("IntrBkSttlmAmt");
    message.ids.emplace_back(transfer.child("PmtId").child_value("EndToEndId"));
    message.movements.push_back(fmt::format("{}>{} {} {}", Institution(transfer.child("Dbtr")),
                                            Institution(transfer.child("Cdtr")),
                                            amount.child_value(), amount.attribute("Ccy").value()));
  }
  return message;
}

// An item of the cycle in any currency and of any size, as a log may hold it.
void Item(HandLog& log, Sequence cycle, const char* from, const char* to, Money amount) {
  Effects effects;
  effects.items = {CycleItem{.cycle = cycle, .from = from, .to = to, .amount = amount}};
  log.Add([](auto proposal) { proposal.getBody().initDebit(); }, effects);
}

using Requests = Result<std::vector<ExportedFile>>;
Requests Request(const MapStore& store, const std::string& directory,
                 const std::string& cycle = kCycle) {
  return ExportSettlementRequests(store, directory, cycle);
}
Requests Instruct(const MapStore& store, const std::string& directory, std::string_view agent = {},
                  const std::string& cycle = kCycle) {
  return ExportSettlementInstructions(store, directory, cycle, agent);
}

TEST(SettlementMessages, RequestHasTheNetsOfDomainE2bAndNoOthers) {
  const TemporaryDirectory directory;
  const auto files = Request(Folded(ClosedE2b()), directory.path());
  ASSERT_TRUE(files.ok()) << Describe(files.error());
  ASSERT_EQ(files->size(), 1u);
  const Message message = ReadRequest(files->front());
  const std::vector<std::string> nets = {"DBIT CCB 500000.00 CNY", "DBIT CMB 650000.00 CNY",
                                         "DBIT PSBC 210000.00 CNY", "CRDT BOB 560000.00 CNY",
                                         "CRDT ICBC 800000.00 CNY"};
  EXPECT_EQ(message.movements, nets);
  EXPECT_EQ(message.count, "5");
  EXPECT_EQ(message.sum, "2720000.00");  // 1,360,000 to pay and as much to receive
  EXPECT_EQ(message.id, "P29-B202103010001-CNY");
  EXPECT_EQ(message.date, "2021-03-01");
  pugi::xml_document document;
  Parse(files->front(), document);
  const auto request = document.child("Document").child("MulSttlmReq").child("SttlmReq");
  EXPECT_STREQ(request.child_value("SttlmCycl"), kCycle);
  EXPECT_STREQ(request.child("MvmntRcrd").child_value("Ref"), kCycle);
}

TEST(SettlementMessages, InstructionsMoveEveryNetBetweenItsBankAndTheAgent) {
  const TemporaryDirectory directory;
  const MapStore store = Folded(ClosedE2b());
  const auto by_scheme = Instruct(store, directory.Sub("scheme"));
  ASSERT_TRUE(by_scheme.ok()) << Describe(by_scheme.error());
  const std::vector<std::string> transfers = {"CCB>NUCC 500000.00 CNY", "CMB>NUCC 650000.00 CNY",
                                              "PSBC>NUCC 210000.00 CNY", "NUCC>BOB 560000.00 CNY",
                                              "NUCC>ICBC 800000.00 CNY"};
  const Message message = ReadInstructions(by_scheme->front());
  EXPECT_EQ(message.movements, transfers);
  EXPECT_EQ(message.count, "5");
  EXPECT_EQ(message.sum, "2720000.00");
  EXPECT_EQ(message.id, "P09-B202103010001-CNY");
  EXPECT_EQ(message.date, "2021-03-01");

  const auto by_agent = Instruct(store, directory.Sub("agent"), "PBOC");
  EXPECT_EQ(ReadInstructions(by_agent->front()).movements.back(), "PBOC>ICBC 800000.00 CNY");
}

TEST(SettlementMessages, BilateralInstructionsAreTheObligationsOfDomainE2b) {
  const TemporaryDirectory directory;
  const MapStore store = Folded(ClosedE2b(schema::SettlementMethod::BILATERAL_NET));
  const auto files = Instruct(store, directory.path());
  ASSERT_TRUE(files.ok()) << Describe(files.error());
  EXPECT_TRUE(Request(store, directory.path())->empty());
  const Message message = ReadInstructions(files->front());
  const std::vector<std::string> transfers = {"CCB>BOB 60000.00 CNY",   "CCB>ICBC 500000.00 CNY",
                                              "CMB>ICBC 800000.00 CNY", "ICBC>BOB 500000.00 CNY",
                                              "PSBC>CCB 60000.00 CNY",  "PSBC>CMB 150000.00 CNY"};
  EXPECT_EQ(message.movements, transfers);
  EXPECT_EQ(message.count, "6");
  EXPECT_EQ(message.sum, "2070000.00");
}

TEST(SettlementMessages, OfAGrossSchemeAreNone) {
  const TemporaryDirectory directory;
  for (const auto method : {schema::SettlementMethod::GROSS, schema::SettlementMethod::QUEUED}) {
    const MapStore store = Folded(ClosedE2b(method));
    EXPECT_TRUE(Instruct(store, directory.path())->empty());
    EXPECT_TRUE(Request(store, directory.path())->empty());
  }
}

TEST(SettlementMessages, CallOneNetByOneId) {
  const TemporaryDirectory directory;
  const MapStore store = Folded(ClosedE2b());
  const auto requested = ReadRequest(Request(store, directory.path())->front());
  const auto instructed = ReadInstructions(Instruct(store, directory.path())->front());
  EXPECT_EQ(requested.ids, instructed.ids);
  EXPECT_EQ(requested.ids.front(), "B202103010001-CNY-1");
  EXPECT_EQ(std::set<std::string>(requested.ids.begin(), requested.ids.end()).size(), 5u);
  EXPECT_NE(requested.id, instructed.id);
}

TEST(SettlementMessages, AreTheSameBytesWhateverComesLater) {
  const TemporaryDirectory directory;
  HandLog log = ClosedE2b();
  const MapStore then = Folded(log);
  log.OpenCycle("B202103010002");
  log.Move({.key = "T99", .from = "BOB.c", .to = "CCB.c", .minor = 77});
  log.SettleCycle(kCycle);
  log.Day(kFirstDay + 1);
  log.Participant("later");
  const MapStore later = Folded(log);
  const auto same = [&](const Requests& a, const Requests& b) {
    ASSERT_TRUE(a.ok() && b.ok());
    EXPECT_EQ(a->front().name, b->front().name);
    EXPECT_EQ(Hex(a->front().sha256), Hex(b->front().sha256));
    EXPECT_EQ(Slurp(a->front().path), Slurp(b->front().path));
    EXPECT_NE(Slurp(a->front().path), "");
  };
  same(Request(then, directory.Sub("a")), Request(later, directory.Sub("b")));
  same(Instruct(then, directory.Sub("c")), Instruct(later, directory.Sub("d")));
  // The hash that is told is of all the bytes.
  const auto file = Instruct(later, directory.Sub("e"))->front();
  EXPECT_EQ(testing::OutputOf("sha256sum < '" + file.path + "'").substr(0, 64), Hex(file.sha256));
}

TEST(SettlementMessages, OfAnAbortedCycleStillSayWhatWasToBeSettled) {
  const TemporaryDirectory directory;
  HandLog log = ClosedE2b();
  const auto closed = Request(Folded(log), directory.Sub("a"));
  log.OpenCycle("B202103010002");
  log.AbortCycle(kCycle);
  log.CloseCycle();
  const MapStore aborted = Folded(log);
  EXPECT_EQ(Slurp(closed->front().path), Slurp(Request(aborted, directory.Sub("b"))->front().path));
  // Another cycle settles it, under ids of its own.
  const auto carried = Request(aborted, directory.Sub("b"), "B202103010002");
  EXPECT_EQ(ReadRequest(carried->front()).movements, ReadRequest(closed->front()).movements);
  EXPECT_EQ(ReadRequest(carried->front()).id, "P29-B202103010002-CNY");
}

TEST(SettlementMessages, OfAnOpenCycleAreRefused) {
  const TemporaryDirectory directory;
  HandLog log;
  E2bBanks(log);
  E2bPayments(log);
  const MapStore store = Folded(log);
  for (const auto& files : {Request(store, directory.path()), Instruct(store, directory.path()),
                            ExportSettlementReports(store, directory.path(), kCycle)}) {
    ASSERT_FALSE(files.ok());
    EXPECT_EQ(files.error().code, Code::CYCLE_NOT_CLOSED);
  }
  EXPECT_EQ(Request(store, directory.path(), "nowhere").error().code, Code::NOT_FOUND);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(SettlementMessages, AreOfTheDayOfTheCutOffAndMadeAfterTheLastMovementOfIt) {
  const TemporaryDirectory directory;
  HandLog log;
  E2bBanks(log);
  E2bPayments(log);
  log.Day(kFirstDay + 3);
  log.Participant("between");
  log.CloseCycle();
  const Sequence cut_off = log.records().size();
  log.OpenCycle("B202103040002");
  log.Move({.key = "T99", .from = "BOB.c", .to = "CCB.c", .minor = 77});
  log.Day(kFirstDay + 9);
  log.Participant("later");
  const MapStore store = Folded(log);
  const auto request = ReadRequest(Request(store, directory.path())->front());
  EXPECT_EQ(request.date, "2021-03-04");
  const auto last = log.records()[cut_off - 3].header;  // T10, then a participant, the cut-off
  EXPECT_EQ(request.created, FormatInstant(last.recorded_at));
  const auto instructions = ReadInstructions(Instruct(store, directory.path())->front());
  EXPECT_EQ(instructions.date, "2021-03-04");
  EXPECT_EQ(instructions.created, request.created);
}

TEST(SettlementMessages, AmountsHaveTheirCurrencysDecimalsEachInAMessageOfItsOwn) {
  const TemporaryDirectory directory;
  HandLog log;
  const Sequence cycle = log.OpenCycle(kCycle);
  Item(log, cycle, "A", "B", {12'345, kCny});
  Item(log, cycle, "A", "B", {12'345, kJpy});
  Item(log, cycle, "B", "A", {12'345, kKwd});
  log.CloseCycle();
  const auto files = Instruct(Folded(log), directory.path());
  ASSERT_TRUE(files.ok()) << Describe(files.error());
  std::vector<std::string> first;
  for (const auto& file : *files) first.push_back(ReadInstructions(file).movements.front());
  EXPECT_EQ(first, (std::vector<std::string>{"A>NUCC 123.45 CNY", "A>NUCC 12345 JPY",
                                             "B>NUCC 12.345 KWD"}));
  EXPECT_EQ(ReadInstructions(files->at(1)).sum, "24690");
  EXPECT_EQ(ReadInstructions(files->at(2)).sum, "24.690");
}

TEST(SettlementMessages, NamesStayWhatTheyAreInXml) {
  const TemporaryDirectory directory;
  HandLog log;
  const Sequence cycle = log.OpenCycle("B&1<2>'3");
  Item(log, cycle, "R&D", "</Id>", {100, kCny});
  log.CloseCycle();
  const MapStore store = Folded(log);
  const auto files = Request(store, directory.path(), "B&1<2>'3");
  ASSERT_TRUE(files.ok()) << Describe(files.error());
  const Message message = ReadRequest(files->front());
  EXPECT_EQ(message.movements,
            (std::vector<std::string>{"DBIT R&D 1.00 CNY", "CRDT </Id> 1.00 CNY"}));
  EXPECT_EQ(message.id, "P29-B&1<2>'3-CNY");
  EXPECT_EQ(files->front().name, "pacs029-B%261%3C2%3E%273-CNY-0000000002-0000000004.xml");
}

TEST(SettlementMessages, ANameThatIsNoIdentificationIsAnErrorAndNoFile) {
  const TemporaryDirectory directory;
  for (const auto& [name, code] :
       {std::pair{"no/control\x01s", Code::BAD_TEXT}, std::pair{"工商银行", Code::BAD_TEXT},
        std::pair{"a-name-of-more-than-thirty-five-characters", Code::TOO_LONG}}) {
    HandLog log;
    const Sequence cycle = log.OpenCycle(kCycle);
    Item(log, cycle, name, "B", {100, kCny});
    log.CloseCycle();
    const MapStore store = Folded(log);
    EXPECT_EQ(Request(store, directory.path()).error().code, code) << name;
    EXPECT_EQ(Instruct(store, directory.path()).error().code, code) << name;
    EXPECT_EQ(Instruct(Folded(ClosedE2b()), directory.path(), name).error().code, Code::USAGE);
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

// The schema's 18 digits are fewer than 64 bits hold.
TEST(SettlementMessages, MoreThanEighteenDigitsAreAnErrorAndNoFile) {
  constexpr int64_t kMost = 999'999'999'999'999'999;
  const TemporaryDirectory directory;
  const auto exported = [&](std::vector<int64_t> amounts) {
    HandLog log;
    const Sequence cycle = log.OpenCycle(kCycle);
    Item(log, cycle, "A", "B", {1, kCny});  // fits, and is not written either
    for (const int64_t minor : amounts) Item(log, cycle, "C", "D", {minor, kJpy});
    log.CloseCycle();
    return Request(Folded(log), directory.path());
  };
  EXPECT_EQ(exported({kMost + 1}).error().code, Code::AMOUNT_OUT_OF_RANGE);
  EXPECT_EQ(exported({INT64_MAX, INT64_MAX}).error().code, Code::AMOUNT_OUT_OF_RANGE);
  // Each net fits; to pay and to receive together do not.
  EXPECT_EQ(exported({kMost}).error().code, Code::AMOUNT_OUT_OF_RANGE);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
  const auto most = exported({kMost / 2});
  ASSERT_TRUE(most.ok()) << Describe(most.error());
  EXPECT_EQ(ReadRequest(most->at(1)).sum, "999999999999999998");
}

TEST(SettlementMessages, IdsOfLongCycleNamesFitAndDiffer) {
  const TemporaryDirectory directory;
  std::set<std::string> ids;
  for (const char last : {'1', '2'}) {
    const std::string name = std::string(63, 'B') + last;
    HandLog log;
    const Sequence cycle = log.OpenCycle(name);
    Item(log, cycle, "A", "B", {100, kCny});
    log.CloseCycle();
    const MapStore store = Folded(log);
    const Message request = ReadRequest(Request(store, directory.path(), name)->front());
    const Message instructions =
        ReadInstructions(Instruct(store, directory.path(), {}, name)->front());
    for (const Message& message : {request, instructions}) {
      EXPECT_LE(message.id.size(), 35u);
      EXPECT_LE(message.ids.back().size(), 35u);
      ids.insert(message.id);
    }
  }
  EXPECT_EQ(ids.size(), 4u);
}

// Domain E2a: A and B owe and are owed as much.
TEST(SettlementMessages, ANetOfZeroMovesNothing) {
  const TemporaryDirectory directory;
  HandLog log;
  const Sequence cycle = log.OpenCycle(kCycle);
  const auto pay = [&](const char* from, const char* to, int64_t minor) {
    Item(log, cycle, from, to, {minor, kCny});
  };
  pay("A", "B", 90);
  pay("A", "C", 40);
  pay("A", "D", 20);
  pay("B", "A", 70);
  pay("B", "C", 30);
  pay("B", "D", 60);
  pay("C", "A", 50);
  pay("C", "B", 20);
  pay("C", "D", 10);
  pay("D", "A", 30);
  pay("D", "B", 50);
  pay("D", "C", 80);
  Item(log, cycle, "A", "B", {5, kJpy});  // back and forth: nothing to settle in yen
  Item(log, cycle, "B", "A", {5, kJpy});
  log.CloseCycle();
  const MapStore store = Folded(log);
  const auto requests = Request(store, directory.path());
  ASSERT_EQ(requests->size(), 1u);
  EXPECT_EQ(ReadRequest(requests->front()).movements,
            (std::vector<std::string>{"DBIT D 0.70 CNY", "CRDT C 0.70 CNY"}));
  const auto instructions = Instruct(store, directory.path());
  ASSERT_EQ(instructions->size(), 1u);
  EXPECT_EQ(ReadInstructions(instructions->front()).count, "2");
}

}  // namespace
}  // namespace longmen::adapters
