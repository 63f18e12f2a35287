// Every XML file that the program exports, held against the official schemas by xmllint, where
// both are there.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/program/program.h"

namespace longmen::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSchemas = "../shared/data/iso20022/";
const std::string kLongName(64, 'C');  // as long as a cycle's name may be
const std::string kBank = "R&D-<bank>-'of'-35-characters-&-<>.";  // and a participant's

std::string Account(const std::string& bank, const std::string& kind, const std::string& currency) {
  const std::string name = fmt::format("{}-{}-{}", bank.substr(0, 3), kind, currency);
  return ProposalText(
             name, name,
             fmt::format(R"("registration":{{"account":{{"currency":"{}","kind":"{}",{})"
                         R"("unlimited":true,"participant":"{}"}}}})",
                         currency, kind, kind == "clearing" ? R"("scheme":"nucc",)" : "", bank)) +
         "\n";
}

std::string Payout(const std::string& id, const std::string& from, const std::string& to,
                   const std::string& minor, const std::string& currency) {
  return ProposalText(
             id, id,
             fmt::format(R"("debit":{{"amount":{{"minor":"{}","currency":"{}"}},)"
                         R"("basis":"decided","outcome":"succeeded","kind":"payout",)"
                         R"("payer":"{}-customer-{}","payee":"{}-customer-{}",)"
                         R"("scheme":"nucc"}})",
                         minor, currency, from.substr(0, 3), currency, to.substr(0, 3), currency)) +
         "\n";
}

std::string Close(const std::string& cycle, const std::string& next) {
  return ProposalText("close-" + cycle.substr(0, 20), cycle,
                      fmt::format(R"("settlement":{{"action":"closed","next":"{}"}})", next)) +
         "\n";
}

// Domain E2b in one cycle, and in another two banks, yen and dinars.
class Iso20022 : public Program {
 protected:
  void SetUp() override {
    if (std::system("command -v xmllint >/dev/null") != 0) GTEST_SKIP() << "there is no xmllint";
    if (!fs::exists(kSchemas)) GTEST_SKIP() << kSchemas << " is not there";
    Program::SetUp();
    RegisterBanks(kE2bBanks);
    PayE2b();
    std::string lines = Close("B202103010001", kLongName);
    lines += ProposalText("other", kBank, R"("registration":{"participant":{}})") + "\n";
    for (const std::string currency : {"JPY", "KWD"}) {
      for (const std::string kind : {"customer", "clearing", "settlement"}) {
        lines += Account(kBank, kind, currency) + Account("ICBC", kind, currency);
      }
    }
    lines += Payout("P1", kBank, "ICBC", "12345", "JPY") + Payout("P2", "ICBC", kBank, "1", "KWD");
    // As large as one amount may be.
    lines += Payout("P3", kBank, "ICBC", "100000000000000000", "JPY");
    lines += Close(kLongName, "B202103010003");
    const Said said = Ingest(lines);
    ASSERT_EQ(said.code, 0) << said.out << said.err;
  }

  // Exports and validates; how many files of each kind there were.
  std::map<std::string, int> Validate(const std::string& out, std::vector<std::string> more) {
    static const std::map<std::string, std::string> kSchemaOf = {{"pacs029", "pacs.029.001.02"},
                                                                 {"pacs009", "pacs.009.001.08"},
                                                                 {"camt052", "camt.052.001.08"},
                                                                 {"camt053", "camt.053.001.08"},
                                                                 {"camt054", "camt.054.001.08"}};
    more.insert(more.begin(), {"export", ledger(), Path(out)});
    const Said said = Longmen(more);
    EXPECT_EQ(said.code, 0) << said.err;
    std::map<std::string, int> kinds;
    for (const auto& [name, text] : FilesOf(Path(out))) {
      if (!name.ends_with(".xml")) continue;
      const std::string kind = name.substr(0, 7);
      EXPECT_TRUE(kSchemaOf.contains(kind)) << name;
      const std::string complaint = Path("xmllint.txt");
      const std::string command =
          fmt::format("xmllint --noout --schema '{}{}.xsd' '{}/{}' >'{}' 2>&1", kSchemas,
                      kSchemaOf.at(kind), Path(out), name, complaint);
      EXPECT_EQ(std::system(command.c_str()), 0) << ReadWhole(complaint) << text;
      ++kinds[kind];
    }
    return kinds;
  }
};

TEST_F(Iso20022, EveryExportedMessageFitsItsSchema) {
  const std::map<std::string, int> all = {{"pacs029", 3}, {"pacs009", 3}};
  EXPECT_EQ(Validate("all", {}), all);
  const std::map<std::string, int> instructions = {{"pacs009", 3}};
  EXPECT_EQ(Validate("agent", {"--what", "pacs009", "--settlement-agent", "PBOC<&>"}),
            instructions);
}

// An account with movements, one whose name is longer than an identification may be, and one of yen
// whose name has to be escaped.
TEST_F(Iso20022, EveryMessageOfAnAccountFitsItsSchema) {
  const std::string lines =
      ProposalText("long", "ICBC-" + std::string(55, 'x'),
                   R"("registration":{"account":{"currency":"CNY","kind":"customer",)"
                   R"("unlimited":true,"participant":"ICBC"}})") +
      "\n";
  ASSERT_EQ(Ingest(lines).code, 0);
  // The next day's first record ends the day.
  const std::string now = std::string(kNow);
  std::string later = ProposalText("later", "later", R"("registration":{"participant":{}})") + "\n";
  later.replace(later.find(now), now.size(), "2021-03-02T09:00:00+08:00");
  ASSERT_EQ(Ingest(later).code, 0);
  const std::vector<std::string> date = {"--from", "2021-03-01"};
  for (const std::string kind : {"camt053", "camt054", "camt052"}) {
    for (const std::string& participant : {std::string("ICBC"), kBank}) {
      std::vector<std::string> more = {"--what", kind, "--participant", participant};
      if (kind != "camt052") more.insert(more.end(), date.begin(), date.end());
      const auto kinds = Validate(kind + participant.substr(0, 3), more);
      EXPECT_GE(kinds.at(kind), 6);
      EXPECT_EQ(kinds.size(), 1u);
    }
  }
}

}  // namespace
}  // namespace longmen::testing
