// What a pain.001 becomes: one submission of the scenario `enterprise` a transaction.
//
// A payment's reference (`yurRef`) is "<PmtInfId>+<EndToEndId>", behind "<prefix>+" where the
// mapping has one: the same two ids in another message are the same payment, which is the guard
// against paying twice. Where that is no reference of the ledger's (more than 35 letters, or others
// than it takes, `+` and `/` among them) it is the beginning of the EndToEndId and a hash of both
// ids, told by its `~`. A record's id is a hash of MsgId, PmtInfId and EndToEndId, so that a file
// that is loaded again is answered as it first was, and one that says something else under the same
// ids is a conflict.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/iso20022/mapping.h"
#include "adapters/iso20022/pain001.h"

namespace longmen::adapters::iso20022 {

// How the ids of these records begin.
inline constexpr std::string_view kRecordMark = "P1-";

// A transaction's names in message and ledger.
struct TransactionIds {
  std::string payment_information;  // empty: the reference does not tell
  std::string instruction;
  std::string end_to_end;  // likewise
  bool operator==(const TransactionIds&) const = default;
};

struct EnterpriseRecordOf {
  TransactionIds ids;
  std::string id;         // of the record
  std::string reference;  // of the payment
  uint32_t line = 0;
  Money amount;
  std::string json;
};

// In the order of the message.
std::vector<EnterpriseRecordOf> ToEnterpriseRecords(const Initiation& initiation,
                                                    const Mapping& mapping);

std::string PaymentReference(std::string_view prefix, std::string_view payment_information,
                             std::string_view end_to_end);
// The ids that a reference was made of, where it tells.
TransactionIds IdsOfReference(std::string_view reference);
// The batch under which a message's payments are in the ledger.
std::string BatchOf(std::string_view message_id);

}  // namespace longmen::adapters::iso20022
