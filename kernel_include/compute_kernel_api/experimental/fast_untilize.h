// The older include path.
#pragma once

#include "api/compute/experimental/fast_untilize.h"
