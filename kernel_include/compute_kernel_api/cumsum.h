// The older include path.
#pragma once

#include "api/compute/cumsum.h"
