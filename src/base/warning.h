// Warnings that belong to no run: what is wrong, but stops nothing.
#pragma once

#include "base/error.h"

namespace tw {

// To whoever set the sink (the Python face makes RuntimeWarnings of them), else to standard error.
void warn(const Diagnostic&);
void set_warning_sink(void (*)(const Diagnostic&));

}  // namespace tw
