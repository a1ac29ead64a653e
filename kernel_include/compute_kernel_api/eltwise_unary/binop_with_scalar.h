// The older include path.
#pragma once

#include "api/compute/eltwise_unary/binop_with_scalar.h"
