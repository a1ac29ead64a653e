// The older include path.
#pragma once

#include "api/compute/add_int_sfpu.h"
