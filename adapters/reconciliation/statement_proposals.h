// What of a statement file becomes which proposal.
#pragma once

#include <string>
#include <string_view>

#include "adapters/statements/statement_file.h"
#include "events/codec/codec.h"

namespace longmen::adapters {

// Of one statement in a file.
struct StatementNames {
  std::string source;
  std::string key;
  std::string id_stem;  // an id is this and "h", "t" or the line's number
};

// Encodes the proposals of statements, one after the other with the same builder.
class StatementProposals {
 public:
  StatementProposals(std::string issuer, std::string channel, std::string_view content_hash,
                     Nanos received_at);

  void Begin(StatementNames names) { names_ = std::move(names); }
  // Errors are CheckShape's, of texts that no event takes: their field is the proposal's.
  Result<ProposalBytes> Header(const StatementHeader& header);
  Result<ProposalBytes> Line(const StatementFileLine& line, Currency currency);
  Result<ProposalBytes> Trailer(const StatementTotals& totals);

 private:
  template <typename Fill>
  Result<ProposalBytes> Make(std::string_view id_end, Nanos occurred_at, std::string_view original,
                             bool trusted, const Fill& fill);

  const std::string issuer_;
  const std::string channel_;
  const std::string content_hash_;
  const Nanos received_at_;
  StatementNames names_;
};

// No longer than an event takes, and nothing in it but printable ASCII without a run of digits as
// long as a card number's: what CheckShape surely takes, without asking it.
bool IsPlain(const StatementFileLine& line);

}  // namespace longmen::adapters
