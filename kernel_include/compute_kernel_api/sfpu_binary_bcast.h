// The older include path.
#pragma once

#include "api/compute/sfpu_binary_bcast.h"
