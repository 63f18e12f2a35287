// Clearing words: what happens between banks, and what whoever runs a scheme does.
//
//   transfer ID PAYER PAYEE AMOUNT [FIELD VALUE]... one account pays another, without an order; of
//                                                `defaults transfer` a scheme, as a rule
//   queue ID hold|release|first|last|prioritise [FIELD VALUE]...    what waits is moved
//   take_back ID                                 and returned to its payer
//   resolve CYCLE fifo|value                     what waits in the scheme settles together
//   liquidity_in|liquidity_out BANK AMOUNT       money comes to BANK/pboc, or leaves it
//   close CYCLE next NAME, abort CYCLE
//   settle CYCLE, by the positions of its items; `of A,B`: of those that are left; or with one net
//                                                as stated instead: settle CYCLE A 1.00
//   settling CYCLE of A,B                        only these
//   recast CYCLE without BANK
//   share_loss CYCLE without BANK [collateral AMOUNT] [BANK SHARE]...
#pragma once

#include <string>
#include <vector>

#include "tests/adapters/script_runner/world.h"

namespace longmen::script {

bool IsClearingWord(const std::string& word);
Status FillClearing(schema::Proposal::Builder proposal, const World& world,
                    const std::vector<std::string>& words,
                    const std::vector<std::string>& defaults);

}  // namespace longmen::script
