// The older include path.
#pragma once

#include "api/compute/mul_int_sfpu.h"
