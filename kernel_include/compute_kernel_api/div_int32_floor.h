// The older include path.
#pragma once

#include "api/compute/div_int32_floor.h"
