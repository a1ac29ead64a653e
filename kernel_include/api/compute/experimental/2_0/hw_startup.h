// Start of a kernel whose operands are described by itself; with circular buffers it is the ordinary one.
#pragma once

#include "api/compute/compute_kernel_hw_startup.h"
#include "api/compute/experimental/2_0/llk_operand.h"
