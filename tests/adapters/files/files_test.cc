// Exports: bytes, names, trailers. What a file says is checked by means that share no code with
// what wrote it: a reader of RFC 4180, sha256sum, and hledger where it is installed.
#include <gtest/gtest.h>

#include <filesystem>

#include "adapters/files/csv.h"
#include "adapters/files/exports.h"
#include "adapters/files/file_writer.h"
#include "tests/adapters/files/read_back.h"
#include "tests/projections/hand_log/hand_log.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::adapters {
namespace {

using projections::MapStore;
using testing::CheckedRows;
using testing::Folded;
using testing::HandLog;
using testing::kFirstDay;
using testing::OutputOf;
using testing::ReadCsv;
using testing::Row;
using testing::Slurp;
using testing::Sums;
using testing::TemporaryDirectory;

// Debits and credits of a column of signed minor units.
std::pair<std::string, std::string> Recomputed(const std::vector<Row>& rows,
                                               const std::string& column) {
  long long debits = 0;
  long long credits = 0;
  for (const auto& row : rows) {
    if (row.at(column).empty()) continue;
    const long long minor = std::stoll(row.at(column));
    (minor < 0 ? debits : credits) += minor < 0 ? -minor : minor;
  }
  return {"CNY:" + std::to_string(debits), "CNY:" + std::to_string(credits)};
}

HandLog ClosedE2b() {
  HandLog log = testing::ClosedE2b();
  log.Refuse("=cmd|' /C calc'!A0", "bad-1", Code::UNKNOWN_ACCOUNT, "order.payee");
  return log;
}

TEST(Csv, QuotesWhatRfc4180Quotes) {
  EXPECT_EQ(CsvEscape("plain"), "plain");
  EXPECT_EQ(CsvEscape("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvEscape("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(CsvEscape("two\nlines"), "\"two\nlines\"");
}

TEST(Csv, NeverLetsTextBecomeAFormula) {
  EXPECT_EQ(CsvEscape("=1+1"), "'=1+1");
  EXPECT_EQ(CsvEscape("+86"), "'+86");
  EXPECT_EQ(CsvEscape("-x"), "'-x");
  EXPECT_EQ(CsvEscape("@SUM(A1,A2)"), "\"'@SUM(A1,A2)\"");
  EXPECT_EQ(CsvEscape("'quoted"), "''quoted");
  std::string line;
  AppendCsv(std::vector<TableCell>{MinorCell(-5), AmountCell(-5, testing::kCny), TextCell("-5")},
            line);
  EXPECT_EQ(line, "-5,-0.05,'-5\n");
}

TEST(Csv, FileNamesStayInTheirFolder) {
  EXPECT_EQ(FileNamePart("B202103010001"), "B202103010001");
  EXPECT_EQ(FileNamePart("../etc/x"), "%2E.%2Fetc%2Fx");
  EXPECT_EQ(FileNamePart("lot:77"), "lot%3A77");
  EXPECT_NE(FileNamePart("a%3A"), FileNamePart("a:"));
}

TEST(Exports, PositionsAreTheTableOfDomainE2b) {
  const TemporaryDirectory directory;
  const auto files = ExportPositions(Folded(ClosedE2b()), directory.path(), "B202103010001");
  ASSERT_TRUE(files.ok()) << Describe(files.error());
  const auto rows = CheckedRows(files->at(0));
  std::string nets;
  for (const auto& row : rows) nets += row.at("participant") + " " + row.at("net") + "; ";
  EXPECT_EQ(nets,
            "BOB 560000.00; CCB -500000.00; CMB -650000.00; ICBC 800000.00; PSBC -210000.00; ");
  const std::pair<std::string, std::string> gross = {"CNY:395000000", "CNY:395000000"};
  EXPECT_EQ(Sums(files->at(0)), gross);
  EXPECT_EQ(Sums(files->at(1)), gross);
  std::string owed;
  for (const auto& row : CheckedRows(files->at(1))) {
    if (row.at("net_dir") != "debit") continue;
    owed += row.at("participant") + ">" + row.at("counterparty") + " " + row.at("net_minor") + " ";
  }
  EXPECT_EQ(owed,
            "CCB>BOB -6000000 CCB>ICBC -50000000 CMB>ICBC -80000000 ICBC>BOB -50000000 "
            "PSBC>CCB -6000000 PSBC>CMB -15000000 ");
}

TEST(Exports, OfAClosedCycleAreTheSameBytesWhateverComesLater) {
  const TemporaryDirectory directory;
  HandLog log = ClosedE2b();
  const auto first = ExportPositions(Folded(log), directory.Sub("a"), "B202103010001");
  log.OpenCycle("B202103010002");
  log.Move({.key = "T99", .from = "BOB.c", .to = "CCB.c", .minor = 77});
  log.SettleCycle("B202103010001");
  log.Day(kFirstDay + 1);
  log.Participant("later");
  const auto second = ExportPositions(Folded(log), directory.Sub("b"), "B202103010001");
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(first->at(i).name, second->at(i).name);
    EXPECT_EQ(Slurp(first->at(i).path), Slurp(second->at(i).path));
    EXPECT_NE(Slurp(first->at(i).path), "");
  }
}

TEST(Exports, OfAnOpenCycleSayHowFarTheyGo) {
  const TemporaryDirectory directory;
  HandLog log;
  E2bBanks(log);
  log.Move({.key = "T1", .from = "BOB.c", .to = "CCB.c", .minor = 77});
  const auto files = ExportPositions(Folded(log), directory.path(), "B202103010001");
  EXPECT_EQ(files->at(0).last, log.records().size());
  EXPECT_EQ(files->at(0).name, fmt::format("positions-B202103010001-{:010}-{:010}.csv",
                                           log.records().size() - 1, log.records().size()));
}

TEST(Exports, JournalSumsAreWhatTheRowsAddUpTo) {
  const TemporaryDirectory directory;
  const auto file = ExportJournal(Folded(ClosedE2b()), directory.path());
  ASSERT_TRUE(file.ok());
  const auto rows = CheckedRows(*file);
  EXPECT_EQ(rows.size(), 44u);  // 11 items across banks, four postings each
  EXPECT_EQ(Sums(*file), Recomputed(rows, "amount_minor"));
  EXPECT_EQ(Sums(*file).first, Sums(*file).second);
}

TEST(Exports, BalancesSumToZero) {
  const TemporaryDirectory directory;
  const auto file = ExportBalances(Folded(ClosedE2b()), directory.path());
  const auto rows = CheckedRows(*file);
  EXPECT_EQ(rows.size(), 15u);
  EXPECT_EQ(Sums(*file), Recomputed(rows, "balance_minor"));
  EXPECT_EQ(Sums(*file).first, Sums(*file).second);
}

TEST(Exports, StatementOpensAndCloses) {
  const TemporaryDirectory directory;
  HandLog log = ClosedE2b();
  log.Day(kFirstDay + 1);
  log.Move({.key = "o2", .from = "ICBC.c", .to = "ICBC.clearing", .minor = 5});
  log.Day(kFirstDay + 2);
  log.Participant("later");
  const auto file =
      ExportStatement(Folded(log), directory.path(), "ICBC.c", kFirstDay + 1, kFirstDay + 1);
  ASSERT_TRUE(file.ok()) << Describe(file.error());
  const auto rows = CheckedRows(*file);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].at("entry"), "OPBD");
  EXPECT_EQ(rows[0].at("balance"), "800000.00");
  EXPECT_EQ(rows[1].at("amount"), "-0.05");
  EXPECT_EQ(rows[2].at("entry"), "CLBD");
  EXPECT_EQ(rows[2].at("balance_minor"), "79999995");
  EXPECT_EQ(ExportStatement(Folded(log), directory.path(), "nobody", 0, 1).error().code,
            Code::NOT_FOUND);
}

