// camt.053, camt.052 and camt.054: their entries added up again by an XML parser, for every account
// of random logs, and held against the statements.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <pugixml.hpp>

#include "adapters/files/exports.h"
#include "projections/balances/balances.h"
#include "projections/statements/statements.h"
#include "tests/adapters/files/read_back.h"
#include "tests/support/generated_log/generated_log.h"
#include "tests/support/generator/random.h"
#include "tests/support/generator/run.h"
#include "tests/support/test_blocks/test_blocks.h"

namespace longmen::adapters {
namespace {

using projections::MapStore;
using testing::Folded;
using testing::HandLog;
using testing::kFirstDay;
using testing::Slurp;
using testing::TemporaryDirectory;

constexpr size_t kCasesByDefault = 3;

// An amount with its direction, in minor units.
int64_t Signed(const pugi::xml_node& of, const char* amount, Currency currency) {
  const auto money = ParseMoney(of.child(amount).text().get(), currency);
  EXPECT_TRUE(money.ok()) << of.child(amount).text().get();
  const std::string direction = of.child("CdtDbtInd").text().get();
  EXPECT_TRUE(direction == "CRDT" || direction == "DBIT") << direction;
  return direction == "DBIT" ? -money->minor : money->minor;
}

// One message, read.
struct Message {
  std::map<std::string, int64_t> balances;  // by code
  std::vector<int64_t> entries;
  std::string header;

