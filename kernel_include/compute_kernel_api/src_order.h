// The older include path.
#pragma once

#include "api/compute/src_order.h"
