// The older include path.
#pragma once

#include "api/compute/atan2.h"
