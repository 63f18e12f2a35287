// Mapping: what the accounts of messages are called in a ledger, and who acts for a debtor there.
// README.md describes the file.
//
// An account that the file does not name is never looked for under the name that the message has
// for it, for that might be some account's of the ledger: it becomes one that nobody can register,
// and the ledger refuses what is about it with unknown_account or unknown_mandate.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace longmen::adapters::iso20022 {

// For whom an enterprise's payments from an account are submitted.
struct Debtor {
  std::string mode;
  std::string submitter;
};

class Mapping {
 public:
  // Without a file: accounts and agents are called what they are in the ledger.
  Mapping() = default;
  // From JSON. Errors name the member: malformed, unknown_field, missing_field, bad_text.
  static Result<Mapping> Parse(std::string_view json);

  int utc_offset_minutes() const { return utc_offset_minutes_; }
  // Before the references and record ids of this file's payments.
  const std::string& prefix() const { return prefix_; }
  // Of orders that messages between banks ask for; empty: none.
  const std::string& scheme() const { return scheme_; }

  // Into the ledger.
  std::string AccountOf(std::string_view external) const;
  Debtor DebtorOf(std::string_view external) const;
  std::string ParticipantOf(std::string_view agent) const;
  // Out of it: the first external name in byte order; what has none keeps the ledger's.
  std::string ExternalOf(std::string_view account) const;
  std::string AgentOf(std::string_view participant) const;

 private:
  using Names = std::map<std::string, std::string, std::less<>>;
  bool given_ = false;
  int utc_offset_minutes_ = 480;
  std::string prefix_;
  std::string scheme_;
  Names accounts_;  // external -> ledger
  Names agents_;
  std::map<std::string, Debtor, std::less<>> debtors_;
};

}  // namespace longmen::adapters::iso20022
