// The base of all compute headers: thread macros, enumerations, types, and the layer below as far as kernels name it.
#pragma once

#include "tw/compute_types.h"
#include "tw/llk_calls.h"
