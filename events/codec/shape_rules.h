// ShapeRules: the rules of shape that bodies share. Each answers true, or false with the error
// kept.
//
// A place is spelt out only when something is wrong there, so that a good proposal costs no
// allocation.
#pragma once

#include <capnp/blob.h>

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "events/base/result.h"
#include "events/schema/event.capnp.h"

namespace longmen::codec {

inline constexpr int64_t kAmountMax = 100'000'000'000'000'000;  // 10^17 minor units
inline constexpr int64_t kRateMantissaMax = 1'000'000'000'000'000;
inline constexpr int64_t kRateScaleMax = 12;
inline constexpr size_t kListMax = 100;
inline constexpr size_t kPositionsMax = 700;
inline constexpr size_t kCalendarDaysMax = 700;
inline constexpr size_t kOriginalBytesMax = 32'768;
inline constexpr size_t kSealedBytesMax = 512;  // a ciphertext or signature
inline constexpr size_t kDigestBytes = 32;      // SHA-256 or HMAC-SHA-256

// A dotted path; in a list: "order.splits", 3, "account".
struct Place {
  Place(const char* path) : base(path) {}  // NOLINT: a path is a place
  Place(const char* list, unsigned at, const char* below = "")
      : base(list), index(static_cast<int64_t>(at)), tail(below) {}
  std::string Spell() const;

  const char* base;
  int64_t index = -1;
  const char* tail = "";
};

class ShapeRules {
 public:
  const Error& error() const { return error_; }
  bool Fail(Code code, const Place& place, const char* message = "");

  bool Required(bool present, const Place& place) {
    return present || Fail(Code::MISSING_FIELD, place);
  }
  bool Absent(bool absent, const Place& place) {
    return absent || Fail(Code::UNEXPECTED_FIELD, place);
  }

  // Texts; an empty one passes, except the required ones.
  bool Id(capnp::Text::Reader text, const Place& place);      // 35 bytes of plain ASCII
  bool Key(capnp::Text::Reader text, const Place& place);     // 64 of them
  bool Person(capnp::Text::Reader text, const Place& place);  // 35 bytes, letters of any script
  bool Text(capnp::Text::Reader text, const Place& place);  // 140 bytes without control characters
  bool Free(capnp::Text::Reader text, const Place& place, size_t bytes_max = 140);  // and no card
  bool NoCardNumber(capnp::Text::Reader text, const Place& place);
  bool MerchantCategory(capnp::Text::Reader text, const Place& place);  // four digits
  bool RequiredId(capnp::Text::Reader text, const Place& place) {
    return Required(text.size() > 0, place) && Id(text, place);
  }
  bool RequiredKey(capnp::Text::Reader text, const Place& place) {
    return Required(text.size() > 0, place) && Key(text, place);
  }
  bool RequiredPerson(capnp::Text::Reader text, const Place& place) {
    return Required(text.size() > 0, place) && Person(text, place);
  }

  bool Digest(capnp::Data::Reader bytes, const Place& place) {
    return bytes.size() == 0 || bytes.size() == kDigestBytes ||
           Fail(Code::BAD_TEXT, place, "not 32 bytes");
  }
  bool Sealed(capnp::Data::Reader bytes, const Place& place) {
    return bytes.size() <= kSealedBytesMax || Fail(Code::TOO_LONG, place);
  }

  // `last` is the enum's last name.
  template <typename Enum>
  bool Known(Enum value, Enum last, const Place& place) {
    return static_cast<uint16_t>(value) <= static_cast<uint16_t>(last) ||
           Fail(Code::UNKNOWN_ENUM, place);
  }

  bool Positive(int64_t minor, const Place& place);  // 1 to kAmountMax
  bool NotNegative(int64_t value, const Place& place, int64_t max = kAmountMax);
  // -max to max.
  bool Within(int64_t value, const Place& place, int64_t max = kAmountMax) {
    return (-max <= value && value <= max) || Fail(Code::AMOUNT_OUT_OF_RANGE, place);
  }
  bool Currency(uint16_t numeric, const Place& place);  // present and in the table
  // An amount that must be there; the places are the group's and its two members'.
  bool Amount(int64_t minor, uint16_t currency, const Place& group, const Place& minor_place,
              const Place& currency_place);
  bool Instant(int64_t nanos, const Place& place);
  bool Date(int32_t day, const Place& place);
  bool UtcOffset(int16_t minutes, const Place& place);
  bool ListSize(size_t size, const Place& place, size_t max = kListMax) {
    return size <= max || Fail(Code::TOO_LONG, place);
  }

  // A list of ids, none of them empty.
  bool Ids(capnp::List<capnp::Text>::Reader ids, const char* list);
  bool Splits(capnp::List<schema::Split>::Reader splits, int64_t amount, const char* list);
  bool Reference(schema::Reference::Reader reference, const Place& id, const Place& source);

 private:
  Error error_;
};

bool CheckDetails(schema::Proposal::Reader proposal, ShapeRules& rules);

// One function a body, each in the file of its family.
bool CheckRegistration(schema::Proposal::Reader proposal, ShapeRules& rules);
bool CheckOrder(schema::Proposal::Reader proposal, ShapeRules& rules);
bool CheckAuthorization(schema::Proposal::Reader proposal, ShapeRules& rules);
bool CheckDebit(schema::Proposal::Reader proposal, ShapeRules& rules);
bool CheckRefund(schema::Proposal::Reader proposal, ShapeRules& rules);
bool CheckSettlement(schema::Proposal::Reader proposal, ShapeRules& rules);
bool CheckStatement(schema::Proposal::Reader proposal, ShapeRules& rules);
bool CheckResolution(schema::Proposal::Reader proposal, ShapeRules& rules);

}  // namespace longmen::codec
