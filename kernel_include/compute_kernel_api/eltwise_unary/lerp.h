// The older include path.
#pragma once

#include "api/compute/eltwise_unary/lerp.h"
