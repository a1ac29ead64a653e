// The older include path.
#pragma once

#include "api/compute/ema.h"
