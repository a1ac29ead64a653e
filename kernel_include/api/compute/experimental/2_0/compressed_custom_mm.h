// Products with block-compressed weights, operands described by the kernel. Not provided.
#pragma once

#include "api/compute/experimental/compressed_custom_mm.h"
