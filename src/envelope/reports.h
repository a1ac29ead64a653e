// An envelope's findings in the forms that other tools read: SARIF 2.1.0 (editors, code hosts) and JUnit's XML (CI).
#pragma once

#include "envelope/envelope.h"

#include <string>
#include <string_view>

namespace tw::envelope {

std::string to_sarif(const Envelope&, std::string_view tool_version);
// One test case a finding, failed if it is an error; one that passed if there is none.
std::string to_junit(const Envelope&);

}  // namespace tw::envelope
