// Nothing: compute kernels that do nothing include this.
#pragma once

#include "api/compute/common_globals.h"
