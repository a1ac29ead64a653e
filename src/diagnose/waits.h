// What a fiber waits for, in words.
#pragma once

#include "core/core.h"

#include <string>

namespace tw::diagnose {

// "waits for 1 page in CB 0 (has 0)"
std::string wait_text(const tw_core&, const Processor&);

// True if what is waited for is there.
bool holds(const Wait&);

}  // namespace tw::diagnose
