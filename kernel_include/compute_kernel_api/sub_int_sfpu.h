// The older include path.
#pragma once

#include "api/compute/sub_int_sfpu.h"
