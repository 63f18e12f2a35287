// The shape of a proposal: docs/rules.md, "Shape". Written out by hand, body by body, in the order
// of the schema: a check by description would be shorter and some twenty times slower.
#include <capnp/schema.h>
#include <kj/exception.h>

#include "events/codec/codec.h"
#include "events/codec/shape_rules.h"

namespace longmen {
namespace {

using codec::ShapeRules;

// The schema's last one, so that a new scenario needs no line here.
schema::Scenario LastScenario() {
  static const auto last = static_cast<schema::Scenario>(
      capnp::Schema::from<schema::Scenario>().getEnumerants().size() - 1);
  return last;
}

bool CheckEnvelope(schema::Proposal::Reader proposal, ShapeRules& rules) {
  return rules.Required(proposal.getOccurredAt() != 0, "occurredAt") &&
         rules.Instant(proposal.getOccurredAt(), "occurredAt") &&
         rules.RequiredId(proposal.getSource(), "source") &&
         rules.RequiredId(proposal.getId(), "id") &&
         rules.Known(proposal.getScenario(), LastScenario(), "scenario");
}

bool CheckBody(schema::Proposal::Reader proposal, ShapeRules& rules) {
  const auto body = proposal.getBody();
  using Kind = schema::Proposal::Body::Which;
  switch (body.which()) {
    case Kind::REGISTRATION:
      // The union's first member is what a proposal without any body looks like.
      return rules.Required(body.hasRegistration(), "body") && CheckRegistration(proposal, rules);
    case Kind::ORDER:
      return rules.Required(body.hasOrder(), "order") && CheckOrder(proposal, rules);
    case Kind::AUTHORIZATION:
      return rules.Required(body.hasAuthorization(), "authorization") &&
             CheckAuthorization(proposal, rules);
    case Kind::DEBIT:
      return rules.Required(body.hasDebit(), "debit") && CheckDebit(proposal, rules);
    case Kind::REFUND:
      return rules.Required(body.hasRefund(), "refund") && CheckRefund(proposal, rules);
    case Kind::SETTLEMENT:
      return rules.Required(body.hasSettlement(), "settlement") && CheckSettlement(proposal, rules);
    case Kind::STATEMENT:
      return rules.Required(body.hasStatement(), "statement") && CheckStatement(proposal, rules);
    case Kind::RESOLUTION:
      return rules.Required(body.hasResolution(), "resolution") && CheckResolution(proposal, rules);
    case Kind::REFUSAL:
      return rules.Absent(false, "refusal");
  }
  return rules.Fail(Code::UNKNOWN_ENUM, "body");
}

bool CheckEvidence(schema::Proposal::Reader proposal, ShapeRules& rules) {
  if (!proposal.hasOriginal() && !proposal.hasSignatures() && !proposal.hasOriginalKeyId()) {
    return true;
  }
  if (proposal.getOriginal().size() > codec::kOriginalBytesMax) {
    return rules.Fail(Code::TOO_LONG, "original");
  }
  if (!rules.Id(proposal.getOriginalKeyId(), "originalKeyId")) return false;
  const auto signatures = proposal.getSignatures();
  if (!rules.ListSize(signatures.size(), "signatures")) return false;
  for (unsigned i = 0; i < signatures.size(); ++i) {
    const auto signature = signatures[i];
    if (!rules.Sealed(signature.getBytes(), {"signatures", i, "bytes"}) ||
        !rules.Id(signature.getKeyId(), {"signatures", i, "keyId"}) ||
        !rules.Known(signature.getAlgorithm(), schema::SignatureAlgorithm::SM2_SM3,
                     {"signatures", i, "algorithm"})) {
      return false;
    }
  }
  return true;
}

}  // namespace

Status CheckShape(schema::Proposal::Reader proposal) {
  ShapeRules rules;
  bool ok = false;
  const auto exception = kj::runCatchingExceptions([&] {
    ok = CheckEnvelope(proposal, rules) && CheckBody(proposal, rules) &&
         CheckDetails(proposal, rules) && CheckEvidence(proposal, rules);
  });
  if (exception != nullptr) return Error{Code::MALFORMED, "", "the proposal cannot be read"};
  if (!ok) return rules.error();
  return Ok();
}

}  // namespace longmen
