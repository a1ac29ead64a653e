// The older include path.
#pragma once

#include "api/compute/cb_api.h"
