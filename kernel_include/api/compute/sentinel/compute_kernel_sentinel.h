// Upstream checks here that init calls match the operands; nothing to do.
#pragma once

#include "api/compute/common_globals.h"
