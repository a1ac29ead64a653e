// The older include path.
#pragma once

#include "api/compute/experimental/pack_block.h"
