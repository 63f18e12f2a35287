// Can a cycle finish although a participant fails? What the program answers, and what each may owe.
#include <fmt/format.h>

#include <sstream>

#include "tests/adapters/cli/clearing_program.h"

namespace longmen::testing {
namespace {

// CMB of the batch of five banks fails with 650,000 (domain E7): it has 300,000 and 200,000
// pledged.
class FailureOfProgram : public ClearingProgram {
 protected:
  void SetUp() override {
    Program::SetUp();
    Take({Register("nucc", R"("scheme":{"method":"multilateral_net","cyclePrefix":"B"})")});
    for (const std::string bank : {"CMB", "BOB", "ICBC", "PSBC"}) {
      const auto account = [&](const char* name, const char* kind, const std::string& more) {
        return Register(
            fmt::format("{}:{}", bank, name),
            fmt::format(R"("account":{{"currency":"CNY","participant":"{}","kind":"{}"{}}})", bank,
                        kind, more));
      };
      Take({Register(bank, R"("participant":{})"),
            account("cash", "customer", R"(,"unlimited":true)"), account("money", "settlement", ""),
            account("world", "mirror", R"(,"unlimited":true)"),
            account("suspense", "suspense", R"(,"unlimited":true)"),
            account("nucc", "clearing", R"(,"unlimited":true,"scheme":"nucc")")});
    }
    Limit("CMB", R"("cap":{"creditMinor":"100000000","collateralMinor":"20000000"})");
    for (const auto& [bank, minor] : {std::pair("ICBC", 50'000'000), std::pair("BOB", 30'000'000),
                                      std::pair("PSBC", 20'000'000)}) {
      Limit(bank,
            fmt::format(R"("bilateralLimits":[{{"participant":"CMB","minor":"{}"}}])", minor));
    }
    Take({ProposalText("funds", "f",
                       R"("debit":{"kind":"liquidity","outcome":"succeeded","payer":"CMB:money",)"
                       R"("payee":"CMB:world","amount":{"minor":"30000000","currency":"CNY"}})"),
          Pay("p1", "ICBC", 50'000'000), Pay("p2", "BOB", 15'000'000)});
  }
  // "CMB 650000.00 missing 30000.00 no", and an obstacle before the last word.
  std::string Failure(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"failure", "B202103010001", "--csv"});
    const Said said = Query(more);
    EXPECT_EQ(said.code, 0) << said.err;
    std::istringstream line(said.out.substr(said.out.find('\n') + 1));
    std::vector<std::string> fields;
    for (std::string field; std::getline(line, field, ',');) fields.push_back(field);
    fields.resize(16);
    const std::string finishes = fields[15].substr(0, fields[15].find('\n'));
    return fmt::format("{} {} missing {}{} {}", fields[1], fields[3], fields[13],
                       fields[14].empty() ? "" : " " + fields[14], finishes);
  }
  // The survivors' rows that hold the text.
  std::string Survivor(const char* bank) {
    const std::string out = Query({"failure", "B202103010001", "--csv", "--part", "survivors"}).out;
    const size_t begin = out.find(fmt::format("CNY,{},", bank));
    return out.substr(begin, out.find('\n', begin) - begin);
  }
  static std::string Account(const char* id, const char* name, const char* bank,
                             const std::string& more) {
    return ProposalText(id, name,
                        fmt::format(R"("registration":{{"account":{{"currency":"CNY",)"
                                    R"("participant":"{}",{}}}}})",
                                    bank, more));
  }
  void Limit(const char* bank, const std::string& terms, const char* id = "t") {
    Take({ProposalText(fmt::format("{}-{}", id, bank), fmt::format("{}:nucc", bank),
                       fmt::format(R"("registration":{{"account":{{"currency":"CNY","kind":)"
                                   R"("clearing","participant":"{}","unlimited":true,)"
                                   R"("scheme":"nucc",{}}}}})",
                                   bank, terms))});
  }
  static std::string Pay(const char* id, const char* to, int64_t minor) {
    return ProposalText(
        id, id,
        fmt::format(R"("debit":{{"kind":"payout","outcome":"succeeded","payer":"CMB:cash",)"
                    R"("payee":"{}:cash","scheme":"nucc",)"
                    R"("amount":{{"minor":"{}","currency":"CNY"}}}})",
                    to, minor));
  }
};

