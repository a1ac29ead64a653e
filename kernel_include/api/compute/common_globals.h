// The base of all compute headers: thread macros, enumerations, types, and the layer below as far as kernels name it.
#pragma once

#include "tw/arch_constants.h"
#include "tw/compute_types.h"
#include "tw/llk_calls.h"
#include "tw/risc_functions.h"
