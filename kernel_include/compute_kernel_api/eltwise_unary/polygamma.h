// The older include path.
#pragma once

#include "api/compute/eltwise_unary/polygamma.h"
