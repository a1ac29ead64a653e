// Products with DST as operand, operands described by the kernel. Not provided.
#pragma once

#include "api/compute/experimental/custom_mm_reuse_dest_srcb.h"
