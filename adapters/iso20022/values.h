// Values: what the elements of a message hold, read and written alike in all of them.
//
//   ids        Max35Text: 1 to 35 letters
//   amounts    a positive decimal with a currency, no more decimals than the currency has
//   instants   ISO 8601; one without an offset is of the offset that the reader was given
//   accounts   an IBAN, or another identification of up to 34 letters
//   agents     the number of a clearing system's member, else a BIC, else another identification
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/iso20022/xml.h"
#include "events/base/time.h"
#include "events/money/money.h"

namespace longmen::adapters::iso20022 {

inline constexpr size_t kIdLettersMax = 35;
inline constexpr size_t kAccountLettersMax = 34;
inline constexpr size_t kNameLettersMax = 140;
inline constexpr size_t kMoreLettersMax = 105;

// Reads values and keeps the first error, with the element's path. What follows an error is read to
// no purpose, and harmlessly.
class Reading {
 public:
  explicit Reading(int utc_offset_minutes = 0) : utc_offset_minutes_(utc_offset_minutes) {}

  bool failed() const { return error_.has_value(); }
  const Error& error() const { return *error_; }
  void Fail(Code code, const Element& at, std::string message);
  void Fail(Code code, std::string path, std::string message);

  // Each: missing_field where it is absent or empty, but for those that may be.
  std::string Id(const Element& element) { return Letters(element, kIdLettersMax, true); }
  std::string OptionalId(const Element& element) { return Letters(element, kIdLettersMax, false); }
  std::string Letters(const Element& element, size_t letters_max, bool required);
  // unknown_enum where it is none of them.
  std::string OneOf(const Element& element, std::initializer_list<std::string_view> codes);
  uint64_t Count(const Element& element);
  DayNumber Date(const Element& element);
  Nanos Instant(const Element& element);
  Money Amount(const Element& element);
  // Of CashAccount38; empty where it is absent and need not be there.
  std::string Account(const Element& account, bool required);
  // Of BranchAndFinancialInstitutionIdentification6; empty where it says none of them.
  std::string Agent(const Element& agent);

  int utc_offset_minutes() const { return utc_offset_minutes_; }

 private:
  int utc_offset_minutes_;
  std::optional<Error> error_;
};

// A sum of amounts of any currencies, as CtrlSum is: a plain decimal.
class DecimalSum {
 public:
  void Add(const Money& amount);
  // control_total_mismatch with the difference where the element states another sum; an absent one
  // states none.
  void Check(const Element& stated, Reading& reading) const;
  std::string Text(int decimals) const;

 private:
  __int128 sum_ = 0;  // of 10^-5
};

// control_total_mismatch where the element states another count.
void CheckCount(const Element& stated, uint64_t count, Reading& reading);

// An account's identification: an IBAN where it has the form and check digits of one.
bool IsIban(std::string_view text);

void PutAmount(Branch branch, const char* name, const Money& amount);
void PutAccount(Branch branch, const char* name, std::string_view account);
// By the number of a member of CNAPS where it is 12 digits, else as another identification.
void PutAgent(Branch branch, const char* name, std::string_view agent);
// MsgId and CreDtTm, with which every header begins.
Branch PutHeader(Branch message, std::string_view id, Nanos created);

// A text as an id: itself where it is one of plain ASCII that both the ledger and the messages
// take, else its beginning and a hash that tells it from all others.
std::string Reference(std::string_view text, size_t max = kIdLettersMax);

}  // namespace longmen::adapters::iso20022
