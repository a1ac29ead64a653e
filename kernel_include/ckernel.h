// Names of the low-level kernel library. Data-movement kernels include it too.
#pragma once

#include "ckernel_defs.h"
#if defined(TRISC_MATH) || defined(TRISC_PACK)
#include "tw/vector_instructions.h"
#endif
