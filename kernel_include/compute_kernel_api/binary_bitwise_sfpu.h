// The older include path.
#pragma once

#include "api/compute/binary_bitwise_sfpu.h"
