// The older include path.
#pragma once

#include "api/compute/binary_comp.h"
