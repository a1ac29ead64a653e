// The profiler's header under the path that kernels of tt-metal's own tree include it by. Zones are markers without effect.
#pragma once

#include "api/debug/kernel_profiler.hpp"
