// What kernels that write out the vector unit's instructions include, likewise.
#pragma once

#include "tw/vector_code.h"
#if defined(TRISC_MATH) || defined(TRISC_PACK)
#include "tw/sfpi/instructions.h"
#endif
