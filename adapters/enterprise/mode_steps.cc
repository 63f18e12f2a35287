// Business modes (domain A4.2 rules 1, 2, 10 and 11): a mandate whose holder is the administrator.
#include "adapters/enterprise/steps.h"
#include "adapters/port/record_json.h"
#include "events/base/hash.h"

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

// Who administers an account is the holder of a mandate of this name, which pays nothing: a name
// has less room than an account's.
constexpr std::string_view kAdministrator = "admin:";

std::string AdministratorKey(const std::string& account) {
  constexpr size_t kDigits = 24;
  return std::string(kAdministrator) + Hex(Sha256(AsBytes(account))).substr(0, kDigits);
}

}  // namespace

// Rule 1: who opens the first mode over an account administers it, and nobody else opens another.
void TakeOpening(Mode::Reader mode, Step& at) {
  const std::string key = Copy(mode.getMode());
  if (at.ledger.FindMandate(key)) {
    return at.out.Refuse(Code::DUPLICATE_NOTICE, "openMode.mode", key);
  }
  if (key.starts_with(kAdministrator)) {
    return at.out.Refuse(Code::NOT_PERMITTED, "openMode.mode", key);
  }
  const engine::MandateState opened = MandateOf(mode);
  const std::string administrator = AdministratorKey(opened.account);
  const auto known = at.ledger.FindMandate(administrator);
  if (known && known->holder != opened.holder) {
    return at.out.Refuse(Code::NOT_PERMITTED, "openMode.administrator", key);
  }
  AddMode(at, key, EnterpriseStage::OPENED, opened);
  if (known) return;
  engine::MandateState over;
  over.account = opened.account;
  over.holder = opened.holder;
  over.status = schema::Status::FROZEN;
  over.utc_offset_minutes = opened.utc_offset_minutes;
  AddMode(at, administrator, EnterpriseStage::OPENED, over);
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
