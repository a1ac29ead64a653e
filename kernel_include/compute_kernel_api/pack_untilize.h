// The older include path.
#pragma once

#include "api/compute/pack_untilize.h"
