// What kernels call the runtime args that they read: "pages" of `const uint32_t pages = get_arg_val<uint32_t>(2);`.
#pragma once

#include "diagnose/sources.h"
#include "observe/findings.h"

#include <vector>

namespace tw::diagnose {

// Gives findings about missing args the variable's name, in `what`; left empty where the text does not say.
void name_variables(std::vector<Finding>&, const Sources&);

// Notes of kernels that are given more runtime args than their text reads.
std::vector<Diagnostic> unused_args(std::span<tw_core* const>);

}  // namespace tw::diagnose
