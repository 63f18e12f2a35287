// The result of a settled cycle: what each record that settled it confirmed and moved.
#pragma once

#include <string>

#include "adapters/files/naming.h"

namespace longmen::adapters {

// A row for each position that a record stated: a participant's net in a currency or, where it was
// settled pair by pair, its net with one counterparty. CORRUPT where the records do not settle the
// cycle's nets, or what they moved is something else.
Result<ExportedFile> ExportResultReport(const projections::ReadStore& store,
                                        const ClosedCycle& closed, const ExportTo& to);

}  // namespace longmen::adapters
