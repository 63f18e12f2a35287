// What waits for a scheme and what became of it, through the program.
#include <fmt/format.h>

#include <fstream>
#include <string>

#include "tests/adapters/cli/clearing_program.h"

namespace longmen::testing {
namespace {

// Three banks without money at the central bank, whose payments in the queue "hvps" make a circle.
class QueueOfProgram : public ClearingProgram {
 protected:
  void SetUp() override {
    Program::SetUp();
    Take({Register("hvps", R"("scheme":{"method":"queued","cyclePrefix":"H"})")});
    for (const std::string bank : {"A", "B", "C"}) {
      const auto account = [&](const char* name, const char* kind, const char* more) {
        return Register(
            fmt::format("{}:{}", bank, name),
            fmt::format(R"("account":{{"currency":"CNY","participant":"{}","kind":"{}"{}}})", bank,
                        kind, more));
      };
      Take({Register(bank, R"("participant":{})"),
            account("cash", "customer", R"(,"unlimited":true)"),
            account("settlement", "settlement", ""),
            account("reserve", "mirror", R"(,"unlimited":true)"),
            account("hvps", "clearing", R"(,"unlimited":true,"scheme":"hvps")")});
    }
    Take({Send("p1", "A", "B", 10'000), Send("p2", "B", "C", 11'000), Send("p3", "C", "A", 10'000),
          Send("p4", "A", "C", 500, 7)});
  }
  static std::string Send(const std::string& id, const char* from, const char* to, int64_t minor,
                          int priority = 0) {
    return ProposalText(
        id, "k-" + id,
        fmt::format(R"("debit":{{"kind":"payout","amount":{{"minor":"{}","currency":"CNY"}},)"
                    R"("outcome":"succeeded","payer":"{}:cash","payee":"{}:cash",)"
                    R"("scheme":"hvps","priority":{}}})",
                    minor, from, to, priority));
  }
};

TEST_F(QueueOfProgram, IsShownToPeopleAndPrograms) {
  const Said people = Query({"queue", "hvps", "--part", "payments"});
  EXPECT_EQ(people.code, 0) << people.err;
  EXPECT_EQ(
      people.out.substr(0, people.out.find("as of")),
      "currency  sender  receiver  amount  priority  status   since                 movement  "
      "source    id  key\n"
      "CNY       A       C           5.00         7  waiting  2021-03-01T01:00:00Z        23  "
      "operator  p4  k-p4\n"
      "CNY       A       B         100.00         0  waiting  2021-03-01T01:00:00Z        20  "
      "operator  p1  k-p1\n"
      "CNY       B       C         110.00         0  waiting  2021-03-01T01:00:00Z        21  "
      "operator  p2  k-p2\n"
      "CNY       C       A         100.00         0  waiting  2021-03-01T01:00:00Z        22  "
      "operator  p3  k-p3\n")
      << people.out;
  EXPECT_EQ(Query({"queue", "hvps", "--csv", "--part", "participants"}).out,
            "participant,currency,in_count,gross_in_minor,gross_in,out_count,gross_out_minor,"
            "gross_out,net_minor,net\n"
            "A,CNY,1,10000,100.00,2,10500,105.00,-500,-5.00\n"
            "B,CNY,1,10000,100.00,1,11000,110.00,-1000,-10.00\n"
            "C,CNY,2,11500,115.00,1,10000,100.00,1500,15.00\n");
  EXPECT_EQ(Query({"queue", "hvps", "--json", "--as-of", "20"}).out,
            R"({"part":"payments","currency":"CNY","sender":"A","receiver":"B",)"
            R"("amountMinor":"10000","priority":"0","status":"waiting",)"
            R"("since":"2021-03-01T01:00:00Z","movement":"20","source":"operator","id":"p1",)"
            R"("key":"k-p1"})"
            "\n"
            R"({"part":"participants","participant":"A","currency":"CNY","inCount":"0",)"
            R"("grossInMinor":"0","outCount":"1","grossOutMinor":"10000","netMinor":"-10000"})"
            "\n"
            R"({"part":"participants","participant":"B","currency":"CNY","inCount":"1",)"
            R"("grossInMinor":"10000","outCount":"0","grossOutMinor":"0","netMinor":"10000"})"
            "\n");
  const Said unknown = Query({"queue", "hpvs"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_NE(unknown.err.find("there is no such scheme"), std::string::npos) << unknown.err;
}

TEST_F(QueueOfProgram, IsResolvedAndSaysWhatThatSaved) {
  const auto ask = [&](const char* id, const char* mode) {
    Take({ProposalText(id, "H202103010001",
                       fmt::format(R"("settlement":{{"action":"resolution_asked",)"
                                   R"("currency":"CNY","mode":"{}"}})",
                                   mode)),
          Register(std::string("after-") + id, R"("participant":{})")});
  };
  ask("a1", "fifo");
  ask("a2", "value");
  Take({ProposalText("funds", "f1",
                     R"("debit":{"kind":"liquidity","amount":{"minor":"1000","currency":"CNY"},)"
                     R"("outcome":"succeeded","payer":"B:settlement","payee":"B:reserve"})")});
  ask("a3", "value");  // what B lacked for the circle is there
  const std::string header =
      "sequence,recorded_at,result,mode,currency,count,value_minor,value,value_max_minor,"
      "value_max,saved_minor,saved\n";
  const std::string first = "25,2021-03-01T01:00:00Z,deadlocked,fifo,CNY,4,31500,315.00,0,0.00,,\n";
  EXPECT_EQ(
      Query({"resolutions", "hvps", "--csv"}).out,
      header + first +
          "28,2021-03-01T01:00:00Z,deadlocked,value,CNY,4,31500,315.00,0,0.00,,\n"
          "32,2021-03-01T01:00:00Z,settled,value,CNY,3,31000,310.00,31000,310.00,30000,300.00\n");
  EXPECT_EQ(Query({"resolutions", "hvps", "--csv", "--limit", "1"}).out, header + first);
  EXPECT_EQ(Query({"resolutions", "hvps", "--json", "--after", "28"}).out,
            R"({"sequence":"32","recordedAt":"2021-03-01T01:00:00Z","result":"settled",)"
            R"("mode":"value","currency":"CNY","count":"3","valueMinor":"31000",)"
            R"("valueMaxMinor":"31000","savedMinor":"30000"})"
            "\n");
  const Said left = Query({"queue", "hvps", "--json", "--part", "payments"});
  EXPECT_NE(left.out.find(R"("id":"p4")"), std::string::npos) << left.out;
  EXPECT_EQ(left.out.find("\n"), left.out.size() - 1) << left.out;
}

// What docs/clearing.md tells a bank to send is accepted, line by line.
TEST_F(Program, TheLedgerOfTheClearingPageIsAcceptedAsItStands) {
  std::ifstream page("docs/clearing.md");
  std::string lines;
  int count = 0;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("    {")) continue;
    lines += line + "\n";
    ++count;
  }
  EXPECT_GT(count, 20);
  const Said said = Ingest(lines);
  EXPECT_EQ(said.code, 0) << said.out << said.err;
  const Said cycles = Query({"cycles", "--csv"});
  EXPECT_NE(cycles.out.find("N202103010001,net,settled"), std::string::npos) << cycles.out;
  const Said resolutions = Query({"resolutions", "rt", "--csv"});
  EXPECT_NE(resolutions.out.find("deadlocked,fifo,CNY,1,500"), std::string::npos)
      << resolutions.out;
}

// A payment was accepted when it began to wait; what became of it is told by the same id.
TEST_F(QueueOfProgram, AnAnswerSaysWhatBecameOfItsPayment) {
  const auto answer = [&](const char* id) {
    return Query({"answer", "operator", id, "--csv"}).out;
  };
  const std::string header = "source,id,answer,sequence,outcome,queue,code,class,field,index\n";
  EXPECT_EQ(answer("p1"), header + "operator,p1,accepted,20,pending,waiting,,,,\n");
  const auto change = [](const char* id, const char* what) {
    return ProposalText(
        fmt::format("{}-{}", what, id), fmt::format("k-{}", id),
        fmt::format(R"("debit":{{"kind":"payout","amount":{{"minor":"10000","currency":"CNY"}},)"
                    R"("resolves":{{"id":"{}"}},{}}})",
                    id,
                    what == std::string("hold") ? R"("outcome":"pending","queueAction":"hold")"
                                                : R"("outcome":"failed")"));
  };
  Take({change("p1", "hold"), change("p3", "cancel")});
  EXPECT_EQ(answer("p1"), header + "operator,p1,accepted,20,pending,held,,,,\n");
  EXPECT_EQ(answer("p3"), header + "operator,p3,accepted,22,failed,,,,,\n");
  EXPECT_EQ(answer("cancel-p3"), header + "operator,cancel-p3,accepted,25,,,,,,\n");
  Take({ProposalText("funds", "f1",
                     R"("debit":{"kind":"liquidity","amount":{"minor":"11000","currency":"CNY"},)"
                     R"("outcome":"succeeded","payer":"B:settlement","payee":"B:reserve"})"),
        Register("after", R"("participant":{})")});
  EXPECT_EQ(answer("p2"), header + "operator,p2,accepted,21,succeeded,,,,,\n");
}

}  // namespace
}  // namespace longmen::testing