TEST(Exports, ReconciliationSummaryIsTheSumOfItsDetail) {
  const TemporaryDirectory directory;
  const MapStore store = Folded(ClosedE2b());
  const auto files = ExportReconciliation(store, directory.path(),
                                          {.scenario = schema::Scenario::B2B_GATEWAY,
                                           .book_date = kFirstDay,
                                           .participant = "CMB",
                                           .channel = {}});
  ASSERT_TRUE(files.ok()) << Describe(files.error());
  const auto detail = CheckedRows(files->at(0));
  EXPECT_EQ(detail.size(), 5u);  // three sent, two received
  long long debits = 0;
  long long credits = 0;
  for (const auto& row : detail) {
    (row.at("payer_bank") == "CMB" ? debits : credits) += std::stoll(row.at("amount_fen"));
  }
  const auto summary = CheckedRows(files->at(1));
  ASSERT_EQ(summary.size(), 1u);
  EXPECT_EQ(summary[0].at("batch_id"), "B202103010001");
  EXPECT_EQ(summary[0].at("dr_count"), "3");
  EXPECT_EQ(summary[0].at("dr_amount"), std::to_string(debits));
  EXPECT_EQ(summary[0].at("cr_amount"), std::to_string(credits));
  EXPECT_EQ(summary[0].at("net_amount"), "-65000000");
  EXPECT_EQ(ReadCsv(Slurp(files->at(1).path)).back()[7], Hex(files->at(0).sha256));
}

