// Products of narrow blocks, operands described by the kernel. Not provided.
#pragma once

#include "api/compute/experimental/custom_mm.h"
