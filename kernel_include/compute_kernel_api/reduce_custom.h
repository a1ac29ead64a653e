// The older include path.
#pragma once

#include "api/compute/reduce_custom.h"
