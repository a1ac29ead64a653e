// What kernels with vector code of their own include, under several of the names that the layer below api/compute has for
// it.
#pragma once

#include "tw/llk_calls.h"
#if defined(TRISC_MATH) || defined(TRISC_PACK)
#include "tw/sfpi/calls.h"
#endif
