// Business modes (domain A4.2 rules 1, 2, 10 and 11): a mandate whose holder is the administrator.
#include "adapters/enterprise/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::enterprise {
namespace {

using schema::EnterpriseStage;
using schema::LimitWindow;

engine::MandateState MandateOf(Mode::Reader mode) {
  engine::MandateState mandate;
  mandate.account = Copy(mode.getAccount());
  mandate.holder = Copy(mode.getAdministrator());
  mandate.utc_offset_minutes = mode.getUtcOffsetMinutes();
  const auto limit = [&mandate](LimitWindow window, int64_t minor, uint32_t count) {
    if (minor == 0 && count == 0) return;
    mandate.limits.push_back({.amount = minor, .count = count, .window = window});
  };
  limit(LimitWindow::SINGLE, mode.getSingleMinor(), 0);
  limit(LimitWindow::DAY, mode.getDayMinor(), mode.getDayCount());
  limit(LimitWindow::YEAR, mode.getYearMinor(), mode.getYearCount());
  uint8_t number = 0;
  for (auto level : mode.getLevels()) {
    mandate.levels.push_back({level.getAboveMinor(), ++number});
    for (auto person : level.getApprovers()) mandate.approvers.push_back({number, Copy(person)});
  }
  return mandate;
}

void AddMode(Step& at, const std::string& mode, EnterpriseStage stage,
             const engine::MandateState& mandate) {
  auto proposal = AddStep(at, mode, stage);
  proposal.getDetails().getEnterprise().setAdministrator(mandate.holder);
  InitMandate(proposal, mandate);
}

// The mode, while it is open, for its administrator. Nothing, and refused, for anybody else.
std::optional<engine::MandateState> ModeOf(Step& at, const std::string& mode,
                                           capnp::Text::Reader administrator,
                                           const std::string& step) {
  auto mandate = at.ledger.FindMandate(mode);
  if (!mandate) {
    at.out.Refuse(Code::UNKNOWN_MANDATE, step + ".mode", mode);
  } else if (mandate->holder != View(administrator)) {
    at.out.Refuse(Code::NOT_PERMITTED, step + ".administrator", mode);
  } else if (mandate->status == schema::Status::CLOSED) {
    at.out.Refuse(Code::MANDATE_NOT_ACTIVE, step + ".mode", mode);
  } else {
    return mandate;
  }
  return std::nullopt;
}

}  // namespace

void TakeOpening(Mode::Reader mode, Step& at) {
  const std::string key = Copy(mode.getMode());
  if (at.ledger.FindMandate(key)) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "openMode.mode", key);
  }
  AddMode(at, key, EnterpriseStage::OPENED, MandateOf(mode));
}

void TakeMaintenance(Mode::Reader mode, Step& at) {
  const std::string key = Copy(mode.getMode());
  if (!ModeOf(at, key, mode.getAdministrator(), "maintainMode")) return;
  AddMode(at, key, EnterpriseStage::MAINTAINED, MandateOf(mode));
}

// What was submitted before can still be vetoed or revoked; nothing is debited any more.
void TakeClosing(CloseMode::Reader closing, Step& at) {
  const std::string key = Copy(closing.getMode());
  auto mandate = ModeOf(at, key, closing.getAdministrator(), "closeMode");
  if (!mandate) return;
  mandate->status = schema::Status::CLOSED;
  AddMode(at, key, EnterpriseStage::CLOSED, *mandate);
}

}  // namespace longmen::adapters::enterprise
