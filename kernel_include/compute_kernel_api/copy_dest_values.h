// The older include path.
#pragma once

#include "api/compute/copy_dest_values.h"
