// What a kernel resets behind itself on silicon. Here each launch starts clean.
#pragma once

#include "api/compute/common_globals.h"

ALWI void compute_kernel_hw_cleanup() {}
