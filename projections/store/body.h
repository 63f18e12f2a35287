// Body: which body a proposal has, and the schema's enumerants by name, as projections keep and
// print them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/short_text.h"
#include "events/schema/event.capnp.h"

namespace longmen::projections {

// The numbers are stored; they follow the union in the schema.
enum class Body : uint8_t {
  kRegistration,
  kOrder,
  kAuthorization,
  kDebit,
  kRefund,
  kSettlement,
  kStatement,
  kResolution,
  kRefusal,
};
std::string_view BodyName(Body body);  // "debit"

Body BodyOf(schema::Proposal::Reader proposal);

// Is the proposal's key the number of an order (or of a payment that stands alone)?
inline bool IsPaymentLife(Body body) {
  return body == Body::kOrder || body == Body::kAuthorization || body == Body::kDebit ||
         body == Body::kRefund;
}

inline std::string String(::capnp::Text::Reader text) { return std::string(View(text)); }

// The schema's own names in snake case: "b2b_gateway"; "unknown_<number>" past the schema.
std::string EnumName(schema::Scenario scenario);
std::string EnumName(schema::AccountKind kind);
std::string EnumName(schema::Status status);
std::string EnumName(schema::Outcome outcome);
std::string EnumName(schema::AuthorizationAction action);
std::string EnumName(schema::AuthorizationMethod method);
std::string EnumName(schema::ResolutionMode mode);

}  // namespace longmen::projections
