#include "projections/store/body.h"

#include <capnp/schema.h>
#include <fmt/format.h>

#include "events/base/code.h"

namespace longmen::projections {
namespace {

template <typename Enum>
std::string NameOf(Enum value) {
  const auto enumerants = capnp::Schema::from<Enum>().getEnumerants();
  const auto number = static_cast<unsigned>(value);
  if (number >= enumerants.size()) return fmt::format("unknown_{}", number);
  return SnakeCase(enumerants[number].getProto().getName().cStr());
}

}  // namespace

std::string EnumName(schema::Scenario scenario) { return NameOf(scenario); }
std::string EnumName(schema::AccountKind kind) { return NameOf(kind); }
std::string EnumName(schema::Status status) { return NameOf(status); }
std::string EnumName(schema::Outcome outcome) { return NameOf(outcome); }
std::string EnumName(schema::AuthorizationAction action) { return NameOf(action); }
std::string EnumName(schema::AuthorizationMethod method) { return NameOf(method); }
std::string EnumName(schema::ResolutionMode mode) { return NameOf(mode); }

std::string_view BodyName(Body body) {
  switch (body) {
    case Body::kRegistration:
      return "registration";
    case Body::kOrder:
      return "order";
    case Body::kAuthorization:
      return "authorization";
    case Body::kDebit:
      return "debit";
    case Body::kRefund:
      return "refund";
    case Body::kSettlement:
      return "settlement";
    case Body::kStatement:
      return "statement";
    case Body::kResolution:
      return "resolution";
    case Body::kRefusal:
      return "refusal";
  }
  return "unknown";
}

Body BodyOf(schema::Proposal::Reader proposal) {
  return static_cast<Body>(proposal.getBody().which());
}

}  // namespace longmen::projections
