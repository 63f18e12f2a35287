// Problems (RFC 9457) and answers as JSON, and which HTTP status says what.
#pragma once

#include <string>

#include "adapters/http/message.h"
#include "adapters/node/node.h"
#include "events/base/result.h"

namespace longmen::adapters::http {

// The status of an error that is not an answer: 401 unauthorized, 404 not_found, 413 too_large …
int StatusOf(Code code);

// application/problem+json of an error, with Retry-After where a retry may help. `status` 0: the
// code's own.
Response Problem(const Error& error, int status = 0);

// One thing that was asked for, as the node answers it: a proposal, a scenario record (its item
// may hold an answer for each proposal it became), or a group with an item for each member.
using Members = std::vector<ItemAnswer>;

// {"id","answer","sequence","code","class","field","index","exception","message"}, absent where
// there is nothing to say; 64-bit numbers as strings. Several proposals share one fate, which
// stands first; "answers" then has one a proposal.
std::string MembersJson(const Members& members);

// The same as a whole response: 201 accepted, 200 duplicate with Idempotency-Hit, else a problem
// that carries those members too.
Response MembersResponse(const Members& members);

// What became of an identity, as a look-up tells it: always 200.
Response LookupResponse(std::string_view source, const ItemAnswer& item);

// One line each.
Response BatchResponse(const std::vector<Members>& batch);

// Gives what is invalid as a whole a field: "group[1]" for the member of a group, and for the sound
// members beside it; else `whole`, which says what was read: "body" or "line".
void NameWhole(Members& members, bool group, std::string_view whole);

// Something that never reached the node.
Members InvalidMembers(const Error& error);

}  // namespace longmen::adapters::http
