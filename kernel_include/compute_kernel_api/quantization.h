// The older include path.
#pragma once

#include "api/compute/quantization.h"
