#include "tests/support/bad_input/bad_input.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "tests/support/proposals/proposals.h"

namespace longmen::testing {
namespace {

namespace json = boost::json;

// One thing wrong: what stands at a path ("" removes it), and what is said of it.
struct Fault {
  const char* path;
  const char* value;
  const char* code;
  const char* field;  // nullptr: the path, written as an answer writes it
  bool recorded = false;
};

struct Sample {
  const char* body;  // its path in the proposal
  const char* key;
  const char* scenario;  // may be empty
  const char* members;
  Fault other;  // another content of the same shape
  std::vector<Fault> faults;
};

#define AMOUNT(minor) R"("amount":{"minor":")" minor R"(","currency":"CNY"})"

// What every amount of a body must be. Currencies are compared with what the order or file is in.
std::vector<Fault> AmountFaults() {
  return {
      {"amount.minor", R"("0")", "amount_not_positive", nullptr},
      {"amount.minor", R"("-1")", "amount_not_positive", nullptr},
      {"amount.minor", R"("100000000000000001")", "amount_out_of_range", nullptr},
      {"amount.minor", R"("9223372036854775808")", "amount_out_of_range", nullptr},
      {"amount.minor", R"("1.00")", "malformed", nullptr},
      {"amount.minor", "true", "malformed", nullptr},
      {"amount.currency", R"("CNH")", "unknown_currency", nullptr},
      {"amount.currency", "156", "unknown_currency", nullptr},
      {"amount", "", "missing_field", nullptr},
  };
}

std::vector<Fault> And(std::vector<Fault> faults, const std::vector<Fault>& more) {
  faults.insert(faults.end(), more.begin(), more.end());
  return faults;
}

const std::vector<Sample>& Samples() {
  static const std::vector<Sample> samples = {
      {"registration.source",
       "gate",
       "",
       R"("registration":{"source":{"maxLate":"1000","maxEarly":"1000","bodies":["order"],)"
       R"("participants":["A"]}})",
       {"maxLate", R"("1001")", "conflict", nullptr},
       {{"maxLate", R"("-1")", "amount_out_of_range", nullptr},
        {"bodies", R"(["pay"])", "unknown_enum", "registration.source.bodies[0]"},
        {"bodies", R"("order")", "malformed", nullptr},
        {"status", R"("asleep")", "unknown_enum", nullptr},
        {"participants", R"(["a b"])", "bad_text", "registration.source.participants[0]"},
        {"tokenHash", R"("AAAA")", "bad_text", nullptr}}},
      {"registration.participant",
       "C",
       "",
       R"("registration":{"participant":{"name":"Bank C"}})",
       {"name", R"("Bank D")", "conflict", nullptr},
       {{"status", R"("gone")", "unknown_enum", nullptr},
        {"name", R"("a\u0001b")", "bad_text", nullptr},
        {"name", R"("6222021234567890128")", "card_number", nullptr}}},
      {"registration.account",
       "A:extra",
       "",
       R"("registration":{"account":{"currency":"CNY","kind":"merchant","participant":"A"}})",
       {"kind", R"("wallet")", "conflict", nullptr},
       {{"kind", R"("purse")", "unknown_enum", nullptr},
        {"currency", R"("XXQ")", "unknown_currency", nullptr},
        {"currency", "", "missing_field", nullptr},
        {"floorMinor", R"("-1")", "amount_out_of_range", nullptr},
        {"participant", "", "missing_field", nullptr},
        {"participant", R"("Nobody")", "unknown_participant", nullptr, true},
        {"kind", R"("settlement")", "account_exists", nullptr, true}}},
      {"registration.mandate",
       "m1",
       "",
       R"("registration":{"mandate":{"account":"A:cash","limits":[{"amountMinor":"100","count":1,)"
       R"("window":"day"}]}})",
       {"limits", R"([{"amountMinor":"101","count":1,"window":"day"}])", "conflict",
        "registration.mandate.limits[0].amountMinor"},
       {{"limits", R"([{"amountMinor":"-1","window":"day"}])", "amount_out_of_range",
         "registration.mandate.limits[0].amountMinor"},
        {"limits", R"([{"amountMinor":"1","window":"fortnight"}])", "unknown_enum",
         "registration.mandate.limits[0].window"},
        {"account", "", "missing_field", nullptr},
        {"account", R"("A:none")", "unknown_account", nullptr, true}}},
      {"registration.scheme",
       "beps",
       "",
       R"("registration":{"scheme":{"method":"gross","cyclePrefix":"E"}})",
       {"cyclePrefix", R"("F")", "conflict", nullptr},
       {{"method", R"("barter")", "unknown_enum", nullptr},
        {"cyclePrefix", R"("a prefix")", "bad_text", nullptr}}},
      {"registration.tariff",
       "t1",
       "",
       R"("registration":{"tariff":{"currency":"CNY","parking":{"capMinor":"1000",)"
       R"("stepMinor":"100","stepMinutes":60,"freeMinutes":15}}})",
       {"parking.stepMinor", R"("101")", "conflict", nullptr},
       {{"currency", R"("XXQ")", "unknown_currency", nullptr},
        {"parking.capMinor", R"("-1")", "amount_out_of_range", nullptr},
        {"parking.stepMinutes", "-60", "amount_out_of_range", nullptr}}},
      {"order",
       "new",
       "b2b_gateway",
       R"("order":{"action":"placed",)" AMOUNT("100") R"(,"payer":"A:cash","payee":"B:cash",)"
                                                      R"("scheme":"nucc"})",
       {"amount.minor", R"("101")", "conflict", nullptr},
       And(AmountFaults(),
           {{"action", R"("ordered")", "unknown_enum", nullptr},
            {"validUntil", R"("tomorrow")", "bad_time", nullptr},
            {"payee", "", "missing_field", nullptr},
            {"payee", R"("B:none")", "unknown_account", nullptr, true},
            {"payer", R"("B cash")", "bad_text", nullptr},
            {"amount.currency", R"("USD")", "currency_mismatch", "order.payer", true},
            {"scheme", "", "scheme_required", nullptr, true},
            {"mandate", R"("m9")", "unknown_mandate", nullptr, true},
            {"action", R"("expired")", "unexpected_field", "order.amount.minor"}})},
      {"authorization",
       "open",
       "b2b_gateway",
       R"("authorization":{"action":"granted","method":"password","holdMinor":"100"})",
       {"holdMinor", R"("99")", "conflict", nullptr},
       {{"action", R"("maybe")", "unknown_enum", nullptr},
        {"action", "", "missing_field", nullptr},
        {"method", R"("guess")", "unknown_enum", nullptr},
        {"holdMinor", R"("-1")", "amount_not_positive", nullptr},
        {"holdMinor", R"("10001")", "exceeds_order", nullptr, true},
        {"level", "1", "missing_field", "authorization.orderVersion"},
        {"level", "256", "amount_out_of_range", nullptr}}},
      {"debit",
       "open",
       "b2b_gateway",
       R"("debit":{)" AMOUNT("100") R"(,"outcome":"succeeded","channel":"gateway"})",
       {"channel", R"("counter")", "conflict", nullptr},
       And(AmountFaults(), {{"outcome", "", "missing_field", nullptr},
                            {"outcome", R"("done")", "unknown_enum", nullptr},
                            {"basis", R"("rumour")", "unknown_enum", nullptr},
                            {"kind", R"("gift")", "unknown_enum", nullptr},
                            {"clearingDate", R"("2021-02-30")", "bad_time", nullptr},
                            {"payer", R"("B:cash")", "route_mismatch", nullptr, true},
                            {"amount.currency", R"("USD")", "currency_mismatch", nullptr, true},
                            {"amount.minor", R"("10001")", "exceeds_order", nullptr, true},
                            {"reason", R"("card 6222021234567890128")", "card_number", nullptr}})},
      {"refund",
       "paid",
       "b2b_gateway",
       R"("refund":{)" AMOUNT("100") R"(,"outcome":"succeeded","debit":{"id":"paid"}})",
       {"amount.minor", R"("99")", "conflict", nullptr},
       And(AmountFaults(), {{"outcome", R"("done")", "unknown_enum", nullptr},
                            {"kind", R"("gift")", "unknown_enum", nullptr},
                            {"debit", "", "missing_field", nullptr},
                            {"debit.id", R"("unpaid")", "unknown_debit", "refund.debit", true},
                            {"amount.currency", R"("USD")", "currency_mismatch", nullptr, true},
                            {"amount.minor", R"("10001")", "exceeds_debit", nullptr, true}})},
      {"settlement",
       "B202103010001",
       "",
       R"("settlement":{"action":"settled","reference":"hvps-1","positions":[)"
       R"({"participant":"A","currency":"CNY","grossIn":"0","grossOut":"10000","net":"-10000"},)"
       R"({"participant":"B","currency":"CNY","grossIn":"10000","grossOut":"0","net":"10000"}]})",
       {"reference", R"("hvps-2")", "conflict", nullptr},
       {{"action", R"("finished")", "unknown_enum", nullptr},
        {"action", R"("opened")", "unexpected_field", "settlement.positions"},
        {"positions", R"("all")", "malformed", nullptr},
        {"reference", R"("hvps 1\u0000")", "bad_text", nullptr},
        {"positions",
         R"([{"participant":"A","currency":"XXQ","grossIn":"0","grossOut":"1","net":"-1"}])",
         "unknown_currency", "settlement.positions[0].currency"},
        {"positions",
         R"([{"participant":"A","currency":"CNY","grossIn":"0","grossOut":"1","net":"-1"}])",
         "position_mismatch", "settlement.positions[0].grossOut", true}}},
      {"statement",
       "short",
       "",
       R"("statement":{"action":"line",)" AMOUNT(
           "100") R"(,"direction":"credit","line":2,"reference":"r2"})",
       {"reference", R"("r3")", "conflict", nullptr},
       And(AmountFaults(), {{"direction", "", "missing_field", nullptr},
                            {"direction", R"("sideways")", "unknown_enum", nullptr},
                            {"action", R"("footer")", "unknown_enum", nullptr},
                            {"line", "0", "missing_field", nullptr},
                            {"line", "4", "line_out_of_order", nullptr, true},
                            {"amount.currency", R"("USD")", "currency_mismatch", nullptr, true},
                            {"date", R"("1 March")", "bad_time", nullptr}})},
      {"resolution",
       "",
       "",
       R"("resolution":{)" AMOUNT(
           "100") R"(,"kind":"matched","reason":"found","by":"ann",)"
                  R"("approvedBy":"bob","lines":[{"file":"whole","line":1}]})",
       {"reason", R"("lost")", "conflict", nullptr},
       {{"kind", R"("forgotten")", "unknown_enum", nullptr},
        {"amount.currency", R"("XXQ")", "unknown_currency", nullptr},
        {"lines", "", "missing_field", nullptr},
        {"approvedBy", "", "missing_field", nullptr},
        {"approvedBy", R"("ann")", "same_approver", nullptr, true},
        {"amount.minor", R"("99")", "amount_mismatch", nullptr, true},
        {"lines", R"([{"file":"none","line":1}])", "unknown_file", "resolution.lines[0].file",
         true},
        {"lines", R"([{"file":"short","line":1}])", "file_incomplete", "resolution.lines[0].file",
         true},
        {"lines", R"([{"file":"whole","line":7}])", "unknown_line", "resolution.lines[0].line",
         true}}},
  };
  return samples;
}

#undef AMOUNT

json::object Parsed(const std::string& text) { return json::parse(text).as_object(); }

std::string GoodText(const Sample& sample, const std::string& id) {
  const std::string scenario =
      *sample.scenario == 0 ? std::string() : fmt::format(R"("scenario":"{}",)", sample.scenario);
  json::object proposal = Parsed(ProposalText(id, sample.key, scenario + sample.members));
  if (*sample.key == 0) proposal.erase("key");
  return json::serialize(proposal);
}

// Sets what stands at a dotted path, or removes it where the value is empty.
std::string Edited(const std::string& text, const std::string& path, const char* value) {
  json::object proposal = Parsed(text);
  json::object* parent = &proposal;
  size_t at = 0;
  for (size_t dot; (dot = path.find('.', at)) != std::string::npos; at = dot + 1) {
    parent = &parent->at(path.substr(at, dot - at)).as_object();
  }
  if (*value == 0) {
    parent->erase(path.substr(at));
  } else {
    (*parent)[path.substr(at)] = json::parse(value);
  }
  return json::serialize(proposal);
}

// `missing_field` of an amount names its first member.
std::string FieldOf(const Sample& sample, const Fault& fault) {
  return fault.field != nullptr ? fault.field : fmt::format("{}.{}", sample.body, fault.path);
}

// What can be wrong with any proposal, whatever its body.
std::vector<BadInput> CommonFaults(const Sample& sample) {
  const std::string body = sample.body;
  const std::string top = body.substr(0, body.find('.'));
  const std::string another = top == "order" ? "debit" : "order";
  const std::string good = GoodText(sample, "common-" + body);
  std::vector<BadInput> all = {
      {"cut", good.substr(0, good.size() - 1), "malformed", "", false},
      {"more after it", good + "}", "malformed", "", false},
      {"no id", Edited(good, "id", ""), "missing_field", "id", false},
      {"id of 36", Edited(good, "id", ('"' + std::string(36, 'i') + '"').c_str()), "too_long", "id",
       false},
      {"id with a space", Edited(good, "id", R"("a b")"), "bad_text", "id", false},
      {"no time", Edited(good, "occurredAt", ""), "missing_field", "occurredAt", false},
      {"no such time", Edited(good, "occurredAt", R"("2021-02-29T00:00:00Z")"), "bad_time",
       "occurredAt", false},
      {"no such scenario", Edited(good, "scenario", R"("casino")"), "unknown_enum", "scenario",
       false},
      {"no object", Edited(good, top, "7"), "malformed", top, false},
      {"a field too many", Edited(good, body + ".surprise", "1"), "unknown_field",
       body + ".surprise", false},
      {"two bodies", Edited(good, another, "{}"), "malformed", another, false},
      {"key of 65", Edited(good, "key", ('"' + std::string(65, 'k') + '"').c_str()), "too_long",
       "key", false},
  };
  if (*sample.key != 0) {
    all.push_back({"no key", Edited(good, "key", ""), "missing_field", "key", false});
  }
  for (BadInput& input : all) input.name = body + ": " + input.name;
  return all;
}

}  // namespace

std::string SetupLines() {
  const auto amount = [](int minor) {
    return fmt::format(R"("amount":{{"minor":"{}","currency":"CNY"}})", minor);
  };
  const auto statement = [&](const char* id, const char* key, std::string members) {
    return ProposalText(id, key, R"("statement":{"action":)" + members + "}") + "\n";
  };
  std::string lines = BankLines({"A", "B"});
  lines += PaymentGroup("paid", "A", "B", 10'000) + "\n";
  lines += ProposalText("close", "B202103010001",
                        R"("settlement":{"action":"closed","next":"B202103010002"})") +
           "\n";
  lines += ProposalText("open", "open",
                        fmt::format(R"("scenario":"b2b_gateway","order":{{"action":"placed",{},)"
                                    R"("payer":"A:cash","payee":"B:cash","scheme":"nucc"}})",
                                    amount(10'000))) +
           "\n";
  for (const char* file : {"short", "whole"}) {
    lines += statement(fmt::format("{}-header", file).c_str(), file,
                       R"("header","participant":"A","amount":{"currency":"CNY"})");
    lines += statement(fmt::format("{}-1", file).c_str(), file,
                       fmt::format(R"("line",{},"direction":"credit","line":1)", amount(100)));
  }
  lines += statement("whole-trailer", "whole", R"("trailer","count":1,"creditMinor":"100")");
  return lines;
}

std::vector<BadInput> BadInputs() {
  std::vector<BadInput> all;
  int number = 0;
  for (const Sample& sample : Samples()) {
    const auto common = CommonFaults(sample);
    all.insert(all.end(), common.begin(), common.end());
    for (const Fault& fault : sample.faults) {
      const std::string good = GoodText(sample, fmt::format("bad-{}", ++number));
      all.push_back({fmt::format("{}: {} = {}", sample.body, fault.path, fault.value),
                     Edited(good, fmt::format("{}.{}", sample.body, fault.path), fault.value),
                     fault.code, FieldOf(sample, fault), fault.recorded});
    }
  }
  all.push_back({"refusal", ProposalText("refusal", "k", R"("refusal":{})"), "unexpected_field",
                 "refusal", false});
  return all;
}

std::vector<Resent> Resents() {
  std::vector<Resent> all;
  for (const Sample& sample : Samples()) {
    const std::string good = GoodText(sample, fmt::format("good-{}", sample.body));
    all.push_back(
        {good,
         Edited(good, fmt::format("{}.{}", sample.body, sample.other.path), sample.other.value),
         FieldOf(sample, sample.other)});
  }
  return all;
}

std::string PowerlessSourceLine(std::string_view token_hash) {
  return ProposalText("source-powerless", "powerless",
                      fmt::format(R"("registration":{{"source":{{"maxLate":"60000000000",)"
                                  R"("maxEarly":"60000000000","tokenHash":"{}"}}}})",
                                  token_hash)) +
         "\n";
}

std::vector<BadInput> WithoutPermission() {
  std::vector<BadInput> all;
  for (const Sample& sample : Samples()) {
    const std::string body = sample.body;
    all.push_back({body + ": without permission", GoodText(sample, "powerless-" + body),
                   "not_permitted", body.substr(0, body.find('.')), true});
  }
  return all;
}

}  // namespace longmen::testing
