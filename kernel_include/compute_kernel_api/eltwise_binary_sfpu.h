// The older include path.
#pragma once

#include "api/compute/eltwise_binary_sfpu.h"
