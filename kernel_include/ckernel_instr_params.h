// The vector unit's instructions and the names of their modes.
#pragma once

#include "tw/llk_calls.h"
#if defined(TRISC_MATH) || defined(TRISC_PACK)
#include "sfpi.h"
#include "tw/sfpi/instructions.h"
#endif
