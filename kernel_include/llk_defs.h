// Names of the low-level kernel library.
#pragma once

#include "ckernel_defs.h"