  int64_t Sum() const {
    int64_t sum = 0;
    for (const int64_t entry : entries) sum += entry;
    return sum;
  }
};

void CheckSummary(const pugi::xml_node& summary, const std::vector<int64_t>& entries,
                  Currency currency) {
  const auto check = [&](const char* name, bool credits, bool debits) {
    uint64_t count = 0;
    int64_t sum = 0;
    for (const int64_t entry : entries) {
      if (entry < 0 ? !debits : !credits) continue;
      ++count;
      sum += entry < 0 ? -entry : entry;
    }
    const pugi::xml_node of = summary.child(name);
    EXPECT_EQ(of.child("NbOfNtries").text().as_ullong(), count) << name;
    EXPECT_EQ(of.child("Sum").text().get(), FormatMinor(sum, currency)) << name;
  };
  check("TtlNtries", true, true);
  check("TtlCdtNtries", true, false);
  check("TtlDbtNtries", false, true);
}

Message ReadMessage(const ExportedFile& file, Currency currency) {
  Message message;
  pugi::xml_document document;
  EXPECT_TRUE(document.load_file(file.path.c_str())) << file.name;
  const pugi::xml_node body = document.child("Document").first_child();
  const pugi::xml_node item = body.last_child();
  message.header = body.child("GrpHdr").child("AddtlInf").text().get();
  EXPECT_LE(std::string(item.child("Id").text().get()).size(), 35u);
  for (const auto balance : item.children("Bal")) {
    message.balances[balance.child("Tp").child("CdOrPrtry").child("Cd").text().get()] =
        Signed(balance, "Amt", currency);
  }
  for (const auto entry : item.children("Ntry")) {
    EXPECT_EQ(entry.child("Amt").attribute("Ccy").value(), currency.alphabetic());
    message.entries.push_back(Signed(entry, "Amt", currency));
  }
  EXPECT_EQ(message.entries.size(), file.rows);
  CheckSummary(item.child("TxsSummry"), message.entries, currency);
  return message;
}

// The day before the last, which is over.
HandLog TwoDays() {
  HandLog log = testing::ClosedE2b();
  log.SettleCycle("B202103010001");
  log.Day(kFirstDay + 1);
  log.Move({.key = std::string(50, 'k'), .from = "ICBC.c", .to = "BOB.c", .minor = 5});
  return log;
}

TEST(AccountMessages, OpenAddUpAndClose) {
  const TemporaryDirectory directory;
  const MapStore store = Folded(TwoDays());
  const auto file = ExportCamt053(store, directory.path(), "ICBC.c", kFirstDay, kFirstDay);
  ASSERT_TRUE(file.ok()) << Describe(file.error());
  const Message message = ReadMessage(*file, testing::kCny);
  EXPECT_EQ(message.balances.at("OPBD"), 0);
  EXPECT_EQ(message.balances.at("CLBD"), 80'000'000);
  EXPECT_EQ(message.Sum(), 80'000'000);
  EXPECT_EQ(message.header, "kind customer: CRDT is what ICBC owes, as in the ledger");
  const std::string text = Slurp(file->path);
  EXPECT_NE(text.find("<MsgId>C53-ICBC.c-20210301</MsgId>"), std::string::npos) << text;
  EXPECT_NE(text.find("<EndToEndId>T01</EndToEndId>"), std::string::npos) << text;
}

TEST(AccountMessages, OfAParticipantsOwnMoneyAreSeenFromWhereItIs) {
  const TemporaryDirectory directory;
  const MapStore store = Folded(TwoDays());
  std::string settlement;
  const auto balances = projections::Balances(store);
  for (const auto& balance : *balances) {
    const AccountState& state = balance.state;
    const bool own = state.kind == schema::AccountKind::SETTLEMENT;
    if (own && std::string(state.participant) == "ICBC") settlement = state.account;
  }
  ASSERT_EQ(projections::FindBalance(store, settlement)->state.balance.minor, -80'000'000);
  const auto file = ExportCamt053(store, directory.path(), settlement, kFirstDay, kFirstDay);
  const Message message = ReadMessage(*file, testing::kCny);
  EXPECT_EQ(message.balances.at("CLBD"), 80'000'000) << "it received so much";
  EXPECT_EQ(message.entries, std::vector<int64_t>{80'000'000});
  EXPECT_EQ(message.header,
            "kind settlement: CRDT is what ICBC has there, which the ledger has as negative");
}

TEST(AccountMessages, AreNoStatementOfADayThatIsNotOver) {
  const TemporaryDirectory directory;
  const MapStore store = Folded(TwoDays());
  EXPECT_EQ(ExportCamt053(store, directory.path(), "ICBC.c", kFirstDay, kFirstDay + 1).error().code,
            Code::UNANSWERABLE);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
  const auto report = ExportCamt052(store, directory.path(), "ICBC.c");
  ASSERT_TRUE(report.ok());
  const Message message = ReadMessage(*report, testing::kCny);
  EXPECT_EQ(message.balances.at("OPBD"), 80'000'000);
  EXPECT_EQ(message.balances.at("ITBD"), 79'999'995);
  EXPECT_EQ(message.entries, std::vector<int64_t>{-5});
  const std::string text = Slurp(report->path);
  EXPECT_NE(text.find("<AddtlTxInf>" + std::string(50, 'k')), std::string::npos)
      << "a key that is too long for an id";
  EXPECT_NE(text.find("-20210302-" + std::to_string(report->last)), std::string::npos);
  const auto notification =
      ExportCamt054(store, directory.path(), "ICBC.c", kFirstDay, kFirstDay + 1);
  EXPECT_EQ(ReadMessage(*notification, testing::kCny).Sum(), 79'999'995);
  EXPECT_TRUE(ReadMessage(*notification, testing::kCny).balances.empty());
}

TEST(AccountMessages, AreTheSameBytesWhateverComesLater) {
  const TemporaryDirectory directory;
  HandLog log = TwoDays();
  const auto first = ExportCamt053(Folded(log), directory.Sub("a"), "ICBC.c", kFirstDay, kFirstDay);
  log.Move({.key = "later", .from = "ICBC.c", .to = "BOB.c", .minor = 5});
  const auto second =
      ExportCamt053(Folded(log), directory.Sub("b"), "ICBC.c", kFirstDay, kFirstDay);
  EXPECT_EQ(first->name, second->name);
  EXPECT_EQ(Slurp(first->path), Slurp(second->path));
}

TEST(AccountMessages, OfRandomLogsSayWhatTheStatementsSay) {
  const bool has_xmllint = std::system("command -v xmllint >/dev/null") == 0;
  generator::Random random(generator::SeedOfRun());
  size_t entries = 0;
  for (size_t i = 0; i < generator::CasesOfRun(kCasesByDefault); ++i) {
    const TemporaryDirectory directory;
    MapStore store;
    for (const auto& record : generator::GenerateRecords(random.Next(), 300)) {
      const RecordView view{
          .header = record.header, .proposal = record.proposal.bytes(), .leaf = {}};
      ASSERT_TRUE(projections::Fold(view, record.effects, store).ok());
    }
    const auto balances = projections::Balances(store);
    const DayNumber last = projections::ReadApplied(store)->book_date;
    for (const auto& balance : *balances) {
      const AccountState& state = balance.state;
      const Currency currency = state.balance.currency;
      const bool turned = state.kind == schema::AccountKind::MIRROR ||
                          state.kind == schema::AccountKind::SETTLEMENT;
      for (DayNumber day = last - 3; day < last; ++day) {
        const auto statement = projections::StatementOf(store, state.account, day, day);
        if (!statement.ok()) continue;
        const auto file = ExportCamt053(store, directory.path(), state.account, day, day);
        ASSERT_TRUE(file.ok()) << Describe(file.error());
        const Message message = ReadMessage(*file, currency);
        const int sign = turned ? -1 : 1;
        ASSERT_EQ(message.balances.at("OPBD"), sign * statement->opening) << file->name;
        ASSERT_EQ(message.balances.at("CLBD"), sign * statement->closing) << file->name;
        ASSERT_EQ(message.balances.at("OPBD") + message.Sum(), message.balances.at("CLBD"));
        ASSERT_EQ(message.entries.size(), statement->lines.size());
        entries += message.entries.size();
      }
    }
    const std::string lint = "xmllint --noout " + directory.path() + "/*.xml";
    EXPECT_TRUE(!has_xmllint || std::system(lint.c_str()) == 0);
  }
  EXPECT_GT(entries, 0u);
}

}  // namespace
}  // namespace longmen::adapters
