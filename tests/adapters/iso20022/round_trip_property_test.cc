// Whatever a message says, it says again after it was written and read.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <set>

#include "adapters/iso20022/enterprise_records.h"
#include "adapters/iso20022/pacs.h"
#include "tests/adapters/iso20022/pain001_text.h"

namespace longmen::testing {
namespace {

using namespace adapters::iso20022;

// rapidcheck reads it once, at the first property. LONGMEN_SEED makes a run the same again, and
// LONGMEN_CASES a longer one.
const bool kParameters = [] {
  const char* seed = std::getenv("LONGMEN_SEED");
  const char* cases = std::getenv("LONGMEN_CASES");
  const std::string parameters = fmt::format("max_success={}", cases == nullptr ? "200" : cases);
  setenv("RC_PARAMS", (seed == nullptr ? parameters : parameters + " seed=" + seed).c_str(), 0);
  return true;
}();

// Of the letters that XML, JSON and people care about.
std::string Text(size_t letters_max) {
  static const std::vector<std::string> kLetters = {"a", "Z", "0", "9", "-", "&",  "<",  ">", "\"",
                                                    "'", "+", "/", "~", ".", "\\", "王", "é", "]"};
  const auto letters = *rc::gen::resize(static_cast<int>(letters_max),
                                        rc::gen::nonEmpty(rc::gen::container<std::vector<size_t>>(
                                            rc::gen::inRange<size_t>(0, kLetters.size()))));
  std::string text;
  for (size_t i = 0; i < letters.size() && i < letters_max; ++i) text += kLetters[letters[i]];
  return text;
}

Money Amount() {
  const auto code = *rc::gen::element<std::string>("CNY", "JPY", "KWD", "CLF", "EUR");
  return {*rc::gen::inRange<int64_t>(1, 1'000'000'000'000'000), *CurrencyFromAlphabetic(code)};
}

std::string AccountId() {
  return *rc::gen::element<std::string>("755900000000001", "CH0309000000250090342",
                                        "CH5109000000250092291", "02&<0");
}

DayNumber Day() { return *rc::gen::inRange<DayNumber>(1, 40'000); }

Instruction AnyInstruction(const std::string& end_to_end) {
  Instruction instruction;
  if (*rc::gen::arbitrary<bool>()) instruction.instruction = Text(35);
  instruction.end_to_end = end_to_end;
  instruction.amount = Amount();
  instruction.creditor = Text(140);
  instruction.creditor_account = AccountId();
  if (*rc::gen::arbitrary<bool>()) instruction.creditor_agent = "102100099996";
  if (*rc::gen::arbitrary<bool>()) instruction.remittance = Text(140);
  return instruction;
}

// Some payments, whose ids in the message are all different.
Initiation AnyInitiation() {
  Initiation initiation{.id = Text(35), .created = Day() * kNanosPerDay, .initiator = Text(70)};
  std::set<std::string> ids;
  const int payments = *rc::gen::inRange(1, 4);
  for (int i = 0; i < payments; ++i) {
    PaymentInformation payment{.id = Text(35),
                               .execution = Day(),
                               .debtor = Text(70),
                               .debtor_account = AccountId(),
                               .debtor_agent = "308584000013"};
    const int instructions = *rc::gen::inRange(1, 5);
    for (int j = 0; j < instructions; ++j) {
      const std::string id = Text(35);
      if (!ids.insert(id).second) continue;
      payment.instructions.push_back(AnyInstruction(id));
    }
    if (payment.instructions.empty()) continue;
    initiation.count += payment.instructions.size();
    initiation.payments.push_back(std::move(payment));
  }
  return initiation;
}

RC_GTEST_PROP(Pain001Property, ReadsWhatACustomerWrote, ()) {
  const Initiation initiation = AnyInitiation();
  const auto read = ReadInitiation(Pain001Text(initiation), 480);
  RC_ASSERT(read.ok());
  RC_ASSERT(*read == initiation);
}

RC_GTEST_PROP(Pain001Property, EveryTransactionHasARecordAndAReferenceOfItsOwn, ()) {
  const Initiation initiation = AnyInitiation();
  const auto records = ToEnterpriseRecords(initiation, Mapping());
  RC_ASSERT(records.size() == initiation.count);
  std::set<std::string> ids;
  std::set<std::string> references;
  for (const auto& record : records) {
    RC_ASSERT(record.id.size() <= 31u);
    RC_ASSERT(record.reference.size() <= 35u);
    ids.insert(record.id);
    references.insert(record.reference);
  }
  RC_ASSERT(ids.size() == records.size());
  RC_ASSERT(references.size() == records.size());
}

RC_GTEST_PROP(Pain001Property, RefusesEverySumButItsOwn, ()) {
  Initiation initiation = AnyInitiation();
  __int128 sum = 0;  // of 10^-4
  for (const auto& payment : initiation.payments) {
    for (const auto& instruction : payment.instructions) {
      __int128 value = instruction.amount.minor;
      for (int i = instruction.amount.currency.exponent(); i < 4; ++i) value *= 10;
      sum += value;
    }
  }
  const auto off = *rc::gen::inRange<int64_t>(-3, 4);
  const __int128 stated = sum + off;
  RC_PRE(stated > 0);
  initiation.sum = fmt::format("{}.{:04}", static_cast<int64_t>(stated / 10'000),
                               static_cast<int64_t>(stated % 10'000));
  const auto read = ReadInitiation(Pain001Text(initiation), 480);
  RC_ASSERT(read.ok() == (off == 0));
  if (off != 0) RC_ASSERT(read.error().code == Code::CONTROL_TOTAL_MISMATCH);
}

CreditTransfers AnyTransfers() {
  CreditTransfers message{.header = {.id = Text(35), .created = Day() * kNanosPerDay}};
  if (*rc::gen::arbitrary<bool>()) message.header.clearing_system = Text(35);
  std::set<std::string> ids;
  const int count = *rc::gen::inRange(1, 8);
  for (int i = 0; i < count; ++i) {
    CreditTransfer transfer{.end_to_end = Text(35),
                            .transaction = Text(35),
                            .amount = Amount(),
                            .settlement_date = Day(),
                            .accepted = *rc::gen::inRange<Nanos>(1, kInstantMax),
                            .debtor = Text(140),
                            .debtor_account = AccountId(),
                            .debtor_agent = *rc::gen::element<std::string>("308584000013", "ICBC"),
                            .creditor = Text(140),
                            .creditor_account = AccountId(),
                            .creditor_agent = Text(35)};
    if (*rc::gen::arbitrary<bool>()) transfer.cycle = Text(35);
    if (!ids.insert(transfer.transaction).second) continue;
    message.transfers.push_back(std::move(transfer));
  }
  return message;
}

RC_GTEST_PROP(Pacs008Property, IsReadAsItWasWrittenAndAlwaysTheSameBytes, ()) {
  const CreditTransfers message = AnyTransfers();
  const std::string text = WriteCreditTransfers(message);
  RC_ASSERT(text == WriteCreditTransfers(message));
  const auto read = ReadCreditTransfers(text, 480);
  RC_ASSERT(read.ok());
  RC_ASSERT(*read == message);
}

RC_GTEST_PROP(Pacs004Property, IsReadAsItWasWritten, ()) {
  const CreditTransfers paid = AnyTransfers();
  PaymentReturns message{.header = {.id = Text(35), .created = Day() * kNanosPerDay}};
  std::set<std::string> ids;
  for (const CreditTransfer& transfer : paid.transfers) {
    PaymentReturn back{.id = Text(35),
                       .end_to_end = transfer.end_to_end,
                       .transaction = transfer.transaction,
                       .original_cycle = transfer.cycle,
                       .original_amount = transfer.amount,
                       .original_settlement_date = transfer.settlement_date,
                       .amount = {*rc::gen::inRange<int64_t>(1, transfer.amount.minor + 1),
                                  transfer.amount.currency},
                       .settlement_date = Day(),
                       .reason = *rc::gen::element<std::string>("CUST", "AC04", "", "our_word"),
                       .more = *rc::gen::arbitrary<bool>() ? Text(105) : ""};
    if (ids.insert(back.id).second) message.returns.push_back(std::move(back));
  }
  const auto read = ReadPaymentReturns(WritePaymentReturns(message), 480);
  RC_ASSERT(read.ok());
  RC_ASSERT(*read == message);
}

// Any byte of a message may have been changed on its way: that is an error or another message, and
// never more than that.
RC_GTEST_PROP(Pain001Property, SurvivesAnyByte, ()) {
  std::string text = Pain001Text(AnyInitiation());
  const auto at = *rc::gen::inRange<size_t>(0, text.size());
  text[at] = static_cast<char>(*rc::gen::inRange(0, 256));
  const auto read = ReadInitiation(text, 480);
  if (!read.ok()) RC_ASSERT(!read.error().message.empty());
}

}  // namespace
}  // namespace longmen::testing
