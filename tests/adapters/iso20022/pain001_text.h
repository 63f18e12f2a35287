// A pain.001 as a customer's program writes it: by hand, sharing nothing with what reads it.
#pragma once

#include <string>

#include "adapters/iso20022/pain001.h"

namespace longmen::testing {

// Two payment informations of two and one transactions, 38.20 in all.
adapters::iso20022::Initiation SampleInitiation();

// CtrlSum of a payment is written where the message has one.
std::string Pain001Text(const adapters::iso20022::Initiation& initiation);

// A text with the first `what` in it replaced; the test fails where it is not there.
std::string With(std::string text, const std::string& what, const std::string& by);

}  // namespace longmen::testing
