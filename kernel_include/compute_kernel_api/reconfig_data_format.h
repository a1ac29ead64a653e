// The older include path.
#pragma once

#include "api/compute/reconfig_data_format.h"