TEST(Exports, RefusalsAndOrdersAreWhole) {
  const TemporaryDirectory directory;
  HandLog log = ClosedE2b();
  OrderState order = testing::PlacedOrder("o1", 12'345);
  order.paid = 45;
  log.Order(order);
  OrderState exchanged = testing::PlacedOrder("o2", 12'345);
  exchanged.counter = {2'500, Currency{392}};  // yen have no decimals
  exchanged.refunded = 500;
  log.Order(exchanged);
  const MapStore store = Folded(log);
  const auto refusals = CheckedRows(*ExportRefusals(store, directory.path()));
  ASSERT_EQ(refusals.size(), 1u);
  EXPECT_EQ(refusals[0].at("code"), "unknown_account");
  EXPECT_EQ(refusals[0].at("key"), "'=cmd|' /C calc'!A0");
  EXPECT_EQ(refusals[0].at("id"), "bad-1");
  const auto orders = CheckedRows(*ExportOrders(store, directory.path()));
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0].at("amount"), "123.45");
  EXPECT_EQ(orders[0].at("paid_minor"), "45");
  EXPECT_EQ(orders[0].at("counter_currency"), "");
  EXPECT_EQ(orders[0].at("counter"), "");
  EXPECT_EQ(orders[1].at("amount"), "123.45");
  EXPECT_EQ(orders[1].at("counter_currency"), "JPY");
  EXPECT_EQ(orders[1].at("counter"), "2500");
  EXPECT_EQ(orders[1].at("refunded"), "500");
}

TEST(Exports, RefusalsGoOnWhereAPageEnds) {
  const TemporaryDirectory directory;
  HandLog log = ClosedE2b();
  for (int i = 1; i <= 2'345; ++i) {
    log.Refuse("k", "bad-" + std::to_string(i + 1), Code::UNKNOWN_ACCOUNT, "order.payee");
  }
  const auto rows = CheckedRows(*ExportRefusals(Folded(log), directory.path()));
  ASSERT_EQ(rows.size(), 2'346u);
  for (size_t i = 0; i < rows.size(); ++i)
    EXPECT_EQ(rows[i].at("id"), "bad-" + std::to_string(i + 1));
}

TEST(Exports, PaymentsSayHowTheyWereDecidedAndWhatTheBankCallsThat) {
  const TemporaryDirectory directory;
  HandLog log;
  OrderState order = testing::PlacedOrder("yur-1", 12'345);
  order.scenario = schema::Scenario::ENTERPRISE;
  order.status = OrderStatus::kPendingAuthorization;
  order.submitter = "li";
  Effects effects;
  effects.order = order;
  const auto about = [](schema::Proposal::Builder proposal) {
    proposal.setScenario(schema::Scenario::ENTERPRISE);
    proposal.setKey("yur-1");
    return proposal.getBody();
  };
  log.Add([&](auto proposal) { about(proposal).initOrder(); }, effects);
  log.Add(
      [&](auto proposal) {
        auto asked = about(proposal).initAuthorization();
        asked.setAction(schema::AuthorizationAction::STEPPED_UP);
        asked.setMethod(schema::AuthorizationMethod::MANUAL);
        asked.setRiskPolicy("careful");
        asked.setRiskPoints(90);
      },
      effects);
  EXPECT_EQ(CheckedRows(*ExportPayments(Folded(log), directory.path()))[0].at("req_sts"), "APW");
  effects.order->status = OrderStatus::kDeclined;
  log.Add(
      [&](auto proposal) {
        auto veto = about(proposal).initAuthorization();
        veto.setAction(schema::AuthorizationAction::DECLINED);
        veto.setLevel(1);
        veto.setBy("zhao");
      },
      effects);
  const auto payments = CheckedRows(*ExportPayments(Folded(log), directory.path()));
  ASSERT_EQ(payments.size(), 1u);
  EXPECT_EQ(payments[0].at("payment"), "yur-1");
  EXPECT_EQ(payments[0].at("amount"), "123.45");
  EXPECT_EQ(payments[0].at("req_sts"), "FIN");
  EXPECT_EQ(payments[0].at("rtn_flg"), "R");
  EXPECT_EQ(payments[0].at("decisions"), "stepped_up manual; zhao declined level 1");
  EXPECT_EQ(payments[0].at("risk_points"), "90");
}

TEST(Exports, LeaveNothingBehindWhenTheyFail) {
  const TemporaryDirectory directory;
  {
    auto writer = FileWriter::Create(directory.path(), "half.csv");
    ASSERT_TRUE(writer.ok());
    writer->Write("begun");
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
  EXPECT_EQ(FileWriter::Create("/proc/no/such", "x.csv").error().code, Code::STORAGE_FAILED);
  // A device that is always full.
  std::filesystem::create_symlink("/dev/full", directory.path() + "/full.csv.part");
  auto full = FileWriter::Create(directory.path(), "full.csv");
  ASSERT_TRUE(full.ok());
  full->Write("more than nothing");
  EXPECT_EQ(full->Finish().error().code, Code::STORAGE_FULL);
}

TEST(Exports, RangesOutsideTheLogAreNotAnswered) {
  const TemporaryDirectory directory;
  const MapStore store = Folded(ClosedE2b());
  EXPECT_EQ(ExportJournal(store, directory.path(), {.first = 1, .last = 9'999}).error().code,
            Code::UNANSWERABLE);
  EXPECT_EQ(ExportJournal(store, directory.path(), {.first = 9, .last = 3}).error().code,
            Code::USAGE);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(Exports, HledgerFindsTheSameBalances) {
  if (OutputOf("command -v hledger").empty()) GTEST_SKIP() << "hledger is not installed";
  const TemporaryDirectory directory;
  const auto file = ExportHledger(Folded(ClosedE2b()), directory.path());
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(OutputOf("hledger -f '" + file->path + "' check 2>&1"), "");
  const std::string icbc =
      OutputOf("hledger -f '" + file->path + "' bal ICBC:ICBC.c -N --flat -O csv 2>&1");
  EXPECT_NE(icbc.find("800000.00 CNY"), std::string::npos) << icbc;
}

}  // namespace
}  // namespace longmen::adapters
