// The older include path.
#pragma once

#include "api/compute/eltwise_unary/sfpu_split_includes.h"
