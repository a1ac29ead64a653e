// Names of the low-level kernel library.
#pragma once

#include "ckernel_defs.h"
#if defined(TRISC_MATH) || defined(TRISC_PACK)
#include "sfpi.h"
#include "tw/sfpi/instructions.h"
#endif
