// The older include path.
#pragma once

#include "api/compute/triangle_solve.h"
