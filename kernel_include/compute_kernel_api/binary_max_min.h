// The older include path.
#pragma once

#include "api/compute/binary_max_min.h"