TEST_F(FailureOfProgram, SaysWhetherTheOthersCanFinishAndWhatEachWouldPay) {
  const Said said = Query({"failure", "B202103010001", "--csv"});
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(said.out,
            "currency,fails,net_debit_minor,net_debit,from_liquidity_minor,from_liquidity,"
            "from_collateral_minor,from_collateral,loss_minor,loss,unshared_minor,unshared,"
            "missing_minor,missing,obstacle,finishes\n"
            "CNY,CMB,65000000,650000.00,30000000,300000.00,20000000,200000.00,15000000,150000.00,"
            "0,0.00,3000000,30000.00,,no\n");
  // PSBC gets nothing, and has nothing for its share; the others pay theirs out of what they get.
  EXPECT_EQ(Query({"failure", "B202103010001", "--csv", "--part", "survivors"}).out,
            "currency,participant,granted_minor,granted,share_minor,share,due_minor,due,"
            "available_minor,available,missing_minor,missing,obstacle\n"
            "CNY,BOB,30000000,300000.00,4500000,45000.00,0,0.00,0,0.00,0,0.00,\n"
            "CNY,ICBC,50000000,500000.00,7500000,75000.00,0,0.00,0,0.00,0,0.00,\n"
            "CNY,PSBC,20000000,200000.00,3000000,30000.00,3000000,30000.00,0,0.00,3000000,"
            "30000.00,\n");
  // Who owes nothing fails by nothing; CMB cannot pay what it owes, whoever else fails.
  EXPECT_EQ(Failure({"--without", "ICBC"}), "ICBC 0.00 missing 350000.00 no");
  const Said nobody = Query({"failure", "B202103010001", "--without", "ICB"});
  EXPECT_EQ(nobody.code, 1);
  EXPECT_NE(nobody.err.find("nobody of that name clears"), std::string::npos) << nobody.err;
}

// What the question said is what the ledger takes; then the means that were counted are used up,
// and what is kept of them pays the rest.
TEST_F(FailureOfProgram, IsSharedAsItSaidAndThenNothingIsMissing) {
  Take({ProposalText("close", "B202103010001", R"("settlement":{"action":"closed"})"),
        ProposalText("share", "B202103010001",
                     R"("settlement":{"action":"loss_shared","without":"CMB","currency":"CNY",)"
                     R"("collateralMinor":"20000000","reason":"it failed","shares":[)"
                     R"({"participant":"BOB","minor":"4500000"},)"
                     R"({"participant":"ICBC","minor":"7500000"},)"
                     R"({"participant":"PSBC","minor":"3000000"}]})")});
  const std::string limits = Query({"limits", "nucc", "--csv"}).out;
  EXPECT_NE(limits.find("CMB,CNY,50000000,500000.00,100000000,1000000.00,0,0.00,0,0.00,100000000,"
                        "1000000.00,50000000,500000.00,0,0.00\n"),
            std::string::npos)
      << limits;
  EXPECT_EQ(Failure(), "CMB 500000.00 missing 30000.00 no");  // which PSBC is to pay still
  const std::string report = Query({"failure", "B202103010001", "--csv"}).out;
  EXPECT_NE(report.find("CNY,CMB,50000000,500000.00,50000000,500000.00,0,0.00,0,0.00,0,0.00,"),
            std::string::npos)
      << report;
}

TEST_F(FailureOfProgram, CountsNoCollateralOfSurvivorsAndNoEndOfMoney) {
  Limit("PSBC",
        R"("cap":{"creditMinor":"0","collateralMinor":"9000000"},)"
        R"("bilateralLimits":[{"participant":"CMB","minor":"20000000"}])",
        "pledged");
  EXPECT_EQ(Failure(), "CMB 650000.00 missing 30000.00 no");
  Take({Account("endless", "PSBC:money", "PSBC", R"("kind":"settlement","unlimited":true)")});
  EXPECT_EQ(Failure(), "CMB 650000.00 missing 0.00 yes");
  EXPECT_EQ(Survivor("PSBC"),
            "CNY,PSBC,20000000,200000.00,3000000,30000.00,3000000,30000.00,,,0,0.00,");
}

TEST_F(FailureOfProgram, NamesWhoCannotBearItsShareOfIt) {
  Take({Account("money", "PSBC:money", "PSBC", R"("kind":"settlement","floorMinor":"3000000")")});
  EXPECT_EQ(Failure(), "CMB 650000.00 missing 0.00 yes");
  Take(
      {Account("bounded", "PSBC:suspense", "PSBC", R"("kind":"suspense","floorMinor":"2999999")")});
  EXPECT_EQ(Failure(), "CMB 650000.00 missing 0.00 no");
  EXPECT_TRUE(Survivor("PSBC").ends_with(",insufficient_funds")) << Survivor("PSBC");
  EXPECT_TRUE(Survivor("BOB").ends_with(",0.00,")) << Survivor("BOB");
}

