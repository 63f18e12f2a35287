// Facts: the same invented events for every candidate layout, from a seed.
//
// A fact is flat: the fields of a proposal that the three kinds of payment use, by number. Zero and
// empty mean absent, as in the schema. Not the program's representation of anything.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/block/record.h"

namespace longmen::layouts {

enum IntField : uint8_t {
  kBody,
  kScenario,
  kOccurredAt,
  kMinor,
  kCurrency,
  kAction,
  kValidUntil,
  kHoldMinor,
  kHoldUntil,
  kMethod,
  kOrderVersion,
  kLevel,
  kBasis,
  kOutcome,
  kDebitKind,
  kCompletes,
  kClearingDate,
  kStage,
  kEnteredAt,
  kLeftAt,
  kFeeMinor,
  kWallet,
  kIntFields
};
enum TextField : uint8_t {
  kSource,
  kId,
  kKey,
  kPayer,
  kPayee,
  kScheme,
  kMandate,
  kAcceptingBank,
  kAccountBank,
  kPayeeBank,
  kNames,  // the fields before this one are names of registered things, which C interns
  kSubmitter = kNames,
  kChannel,
  kChannelReference,
  kBy,
  kResource,
  kRefundOf,
  kTransactionId,
  kMerchant,
  kLot,
  kBay,
  kTariff,
  kPlateCiphertext,
  kPlateKeyId,
  kPlateToken,
  kPayerToken,
  kOriginal,
  kTextFields
};
enum Body : int64_t { kOrder = 1, kAuthorization, kDebit, kRefund };

struct Fact {
  RecordHeader header;
  std::array<int64_t, kIntFields> ints{};
  std::array<std::string, kTextFields> texts;

  int64_t& operator[](IntField field) { return ints[field]; }
  int64_t operator[](IntField field) const { return ints[field]; }
  std::string& operator[](TextField field) { return texts[field]; }
  const std::string& operator[](TextField field) const { return texts[field]; }
};

// What a reader of every field ends up with. It does not depend on the order of the fields, so
// all layouts must give the same one: a layout that loses a field is found at once.
class Sink {
 public:
  void Int(IntField field, int64_t value) {
    sum_ += (static_cast<uint64_t>(value) ^ field) * 0x9e3779b97f4a7c15u * (value != 0);
  }
  void Text(TextField field, std::string_view text) {
    if (text.empty()) return;
    sum_ += (text.size() * 131 + static_cast<uint8_t>(text.front()) * 31u +
             static_cast<uint8_t>(text.back()) + field) *
            0xff51afd7ed558ccdu;
  }
  void Header(const RecordHeader& header) {
    sum_ += header.sequence * 3 + static_cast<uint64_t>(header.recorded_at) + header.cycle * 7 +
            static_cast<uint64_t>(header.book_date) + header.rules_version + header.group_index +
            header.group_size;
  }
  uint64_t sum() const { return sum_; }

 private:
  uint64_t sum_ = 0;
};

enum class Mix { kB2b, kParking, kCampus, kAll };

// `payments` payments of the kind (of each kind in turn for kAll), each as its records in order;
// with `evidence` the first record of each carries the message it came from.
std::vector<Fact> MakeFacts(Mix mix, size_t payments, bool evidence, uint64_t seed);

}  // namespace longmen::layouts
