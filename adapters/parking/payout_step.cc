#include "adapters/parking/steps.h"
#include "adapters/port/record_json.h"

namespace longmen::adapters::parking {

// Rule 7: revenue goes to the designated municipal account in one lump.
void TakePayout(Payout::Reader payout, Step& at) {
  TakeTransfer(
      {.number = Copy(payout.getPayout()),
       .from = Copy(payout.getFrom()),
       .to = Copy(payout.getTo()),
       .scheme = Copy(payout.getScheme()),
       .amount = {payout.getAmount().getMinor(), Currency{payout.getAmount().getCurrency()}},
       .outcome = payout.getOutcome(),
       .reference = payout.getReference(),
       .reason = payout.getReason()},
      {"payout", "payout.payout", "payout.from", "payout.to"}, at);
}

}  // namespace longmen::adapters::parking
