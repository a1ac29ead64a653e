// The older include path.
#pragma once

#include "api/compute/sentinel/compute_kernel_sentinel.h"