// The scheme and the banks, but for what a test changes.
class FailureElsewhere : public FailureOfProgram {
 protected:
  void SetUp() override { Program::SetUp(); }
  void Begin(const char* method, const std::vector<std::string>& kinds) {
    Take(
        {Register("nucc", fmt::format(R"("scheme":{{"method":"{}","cyclePrefix":"B"}})", method))});
    for (const char* bank : {"CMB", "ICBC"}) {
      Take({Register(bank, R"("participant":{})")});
      for (const std::string& kind : kinds) {
        Take({Account(
            fmt::format("{}-{}", bank, kind).c_str(),
            fmt::format("{}:{}", bank, kind == "customer" ? "cash" : kind).c_str(), bank,
            fmt::format(R"("kind":"{}"{}{})", kind, kind == "clearing" ? R"(,"scheme":"nucc")" : "",
                        kind == "settlement" ? "" : R"(,"unlimited":true)"))});
      }
    }
  }
};

TEST_F(FailureElsewhere, SaysWhereNobodyOwesAnything) {
  Begin("multilateral_net", {"customer", "settlement", "clearing"});
  EXPECT_EQ(Failure(), " 0.00 missing 0.00 yes");
  EXPECT_EQ(Failure({"--without", "CMB"}), "CMB 0.00 missing 0.00 yes");
}

TEST_F(FailureElsewhere, SharesNothingWherePairsSettleByThemselves) {
  Begin("bilateral_net", {"customer", "settlement", "clearing", "suspense"});
  Take({Pay("p", "ICBC", 100)});
  EXPECT_EQ(Failure(), "CMB 1.00 missing 1.00 route_mismatch no");
}

TEST_F(FailureElsewhere, NamesWhatTheOneThatFailsLacks) {
  Begin("multilateral_net", {"customer", "settlement", "clearing"});
  Take({ProposalText("grant", "ICBC:clearing",
                     R"("registration":{"account":{"currency":"CNY","kind":"clearing",)"
                     R"("scheme":"nucc","unlimited":true,"participant":"ICBC",)"
                     R"("bilateralLimits":[{"participant":"CMB","minor":"100"}]}})"),
        Pay("p", "ICBC", 100)});
  EXPECT_EQ(Failure(), "CMB 1.00 missing 0.00 no_suspense_account no");
  EXPECT_TRUE(Survivor("ICBC").ends_with(",no_suspense_account")) << Survivor("ICBC");
}

TEST_F(FailureElsewhere, IsNotAskedOfWhatIsSettledForGood) {
  for (const char* method : {"gross", "queued"}) {
    TearDown();
    SetUp();
    Begin(method, {"customer", "settlement", "clearing"});
    const Said said = Query({"failure", "B202103010001"});
    EXPECT_EQ(said.code, 1);
    EXPECT_TRUE(said.err.starts_with("longmen: unanswerable at cycle: nucc settles each item"))
        << said.err;
  }
}

TEST_F(FailureOfProgram, ShowsWhatEachMayOweOwesAndHas) {
  EXPECT_EQ(Query({"limits", "nucc", "--csv"}).out,
            "participant,currency,owed_minor,owed,credit_minor,credit,collateral_minor,collateral,"
            "earmark_minor,earmark,cap_minor,cap,headroom_minor,headroom,liquidity_minor,"
            "liquidity\n"
            "BOB,CNY,-15000000,-150000.00,,,,,,,,,,,0,0.00\n"
            "CMB,CNY,65000000,650000.00,100000000,1000000.00,20000000,200000.00,0,0.00,120000000,"
            "1200000.00,55000000,550000.00,30000000,300000.00\n"
            "ICBC,CNY,-50000000,-500000.00,,,,,,,,,,,0,0.00\n"
            "PSBC,CNY,0,0.00,,,,,,,,,,,0,0.00\n");
  EXPECT_EQ(Query({"limits", "nucc", "--csv", "--part", "granted"}).out,
            "creditor,debtor,currency,granted_minor,granted\n"
            "BOB,CMB,CNY,30000000,300000.00\nICBC,CMB,CNY,50000000,500000.00\n"
            "PSBC,CMB,CNY,20000000,200000.00\n");
}

}  // namespace
}  // namespace longmen::testing
