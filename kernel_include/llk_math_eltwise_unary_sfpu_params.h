// A header of the layer below api/compute, included by kernels with vector code of their own.
#pragma once

#include "tw/llk_calls.h"
#if defined(TRISC_MATH) || defined(TRISC_PACK)
#include "sfpi.h"
#endif
