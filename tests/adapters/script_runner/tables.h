// Tables: the clauses by which a script registers calendars, fee tables and risk policies.
//
// A word that is none of them, a date, an amount or a method that is none, is an error that names
// it. What has the form and no meaning (steps that fall) is the ledger's to refuse.
#pragma once

#include <string>
#include <vector>

#include "events/base/result.h"
#include "events/codec/codec.h"

namespace longmen::script {

// calendar NAME utc 480 [every_day] holiday 2021-02-11..2021-02-17,2021-04-05 working 2021-02-07
Status FillCalendar(schema::Calendar::Builder calendar, const std::vector<std::string>& words);

// fees NAME up_to 10000.00 fixed 5.00 beyond percent 0.002 least 1.00 most 200.00 (yuan)
Status FillFeeTable(schema::FeeTable::Builder table, const std::vector<std::string>& words);

// risk NAME rule device 30 new device rule night 20 from 22:00 to 06:00 rule large 10 above 5000.00
//   rule often 10 count 5 step 30 one_time_code step 60 face
Status FillRiskPolicy(schema::RiskPolicy::Builder policy, const std::vector<std::string>& words);

}  // namespace longmen::script
