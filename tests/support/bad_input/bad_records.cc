// Bad records: each step of each scenario by the fields it has; what can be wrong with a field
// follows from its kind.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "tests/support/bad_input/bad_input.h"
#include "tests/support/proposals/proposals.h"

namespace longmen::testing {
namespace {

namespace json = boost::json;

enum class Kind {
  kKey,
  kId,
  kPerson,
  kText,
  kWords,
  kAddress,
  kPlate,
  kAmount,
  kTime,
  kDate,
  kEnum
};

struct Field {
  const char* path;  // within the step
  Kind kind;
  bool required;
  const char* good;  // JSON; one more field than the step needs is stated, too
};

struct Step {
  const char* name;
  const char* code;   // what the ledger says of it as it stands here
  const char* field;  // likewise, whole
  std::vector<Field> fields;
};

constexpr const char* kAmount = R"({"minor":"100","currency":"CNY"})";
constexpr const char* kTime = R"("2021-03-01T01:00:00Z")";
constexpr const char* kDate = R"("2021-03-01")";

std::vector<Step> GatewaySteps() {
  const Field order{"order", Kind::kKey, true, R"("none")"};
  const Field reason{"reason", Kind::kWords, false, R"("because")"};
  const Field transaction{"transactionId", Kind::kText, true, R"("T1")"};
  const Field amount{"amount", Kind::kAmount, true, kAmount};
  const Field outcome{"outcome", Kind::kEnum, true, R"("succeeded")"};
  const Field date{"clearingDate", Kind::kDate, false, kDate};
  const Field reference{"reference", Kind::kText, true, R"("R1")"};
  return {
      {"gatewayRequest",
       "unknown_account",
       "order.payer",
       {order,
        amount,
        {"validUntil", Kind::kTime, false, kTime},
        {"payee", Kind::kId, true, R"("B:cash")"},
        {"scheme", Kind::kId, false, R"("nucc")"},
        {"submitter", Kind::kPerson, true, R"("li")"},
        {"payer", Kind::kId, false, R"("A:none")"},
        {"channel", Kind::kId, false, R"("APP")"},
        {"acceptingBank", Kind::kText, false, R"("B")"},
        {"accountBank", Kind::kText, false, R"("A")"},
        {"payeeBank", Kind::kText, false, R"("B")"},
        {"merchant", Kind::kWords, false, R"("a shop")"}}},
      {"networkAnswer",
       "unknown_order",
       "networkAnswer.order",
       {order,
        {"answer", Kind::kEnum, true, R"("accepted")"},
        {"transactionId", Kind::kText, false, R"("T1")"},
        {"redirectAddress", Kind::kAddress, false, R"("https://a")"},
        reason}},
      {"redirected", "unknown_order", "redirected.order", {order}},
      {"validation",
       "unknown_order",
       "validation.order",
       {order, {"answer", Kind::kEnum, true, R"("accepted")"}, reason}},
      {"submission",
       "unknown_order",
       "submission.order",
       {order,
        {"payer", Kind::kId, false, R"("A:cash")"},
        {"operationAmount", Kind::kAmount, false, kAmount}}},
      {"approval",
       "unknown_order",
       "key",
       {order,
        {"decision", Kind::kEnum, true, R"("reject")"},
        {"by", Kind::kPerson, true, R"("zhang")"},
        {"method", Kind::kEnum, false, R"("usb_key")"},
        reason}},
      {"debitNotice",
       "unknown_order",
       "debitNotice.order",
       {order,
        transaction,
        amount,
        {"debitedAt", Kind::kTime, false, kTime},
        outcome,
        {"payer", Kind::kId, false, R"("A:cash")"},
        date,
        reason}},
      {"successNotice",
       "unknown_debit",
       "successNotice.transactionId",
       {order, transaction, amount, {"receiver", Kind::kEnum, true, R"("account_bank")"}}},
      {"credited",
       "unknown_order",
       "key",
       {order, {"transactionId", Kind::kText, false, R"("T1")"}}},
      {"answerOverdue", "unknown_order", "key", {order}},
      {"paymentReturn",
       "unknown_debit",
       "paymentReturn.transactionId",
       {order, transaction, amount, reference, outcome, date, reason}},
      {"refund",
       "unknown_debit",
       "refund.transactionId",
       {order, transaction, amount, reference, outcome, date, reason}},
      {"cancellation", "unknown_order", "key", {order, reason}},
  };
}

std::vector<Step> ParkingSteps() {
  const Field session{"session", Kind::kKey, true, R"("none")"};
  const Field reason{"reason", Kind::kWords, false, R"("because")"};
  const Field amount{"amount", Kind::kAmount, true, kAmount};
  const Field outcome{"outcome", Kind::kEnum, true, R"("succeeded")"};
  const Field reference{"reference", Kind::kText, false, R"("R1")"};
  const std::vector<Field> answer = {{"answer.outcome", Kind::kEnum, true, R"("succeeded")"},
                                     {"answer.payer", Kind::kId, false, R"("A:cash")"},
                                     {"answer.scheme", Kind::kId, false, R"("nucc")"},
                                     {"answer.reference", Kind::kText, false, R"("P1")"},
                                     {"answer.clearingDate", Kind::kDate, false, kDate},
                                     {"answer.reason", Kind::kWords, false, R"("because")"}};
  const auto with_answer = [&answer](std::vector<Field> fields) {
    fields.insert(fields.end(), answer.begin(), answer.end());
    return fields;
  };
  return {
      {"scan", "unknown_tariff", "scan.tariff",
       with_answer({session,
                    {"lot", Kind::kId, true, R"("77")"},
                    {"bay", Kind::kId, true, R"("3")"},
                    {"tariff", Kind::kId, true, R"("none")"},
                    {"pending", Kind::kId, true, R"("B:pending")"},
                    {"revenue", Kind::kId, true, R"("B:revenue")"},
                    {"plate", Kind::kPlate, true, R"("青A·12345")"},
                    {"payerCode", Kind::kId, true, R"("101234567890123456")"}})},
      {"scanResult", "unknown_order", "scanResult.session", with_answer({session})},
      {"revoke", "unknown_order", "revoke.session", {session, reason}},
      {"departure",
       "unknown_order",
       "departure.session",
       {session, {"tariff", Kind::kId, false, R"("none")"}}},
      {"abandonment", "unknown_order", "abandonment.session", {session, reason}},
      {"refund", "unknown_order", "refund.session", {session, amount, reason}},
      {"refundResult",
       "unknown_order",
       "refundResult.session",
       {session,
        outcome,
        reference,
        {"clearingDate", Kind::kDate, false, kDate},
        reason,
        {"number", Kind::kText, true, R"("none/r1")"}}},
      {"payout",
       "unknown_account",
       "order.payer",
       {{"payout", Kind::kKey, true, R"("none")"},
        {"from", Kind::kId, true, R"("B:none")"},
        {"to", Kind::kId, true, R"("B:cash")"},
        amount,
        {"scheme", Kind::kId, false, R"("nucc")"},
        outcome,
        reference,
        reason}},
  };
}

// A value, and what it is called. The field is the step's path with `below` after it.
struct Fault {
  std::string value;  // JSON; "" leaves the field out
  const char* code;
  const char* below = "";
};

std::string TextOf(size_t length) { return '"' + std::string(length, 'x') + '"'; }

std::vector<Fault> AmountFaults() {
  return {{R"({"minor":"0","currency":"CNY"})", "amount_not_positive", ".minor"},
          {R"({"currency":"CNY"})", "amount_not_positive", ".minor"},
          {R"({"minor":"-1","currency":"CNY"})", "amount_not_positive", ".minor"},
          {R"({"minor":"100000000000000001","currency":"CNY"})", "amount_out_of_range", ".minor"},
          {R"({"minor":"9223372036854775808","currency":"CNY"})", "amount_out_of_range", ".minor"},
          {R"({"minor":"1.00","currency":"CNY"})", "malformed", ".minor"},
          {R"({"minor":"100"})", "missing_field", ".currency"},
          {R"({"minor":"100","currency":"XXQ"})", "unknown_currency", ".currency"},
          {R"({"minor":"100","currency":156})", "unknown_currency", ".currency"},
          {R"({"minor":"100","currency":"CNY","sign":1})", "unknown_field", ".sign"},
          {"100", "malformed"}};
}

std::vector<Fault> FaultsOf(Kind kind) {
  const std::string card = R"("card 4111 1111 1111 1111")";
  switch (kind) {
    case Kind::kKey:
      return {{TextOf(65), "too_long"}, {R"("a b")", "bad_text"}, {"7", "malformed"}};
    case Kind::kId:
      return {{TextOf(36), "too_long"},
              {R"("a b")", "bad_text"},
              {R"("a\u0000b")", "bad_text"},
              {R"("账户")", "bad_text"},
              {"[]", "malformed"}};
    case Kind::kPerson:
      return {{TextOf(36), "too_long"}, {R"("a b")", "bad_text"}, {R"("a\nb")", "bad_text"}};
    case Kind::kText:
      return {{TextOf(141), "too_long"}, {R"("a\u0000b")", "bad_text"}, {"7", "malformed"}};
    case Kind::kWords:
      return {{TextOf(141), "too_long"}, {R"("a\u0000b")", "bad_text"}, {card, "card_number"}};
    case Kind::kAddress:
      return {{TextOf(513), "too_long"}, {R"("a\u007fb")", "bad_text"}, {card, "card_number"}};
    case Kind::kPlate:
      return {{TextOf(141), "too_long"}, {R"("a\u0085b")", "bad_text"}};
    case Kind::kAmount:
      return AmountFaults();
    case Kind::kTime:
      return {{R"("yesterday")", "bad_time"},
              {R"("1969-12-31T23:59:59Z")", "bad_time"},
              {R"("2200-01-01T00:00:00Z")", "bad_time"},
              {"5", "bad_time"}};
    case Kind::kDate:
      return {{R"("2021-02-29")", "bad_time"}, {R"("1969-12-31")", "bad_time"}};
    case Kind::kEnum:
      return {{R"("nope")", "unknown_enum"}, {"1", "unknown_enum"}};
  }
  return {};
}

// Sets what stands at a dotted path, making the objects on the way; removes it where the value is
// empty.
void Put(json::object& into, const std::string& path, const std::string& value) {
  json::object* parent = &into;
  size_t at = 0;
  for (size_t dot; (dot = path.find('.', at)) != std::string::npos; at = dot + 1) {
    json::value& next = (*parent)[path.substr(at, dot - at)];
    if (!next.is_object()) next.emplace_object();
    parent = &next.as_object();
  }
  if (value.empty()) {
    parent->erase(path.substr(at));
  } else {
    (*parent)[path.substr(at)] = json::parse(value);
  }
}

json::object GoodRecord(const Step& step, const std::string& id) {
  json::object record{{"id", id}, {"occurredAt", std::string(kNow)}, {step.name, json::object{}}};
  for (const Field& field : step.fields) {
    Put(record, fmt::format("{}.{}", step.name, field.path), field.good);
  }
  return record;
}

class Cases {
 public:
  explicit Cases(std::string_view scenario) : scenario_(scenario) {}

  void Add(const Step& step) {
    all_.push_back({fmt::format("{} as it should be", step.name),
                    json::serialize(GoodRecord(step, NextId())), step.code, step.field, true});
    AddCommon(step);
    for (const Field& field : step.fields) {
      const std::string path = fmt::format("{}.{}", step.name, field.path);
      for (const Fault& fault : FaultsOf(field.kind)) {
        AddFault(step, path, fault.value, fault.code, path + fault.below);
      }
      if (field.required) AddFault(step, path, "", "missing_field", path);
    }
  }
  std::vector<BadInput> Take() { return std::move(all_); }

 private:
  std::string NextId() { return fmt::format("{}-{}", scenario_.substr(0, 3), ++number_); }

  // What can be wrong with any record, whatever its step.
  void AddCommon(const Step& step) {
    const std::string name = step.name;
    AddFault(step, "id", "", "missing_field", "id");
    AddFault(step, "id", TextOf(32), "too_long", "id");
    AddFault(step, "id", TextOf(36), "too_long", "id");
    AddFault(step, "id", R"("a b")", "bad_text", "id");
    AddFault(step, "id", R"("a\u0000b")", "bad_text", "id");
    AddFault(step, "occurredAt", "", "missing_field", "occurredAt");
    AddFault(step, "occurredAt", R"("1969-12-31T23:59:59Z")", "bad_time", "occurredAt");
    AddFault(step, "occurredAt", R"("2200-01-01T00:00:00Z")", "bad_time", "occurredAt");
    AddFault(step, "occurredAt", R"("2021-02-29T00:00:00Z")", "bad_time", "occurredAt");
    AddFault(step, name, "7", "malformed", name);
    AddFault(step, name, "", "missing_field", "step");
    AddFault(step, name + ".surprise", "1", "unknown_field", name + ".surprise");
    AddFault(step, "surprise", "1", "unknown_field", "surprise");
    const std::string good = json::serialize(GoodRecord(step, NextId()));
    all_.push_back({name + ", cut", good.substr(0, good.size() - 1), "malformed", "", false});
  }

  void AddFault(const Step& step, const std::string& path, const std::string& value,
                const char* code, const std::string& field) {
    json::object record = GoodRecord(step, NextId());
    Put(record, path, value);
    all_.push_back({fmt::format("{}: {} = {}", step.name, path, value), json::serialize(record),
                    code, field, false});
  }

  std::string_view scenario_;
  int number_ = 0;
  std::vector<BadInput> all_;
};

}  // namespace

std::vector<BadInput> BadRecords(std::string_view scenario) {
  Cases cases(scenario);
  for (const Step& step : scenario == "parking" ? ParkingSteps() : GatewaySteps()) cases.Add(step);
  return cases.Take();
}

}  // namespace longmen::testing
