// The older name of transpose.h.
#pragma once

#include "api/compute/transpose.h"
