// What of a statement file becomes which proposal: a header, its lines, many in each, a trailer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/reconciliation/raw_text.h"
#include "adapters/statements/statement_file.h"
#include "events/codec/codec.h"

namespace longmen::adapters {

// Of one statement in a file.
struct StatementNames {
  std::string source;
  std::string key;
  std::string id_stem;  // an id is this and "h", "t" or the number of the first of its lines
};

// Copies of lines for one event.
class LineBatch {
 public:
  // False: there is no room for it beside those that are there.
  bool Add(const StatementFileLine& line);
  size_t size() const { return lines_.size(); }
  void Clear();

 private:
  friend class StatementProposals;
  // A line without its texts, which stand in `texts_` and `raw_`.
  struct Kept {
    StatementFileLine line;
    size_t raw_bytes = 0;
    size_t reference = 0;  // where each text ends; it begins where the one before does
    size_t order_key = 0;
    size_t original_reference = 0;
    size_t status = 0;
  };

  std::vector<Kept> lines_;
  std::string texts_;
  std::string raw_;
  bool plain_ = true;  // all of them
};

// Encodes the proposals of statements, one after the other. Errors are CheckShape's, of texts that
// no event takes: their field is the proposal's.
class StatementProposals {
 public:
  StatementProposals(std::string issuer, std::string channel, std::string_view content_hash,
                     Nanos received_at);

  void Begin(StatementNames names) { names_ = std::move(names); }
  Result<ProposalBytes> Header(const StatementHeader& header);
  Result<ProposalBytes> Lines(const LineBatch& lines, Currency currency);
  Result<ProposalBytes> Trailer(const StatementTotals& totals);

 private:
  template <typename Fill>
  Result<ProposalBytes> Make(std::string_view id_end, bool trusted, const Fill& fill);
  void FillLines(schema::Statement::Builder statement, const LineBatch& lines, Currency currency);

  const std::string issuer_;
  const std::string channel_;
  const std::string content_hash_;
  const Nanos received_at_;
  StatementNames names_;
  RawCompressor compressor_;
};

// No longer than an event takes, and nothing in it but printable ASCII without a run of digits as
// long as a card number's: what CheckShape surely takes, without asking it.
bool IsPlain(const StatementFileLine& line);

}  // namespace longmen::adapters
