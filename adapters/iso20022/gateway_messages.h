// The payments and refunds that a clearing cycle or a book date holds, as messages between banks:
// pacs.008 and pacs.004, from the lines of reconciliation, so that what they sum to is what the
// cycle's positions do.
//
//   MsgId                 P8-<cycle or date>-<last sequence that it rests on>
//   EndToEndId, TxId      the order's number; the network's transaction id, or "M" and the sequence
//                         of the movement where nobody stated one
//   ClrSysRef             the cycle that settles it
//   IntrBkSttlmDt         the clearing date that was stated, else the book date
//   Dbtr, Cdtr            the accounts' names in the ledger, or what the mapping calls them
//   DbtrAgt, CdtrAgt      the participants, likewise: by the 12 digits of CNAPS where they are
//   RtrRsnInf             CUST of a refund, MS03 (no reason given) of a return
//
// What is within one bank is cleared by nobody and in no message. Names that are no identification
// (more than 35 letters, of an account 34) are abbreviated by a hash.
#pragma once

#include <string>
#include <vector>

#include "adapters/files/exports.h"
#include "adapters/iso20022/mapping.h"
#include "adapters/iso20022/pacs.h"

namespace longmen::adapters::iso20022 {

// Either a cycle, or a book date of a scenario.
struct MessageScope {
  schema::Scenario scenario = schema::Scenario::B2B_GATEWAY;
  std::string cycle;
  DayNumber date = 0;
  std::string participant;  // that pays; empty: all of them
};

// What has no transaction is no message, hence no file. Errors are the readings'.
Result<std::vector<ExportedFile>> ExportCreditTransfers(const projections::ReadStore& store,
                                                        const std::string& directory,
                                                        const MessageScope& scope,
                                                        const Mapping& mapping);
Result<std::vector<ExportedFile>> ExportPaymentReturns(const projections::ReadStore& store,
                                                       const std::string& directory,
                                                       const MessageScope& scope,
                                                       const Mapping& mapping);

// Bytes as a file, whole or not at all.
Result<ExportedFile> SaveMessage(const std::string& bytes, const std::string& directory,
                                 const std::string& name, uint64_t transactions,
                                 const ExportRange& range);

}  // namespace longmen::adapters::iso20022
