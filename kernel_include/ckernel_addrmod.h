// How addresses move on after an instruction.
#pragma once

#include "tw/llk_calls.h"
#if defined(TRISC_MATH) || defined(TRISC_PACK)
#include "sfpi.h"
#include "tw/sfpi/instructions.h"
#endif
