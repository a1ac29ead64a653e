// The older include path.
#pragma once

#include "api/compute/compute_kernel_hw_startup.h"
