// The lines that a finding speaks of, with a caret below, for terminals.
#pragma once

#include "diagnose/sources.h"

namespace tw::diagnose {

// Fills `excerpts`, for places that are lines of these sources. `p` knows the columns; null: nobody does.
void add_excerpts(Diagnostic&, const Sources&, const Problem* p = nullptr);

}  // namespace tw::diagnose
