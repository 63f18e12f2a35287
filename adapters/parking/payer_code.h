// Payer codes: which wallet a scanned code belongs to (domain B7).
//
// A code is personal and used once: nothing keeps it. A 19-digit code that begins with 62 is also a
// card number; it is a payer code because an attendant scanned it.
#pragma once

#include <string_view>

#include "events/schema/event.capnp.h"

namespace longmen::adapters::parking {

// By length and prefix together; `unstated` for everything else.
schema::PayerCodeWallet RoutePayerCode(std::string_view code);

}  // namespace longmen::adapters::parking
